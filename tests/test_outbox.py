from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget import events
from rt_widget.audio import duration_ms
from rt_widget.outbox import AUDIO_LIMIT_MS, Outbox

SECOND = bytes(48_000)


def sound(number: int, pcm: bytes = SECOND) -> events.InputAudioAppend:
    return events.InputAudioAppend(event_id=f"sound_{number}", audio=pcm)


def other(number: int) -> events.ItemDelete:
    return events.ItemDelete(event_id=f"other_{number}", item_id="item")


async def drained(outbox: Outbox) -> list[str]:
    """Event ids of all that waits, in the order in which it is sent."""
    end = events.ItemDelete(event_id="end", item_id="item")
    outbox.put(end)
    sent = []
    while (event := await outbox.get()) is not end:
        sent.append(event.event_id)
    return sent


async def test_what_is_put_in_comes_out_in_order() -> None:
    outbox = Outbox()
    outbox.put(other(0))
    outbox.put_live(sound(1))
    outbox.put(sound(2))
    outbox.put(other(3))

    assert await drained(outbox) == ["other_0", "sound_1", "sound_2", "other_3"]


async def test_the_oldest_sound_of_the_microphone_goes_first() -> None:
    outbox = Outbox()
    outbox.put(other(0))
    for number in range(1, 9):
        outbox.put_live(sound(number))
        outbox.put(other(number))

    kept = await drained(outbox)
    assert [name for name in kept if name.startswith("other")] == [
        f"other_{number}" for number in range(9)
    ]
    assert [name for name in kept if name.startswith("sound")] == [
        f"sound_{number}" for number in range(4, 9)
    ]
    assert kept.index("sound_4") < kept.index("other_4") < kept.index("sound_5")
    assert outbox.dropped_ms == 3_000


async def test_sound_from_python_is_never_dropped() -> None:
    outbox = Outbox()
    for number in range(20):
        outbox.put(sound(number))

    assert await drained(outbox) == [f"sound_{number}" for number in range(20)]
    assert outbox.dropped_ms == 0


async def test_sound_that_was_sent_leaves_room() -> None:
    outbox = Outbox()
    for number in range(20):
        outbox.put_live(sound(number))
        await outbox.get()

    assert outbox.dropped_ms == 0


async def test_unsent_sound_can_be_forgotten() -> None:
    outbox = Outbox()
    outbox.put_live(sound(0))
    outbox.put(sound(1))
    outbox.put(other(2))
    outbox.drop_audio()

    assert await drained(outbox) == ["other_2"]


async def test_a_reader_waits_for_what_comes() -> None:
    outbox = Outbox()
    reader = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    assert not reader.done()
    outbox.put(other(1))

    assert (await reader).event_id == "other_1"


async def test_a_reader_that_gives_up_takes_nothing_with_it() -> None:
    outbox = Outbox()
    reader = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    outbox.put(other(1))

    assert await drained(outbox) == ["other_1"]


@given(
    steps=st.lists(
        st.one_of(st.just(None), st.integers(1, 6_000)), min_size=1, max_size=40
    )
)
async def test_no_more_live_sound_waits_than_the_limit(steps: list[int | None]) -> None:
    outbox = Outbox()
    put_ms = 0.0
    for number, milliseconds in enumerate(steps):
        if milliseconds is None:
            outbox.put(other(number))
        else:
            piece = sound(number, bytes(48 * milliseconds))
            put_ms += duration_ms(piece.audio)
            outbox.put_live(piece)
    end = events.ItemDelete(event_id="end", item_id="item")
    outbox.put(end)
    numbers, kept_ms = [], 0.0
    while (event := await outbox.get()) is not end:
        numbers.append(int(event.event_id.partition("_")[2]))
        if isinstance(event, events.InputAudioAppend):
            kept_ms += duration_ms(event.audio)

    assert numbers == sorted(numbers)
    assert kept_ms <= AUDIO_LIMIT_MS
    assert outbox.dropped_ms + kept_ms == pytest.approx(put_ms)
    assert steps.count(None) == len(
        [number for number in numbers if steps[number] is None]
    )
