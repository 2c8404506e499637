from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.input_audio import SHORTEST_COMMIT_MS, InputAudio
from rt_widget.outbox import AUDIO_LIMIT_MS, Outbox

SECOND = bytes(48_000)
JUST_ENOUGH = bytes(SHORTEST_COMMIT_MS * 48)


async def drained(outbox: Outbox) -> list[str]:
    """Kinds of all that waits to be sent."""
    end = events.ItemDelete(item_id="end")
    outbox.put(end)
    kinds = []
    while (event := await outbox.get()) is not end:
        kinds.append(type(event).__name__)
    return kinds


async def test_enough_sound_is_made_a_turn() -> None:
    outbox = Outbox()
    sound = InputAudio(outbox)
    sound.append(JUST_ENOUGH[:-2], is_live=True)
    sound.append(JUST_ENOUGH[-2:], is_live=False)

    assert sound.commit()
    expected = ["InputAudioAppend", "InputAudioAppend", "InputAudioCommit"]
    assert await drained(outbox) == expected


@pytest.mark.parametrize("is_live", [True, False])
async def test_too_little_sound_is_never_sent(*, is_live: bool) -> None:
    outbox = Outbox()
    sound = InputAudio(outbox)
    sound.append(JUST_ENOUGH[:-2], is_live=is_live)

    assert not sound.commit()
    assert await drained(outbox) == ["InputAudioClear"]


@pytest.mark.parametrize("end", ["commit", "taken"])
async def test_sound_of_a_turn_counts_no_more(end: str) -> None:
    sound = InputAudio(Outbox())
    sound.append(SECOND, is_live=False)
    getattr(sound, end)()

    assert not sound.commit()


async def test_the_first_loss_is_reported_and_no_other() -> None:
    sound = InputAudio(Outbox())
    pieces = AUDIO_LIMIT_MS // 1_000 + 3
    lost = [sound.append(SECOND, is_live=True) for _ in range(pieces)]

    assert lost == [False] * (pieces - 3) + [True, False, False]


async def test_sound_from_python_is_never_lost() -> None:
    outbox = Outbox()
    sound = InputAudio(outbox)
    pieces = AUDIO_LIMIT_MS // 1_000 + 3

    assert not any(sound.append(SECOND, is_live=False) for _ in range(pieces))
    assert await drained(outbox) == ["InputAudioAppend"] * pieces
