"""What each stack lets an application set or see, item by item."""
