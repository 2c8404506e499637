"""The child process."""

from __future__ import annotations

from rt_widget.backends.local.engine_process.child import main

if __name__ == "__main__":
    main()
