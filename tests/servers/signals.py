"""Audio whose every sample tells where it belongs, and plainer sounds.

The counter signal. Sample k belongs to frame f = k // 2 and has the payload
`tag << 14 | bits`: for even k the tag is 0 and the bits are the low 14 bits of f,
for odd k the tag is 1 and the bits are the next 14 bits of f. The 15-bit payload x
is scrambled, s = x * 20503 mod 32768, and stored as the odd number 2 * s - 32767.
So a sample and its neighbour give the position k exactly, for 2**29 samples (six
hours); zeros and all other even numbers never occur, which tells inserted silence
apart; -32768 never occurs, so that a round trip through float32 is bit-exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.servers.wire import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

COUNTER_LIMIT = 2**29
"""Positions that can be told apart."""
MIN_RUN = 8
"""Samples in a row that must agree before they count as a piece of the signal."""
_BITS = 14
_MASK = (1 << _BITS) - 1
_MULTIPLIER = 20_503
_MODULUS = 1 << (_BITS + 1)
_INVERSE = pow(_MULTIPLIER, -1, _MODULUS)


def counter(start: int, count: int) -> NDArray[np.int16]:
    """Samples `start` to `start + count` of the counter signal."""
    k = np.arange(start, start + count, dtype=np.int64)
    frame, tag = k >> 1, k & 1
    bits = np.where(tag == 1, frame >> _BITS, frame) & _MASK
    scrambled = ((tag << _BITS | bits) * _MULTIPLIER) % _MODULUS
    return (2 * scrambled - 32_767).astype(np.int16)


@dataclass(frozen=True, slots=True)
class Piece:
    """An unbroken run of the signal: where it was found and which part it is."""

    at: int
    position: int
    length: int


@dataclass(frozen=True, slots=True)
class CounterReport:
    """What arrived of a counter signal; all counts are samples."""

    first_index: int | None
    """Position of the first sample that arrived; None if nothing did."""
    last_index: int | None
    """The highest position that arrived."""
    received: int
    """Samples that are part of the signal, repeats included."""
    lost: int
    """Positions that never arrived, between the first expected and the last one."""
    repeated: int
    """Samples whose position had arrived before."""
    reordered: int
    """New samples that arrived after a later position had."""
    foreign: int
    """Samples that are no part of the signal, such as inserted silence."""
    pieces: tuple[Piece, ...]
    """The unbroken runs, in order of arrival."""

    @property
    def intact(self) -> bool:
        """True if something arrived, and nothing is missing, doubled or strange."""
        faults = self.lost + self.repeated + self.reordered + self.foreign
        return self.received > 0 and faults == 0


def check_counter(
    samples: NDArray[np.int16] | NDArray[np.float32],
    *,
    expected: int | None = None,
    lead: bool = False,
) -> CounterReport:
    """Compare what arrived with the counter signal.

    Args:
        samples: Shape [n]; int16, or float in [-1, 1] (multiplied by 32768).
        expected: How many samples were sent, from position 0; without it, only
            holes between the lowest and the highest position count as lost.
        lead: Leave zeros before the first and after the last piece uncounted.

    Raises:
        ValueError: the array has not one dimension.
    """
    if samples.ndim != 1:
        raise ValueError(f"expected shape [n], got {samples.shape}")
    whole = _as_integers(samples)
    pieces = tuple(_pieces(whole))
    received = sum(piece.length for piece in pieces)
    unique, repeated, reordered = _account(pieces)
    low = 0 if expected is not None else min((p.position for p in pieces), default=0)
    highest = max((p.position + p.length for p in pieces), default=0)
    high = highest if expected is None else max(expected, highest)
    edges = _silent_edges(whole, pieces) if lead else 0
    return CounterReport(
        first_index=pieces[0].position if pieces else None,
        last_index=highest - 1 if pieces else None,
        received=received,
        lost=high - low - unique,
        repeated=repeated,
        reordered=reordered,
        foreign=len(samples) - received - edges,
        pieces=pieces,
    )


def _as_integers(
    samples: NDArray[np.int16] | NDArray[np.float32],
) -> NDArray[np.int32]:
    if samples.dtype == np.int16:
        return samples.astype(np.int32)
    return np.rint(samples * np.float64(32_768.0)).astype(np.int32)


def _pieces(samples: NDArray[np.int32]) -> Iterator[Piece]:
    """Find the runs in which each neighbouring pair is one position further."""
    payload = ((samples + 32_767) >> 1) * _INVERSE & (_MODULUS - 1)
    tag, bits = payload >> _BITS, payload & _MASK
    ours = samples & 1 == 1
    even_first = (bits[1:] << _BITS | bits[:-1]) * 2
    odd_first = (bits[:-1] << _BITS | (bits[1:] - 1) & _MASK) * 2 + 1
    where = np.where(tag[:-1] == 0, even_first, odd_first)
    where[(tag[:-1] == tag[1:]) | ~ours[:-1] | ~ours[1:]] = -1
    breaks = np.flatnonzero((np.diff(where) != 1) | (where[:-1] < 0)) + 1
    starts = np.concatenate(([0], breaks))
    ends = np.concatenate((breaks, [len(where)]))
    free = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        at = max(start, free)  # odd samples far and wide are equal: the first run wins
        length = end - at + 1
        if length >= MIN_RUN and where[start] >= 0:
            yield Piece(at=at, position=int(where[start]) + at - start, length=length)
            free = end + 1


def _account(pieces: tuple[Piece, ...]) -> tuple[int, int, int]:
    """Count unique, repeated and reordered samples."""
    seen: list[tuple[int, int]] = []
    unique = repeated = reordered = top = 0
    for piece in pieces:
        begin, end = piece.position, piece.position + piece.length
        known = sum(max(0, min(end, b) - max(begin, a)) for a, b in seen)
        behind = max(0, min(end, top) - begin)
        seen = _joined(seen, begin, end)
        unique += piece.length - known
        repeated += known
        reordered += max(0, behind - known)
        top = max(top, end)
    return unique, repeated, reordered


def _joined(
    spans: list[tuple[int, int]], begin: int, end: int
) -> list[tuple[int, int]]:
    apart = [span for span in spans if span[1] < begin or span[0] > end]
    touching = [span for span in spans if span not in apart]
    begin = min([begin, *(a for a, _ in touching)])
    end = max([end, *(b for _, b in touching)])
    return [*apart, (begin, end)]


def _silent_edges(samples: NDArray[np.int32], pieces: tuple[Piece, ...]) -> int:
    if not pieces:
        return int(np.count_nonzero(samples == 0))
    first, last = pieces[0].at, pieces[-1].at + pieces[-1].length
    edges = np.concatenate((samples[:first], samples[last:]))
    return int(np.count_nonzero(edges == 0))


def tone(seconds: float, hertz: float = 400.0, level: float = 0.3) -> bytes:
    """PCM16 of a sine that starts at zero."""
    t = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    wave = level * np.sin(2 * np.pi * hertz * t)
    return (wave * 32_767).astype("<i2").tobytes()


def bursts(count: int, seconds: float, pause: float = 0.06) -> bytes:
    """PCM16 of `count` tones of `seconds`, each followed by a pause."""
    quiet = bytes(2 * round(pause * SAMPLE_RATE_HZ))
    return b"".join(tone(seconds, 300.0 + 40.0 * (n % 8)) + quiet for n in range(count))
