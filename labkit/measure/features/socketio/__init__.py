"""The five features on Socket.IO."""
