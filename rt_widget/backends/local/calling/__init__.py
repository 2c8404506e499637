"""When a small model calls a function, and with what."""
