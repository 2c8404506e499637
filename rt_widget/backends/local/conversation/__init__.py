"""The conversation as a local session keeps it."""
