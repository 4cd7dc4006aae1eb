"""The five features on raw WebSocket."""
