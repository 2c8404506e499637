"""Sound files for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.audio import Audio

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def write_wav(path: Path, samples: NDArray[np.floating], rate: int) -> Path:
    """A mono 16-bit WAV; returns its path."""
    path.write_bytes(Audio(samples, rate).to_wav())
    return path
