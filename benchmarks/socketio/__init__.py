"""What Socket.IO costs, and what labkit adds to it: `python -m benchmarks socketio`.

The files have the names of their counterparts for raw WebSocket, one floor up.
"""
