"""An answer's words as they are cut, read and spoken."""
