"""What the views have in common: snapshots on the way out, actions on the way in, the box."""
