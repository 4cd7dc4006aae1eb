"""What `websockets` lets an application set or see."""
