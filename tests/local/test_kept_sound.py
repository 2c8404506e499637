from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.backends.local.conversation.kept_sound import KeptSound
from tests.local.scripted import loud

if TYPE_CHECKING:
    from rt_widget.backends.local.hearing.g711 import AudioFormat

SECOND = loud(1.0)
PCM: AudioFormat = "audio/pcm"


def test_of_all_sound_the_newest_is_kept_and_none_that_is_very_long() -> None:
    kept = KeptSound(most_bytes=100_000)
    for name in "abc":
        kept.add(name, SECOND, PCM)
    assert [kept.of(name, 0, PCM) is not None for name in "abc"] == [False, True, True]
    kept.forget("b")
    kept.add("d", SECOND, PCM)
    assert kept.of("c", 0, PCM) == SECOND
    roomy = KeptSound()
    for _ in range(61):
        roomy.add("long", SECOND, PCM)
    assert roomy.of("long", 0, PCM) is None
