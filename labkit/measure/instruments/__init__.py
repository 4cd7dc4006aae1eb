"""The instruments of the court: each opens its programs, and measures them as often as asked."""
