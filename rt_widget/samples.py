"""Samples of any real kind, as the float32 that all sound is made of."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from rt_widget.errors import InputError
from rt_widget.wav import MOST_CHANNELS, MOST_SAMPLES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

RATE_LIMITS_HZ = (8_000, 192_000)
"""Sample rates that are taken from a user."""

_BLOCK = 2**18
"""Samples that are converted at a time."""


def checked_rate(value: object) -> int:
    """A sample rate that is taken.

    Raises:
        InputError: no whole number from 8,000 to 192,000.
    """
    low, high = RATE_LIMITS_HZ
    rate = -1
    if not isinstance(value, bool) and isinstance(value, Integral):
        rate = int(value)
    if not low <= rate <= high:
        msg = f"sample_rate is {value!r:.50}."
        raise InputError(msg, hint=f"Give a whole number from {low} to {high}.")
    return rate


def mono_float32(values: ArrayLike) -> NDArray[np.float32]:
    """Samples of any real kind, shape (n,) or (n, channels), as float32 of shape (n,).

    The array is one of its own.

    Raises:
        InputError: not real numbers, NaN or infinite, of an odd shape, or too many.
    """
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        msg = f"Samples cannot be read as an array: {error}."
        raise InputError(msg, hint="Give shape (n,) or (n, channels).") from error
    _check_array(array)
    mono = np.empty(len(array), np.float32)
    for start in range(0, len(array), _BLOCK):
        with np.errstate(over="ignore", invalid="ignore"):
            floats = _floats(array[start : start + _BLOCK])
            if floats.ndim > 1:
                floats = floats.mean(axis=1, dtype=np.float32)
            mono[start : start + _BLOCK] = floats
    if not np.isfinite(mono).all():
        msg = f"Samples of dtype {array.dtype} contain NaN or infinite values."
        raise InputError(msg, hint="Look at `np.isfinite(samples)`.")
    return mono


def _check_array(array: NDArray[Any]) -> None:
    if array.dtype.kind not in "iuf":
        msg = f"Samples of dtype {array.dtype} are not real numbers."
        raise InputError(msg, hint="Give integers or floats.")
    channels = array.shape[1] if array.ndim == 2 else 1  # noqa: PLR2004 - the number of axes
    if array.ndim not in (1, 2) or not 1 <= channels <= MOST_CHANNELS:
        msg = f"Samples of shape {array.shape} are not sound."
        raise InputError(msg, hint="Give shape (n,) or (n, channels).")
    if len(array) > MOST_SAMPLES:
        msg = f"There are {len(array):,} samples."
        raise InputError(msg, hint=f"At most {MOST_SAMPLES:,} are taken at a time.")


def _floats(array: NDArray[Any]) -> NDArray[np.float32]:
    """Floats as they are, integers scaled by what their type can hold."""
    if array.dtype.kind == "f":
        return array.astype(np.float32)
    limits = np.iinfo(array.dtype)
    middle = (int(limits.max) + int(limits.min) + 1) / 2
    scaled = (array - middle) / (limits.max - middle + 1)
    floats: NDArray[np.float32] = scaled.astype(np.float32)
    return floats
