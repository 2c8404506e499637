"""Memory of a process."""

from __future__ import annotations

import os
import subprocess


def resident_mb(pid: int | None = None) -> float:
    """Resident memory of a process, by default this one, in MB (2^20 bytes)."""
    command = ["ps", "-o", "rss=", "-p", str(pid or os.getpid())]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return int(told or 0) / 1024
