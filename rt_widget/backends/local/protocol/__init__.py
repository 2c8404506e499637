"""The server's side of the protocol as folds, and its events as they are told."""
