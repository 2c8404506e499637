"""The sound of items, kept for those who ask for an item again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.hearing.g711 import recording, sample_bytes, sample_rate

if TYPE_CHECKING:
    from rt_widget.backends.local.hearing.g711 import AudioFormat

LONGEST_S = 60
"""Sound that is longer is not kept."""

MOST_BYTES = 10 * 1024 * 1024
"""Of all sounds together: beyond it the oldest are forgotten."""

Key: TypeAlias = tuple[str, int]
"""An item's id and the index of its part."""


@dataclass(slots=True)
class _Sound:
    """None as a format is what speech recognition heard."""

    audio_format: AudioFormat | None
    data: bytearray = field(default_factory=bytearray)

    @property
    def longest(self) -> int:
        return LONGEST_S * _bytes_a_second(self.audio_format)


class KeptSound:
    """Sound by item and part, in the format in which it came or went.

    Args:
        most_bytes: Of all together.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._sounds: dict[Key, _Sound] = {}
        self._too_long: set[Key] = set()
        self._bytes = 0

    def add(
        self, item_id: str, audio: bytes, audio_format: AudioFormat | None, at: int = 0
    ) -> None:
        """More sound of the part `at`.

        Without a format it is mono int16 at `SPEECH_RATE_HZ`.
        """
        key = (item_id, at)
        if key in self._too_long:
            return
        sound = self._sounds.setdefault(key, _Sound(audio_format))
        sound.data += audio
        self._bytes += len(audio)
        if len(sound.data) > sound.longest:
            self._drop(key)
            self._too_long.add(key)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._sounds)))

    def of(self, item_id: str, at: int, audio_format: AudioFormat) -> bytes | None:
        """The sound of a part; None where it is not kept.

        What speech recognition heard is given in `audio_format`.
        """
        sound = self._sounds.get((item_id, at))
        if sound is None or not sound.data:
            return None
        if sound.audio_format is not None:
            return bytes(sound.data)
        samples = np.frombuffer(bytes(sound.data), np.int16)
        return recording(samples, SPEECH_RATE_HZ, audio_format)

    def cut(self, item_id: str, audio_ms: int) -> None:
        """Keep the first `audio_ms` of an item's first part."""
        sound = self._sounds.get((item_id, 0))
        if sound is None:
            return
        samples = audio_ms * _rate(sound.audio_format) // 1000
        length = samples * _sample_bytes(sound.audio_format)
        self._bytes -= max(0, len(sound.data) - length)
        del sound.data[length:]

    def forget(self, item_id: str) -> None:
        """An item is gone."""
        for key in [key for key in self._sounds if key[0] == item_id]:
            self._drop(key)
        self._too_long = {key for key in self._too_long if key[0] != item_id}

    def _drop(self, key: Key) -> None:
        self._bytes -= len(self._sounds.pop(key).data)


def _rate(audio_format: AudioFormat | None) -> int:
    return SPEECH_RATE_HZ if audio_format is None else sample_rate(audio_format)


def _sample_bytes(audio_format: AudioFormat | None) -> int:
    return 2 if audio_format is None else sample_bytes(audio_format)


def _bytes_a_second(audio_format: AudioFormat | None) -> int:
    return _rate(audio_format) * _sample_bytes(audio_format)
