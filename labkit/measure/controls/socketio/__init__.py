"""What `python-socketio` lets an application set or see."""
