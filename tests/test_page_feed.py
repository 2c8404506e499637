from __future__ import annotations

import base64
import itertools
import typing
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget.captions import CaptionMark
from rt_widget.chunk_queue import JOINED_LIMIT, KEPT_CHUNKS
from rt_widget.chunks import Chunk, closing_chunk
from rt_widget.outgoing import (
    Outgoing,
    SendCaptions,
    SendChunk,
    SendClip,
    SendItems,
    SendState,
    SendText,
)
from rt_widget.page_feed import CLIP_INTERVAL_S, HOLD_S, PageFeed
from rt_widget.replay import CLIP_BYTES, Replay
from rt_widget.shown import CAPTIONS_INTERVAL_S
from rt_widget.updates import AudioReceived, CaptionsChanged, TextReceived

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGES_A_SECOND = 50
"""What hosts bear of one widget."""


def words(
    text: str, item_id: str = "item", index: int = 0, response_id: str = "resp"
) -> TextReceived:
    return TextReceived(text, response_id, item_id, index)


def sound(
    pcm: bytes, item_id: str = "item", index: int = 0, response_id: str = "resp"
) -> AudioReceived:
    return AudioReceived(pcm, response_id, item_id, index)


@dataclass
class Host:
    """Takes what a feed gives, as a loop with timers would, on a clock of its own."""

    feed: PageFeed
    now: float = 1_000.0
    sent: list[tuple[float, Outgoing]] = field(default_factory=list)

    def pump(self) -> float | None:
        while (outgoing := self.feed.take(self.now)) is not None:
            self.sent.append((self.now, outgoing))
        delay = self.feed.wait(self.now)
        assert delay is None or delay > 0, "a timer that fires at once, for nothing"
        return delay

    def run(self, seconds: float = 60.0) -> None:
        """Until nothing waits any more, or so long."""
        end = self.now + seconds
        while (delay := self.pump()) is not None and self.now < end:
            self.now += max(delay, 1e-6)

    def let_pass(self, seconds: float) -> None:
        end = self.now + seconds
        while (delay := self.pump()) is not None and self.now + delay < end:
            self.now += max(delay, 1e-6)
        self.now = end

    @property
    def chunks(self) -> list[Chunk]:
        return [each.chunk for _, each in self.sent if isinstance(each, SendChunk)]

    @property
    def sound(self) -> bytes:
        contents = (c["content"] for c in self.chunks if c["content_type"] == "audio")
        return b"".join(map(base64.b64decode, contents))

    @property
    def words(self) -> str:
        kinds = (c for c in self.chunks if c["content_type"] == "text")
        return "".join(c["content"] for c in kinds)


def most_in_a_second(host: Host) -> int:
    times = [at for at, _ in host.sent]
    windows = (bisect_left(times, at + 1) - n for n, at in enumerate(times))
    return max(windows, default=0)


@pytest.fixture
def host() -> Host:
    return Host(PageFeed())


def test_sound_goes_at_once_and_words_a_moment_later(host: Host) -> None:
    host.feed.change_state("status")
    for delta in (words("Hi"), sound(b"\1\0")):
        host.feed.add(delta)
        host.pump()
    assert [at for at, _ in host.sent] == [1_000.0]
    host.run()

    first, second = (chunk for chunk in host.chunks if chunk["content"])
    assert (first["content_type"], first["content"]) == ("audio", "AQA=")
    assert (second["content_type"], second["content"]) == ("text", "Hi")
    assert host.sent[1] == (1_000.0 + HOLD_S, SendState(("status",)))
    assert first["content_metadata"] == {
        "seq": 0,
        "epoch": host.feed.chunks.epoch,
        "response_id": "resp",
        "item_id": "item",
        "content_index": 0,
    }


def test_equal_deltas_are_two_deltas(host: Host) -> None:
    for _ in range(100):
        host.feed.add(sound(b"\1\0"))
        host.feed.add(words("ha"))
    host.run()

    assert host.sound == b"\1\0" * 100
    assert host.words == "ha" * 100
    numbers = [chunk["content_metadata"]["seq"] for chunk in host.chunks]
    assert numbers == list(range(len(numbers)))


def test_deltas_of_two_items_or_parts_are_not_joined(host: Host) -> None:
    deltas = [sound(b"\1\0"), sound(b"\2\0", "other"), sound(b"\3\0", "other", 1)]
    for delta in deltas:
        host.feed.add(delta)
    host.run()

    where = [
        (
            chunk["content_metadata"]["item_id"],
            chunk["content_metadata"]["content_index"],
        )
        for chunk in host.chunks
    ]
    assert where == [("item", 0), ("other", 0), ("other", 1)]


def test_joined_sound_has_a_limit(host: Host) -> None:
    for _ in range(30):
        host.feed.add(sound(bytes(48_000)))
    host.run()

    sizes = [len(base64.b64decode(chunk["content"])) for chunk in host.chunks]
    assert sum(sizes) == 30 * 48_000
    assert max(sizes) == JOINED_LIMIT


def test_an_answer_is_closed_after_all_that_came_of_it(
    host: Host,
) -> None:
    host.feed.begin_answer("resp")
    for _ in range(200):
        host.feed.add(words("ha "))
        host.feed.add(sound(bytes(48_000)))
    host.feed.end_answer("resp")
    host.run()

    assert host.chunks[-1] == closing_chunk("resp")
    assert host.chunks.count(closing_chunk("resp")) == 1
    assert isinstance(host.sent[-2][1], SendText)
    assert host.sent[-2][1].text == "ha " * 200


def test_an_answer_is_closed_after_its_last_text_too(host: Host) -> None:
    host.feed.begin_answer("resp")
    host.feed.add(words("One"))
    host.pump()
    host.feed.add(words(", two"))
    host.feed.end_answer("resp")
    host.run()

    assert [each for _, each in host.sent[-2:]] == [
        SendText("One, two"),
        SendChunk(closing_chunk("resp")),
    ]


def test_the_last_answer_is_closed_before_the_next_is_heard(host: Host) -> None:
    for number in range(3):
        answer = f"answer_{number}"
        host.feed.begin_answer(answer)
        host.feed.add(words(f"This is {answer}.", answer, response_id=answer))
        host.feed.add(sound(b"\1\0", answer, response_id=answer))
        host.feed.end_answer(answer)
    host.run()

    said = [each for _, each in host.sent if not isinstance(each, SendText)]
    names = [c.chunk["content_metadata"]["response_id"] for c in said]  # type: ignore[union-attr] # nothing else was fed
    assert names == [f"answer_{number}" for number in range(3) for _ in range(3)]
    assert [chunk["done"] for chunk in host.chunks] == [False, False, True] * 3
    texts = [each.text for _, each in host.sent if isinstance(each, SendText)]
    assert [text for text in texts if text] == [f"This is {n}." for n in names[::3]]


def test_answers_that_break_off_are_closed_once(host: Host) -> None:
    host.feed.begin_answer("whole")
    host.feed.end_answer("whole")
    host.feed.begin_answer("cut")
    host.feed.end_answer()
    host.feed.end_answer()
    host.run()

    assert host.chunks == [closing_chunk("whole"), closing_chunk("cut")]


def test_what_cannot_be_joined_waits(host: Host) -> None:
    for number in range(300):
        host.feed.add(words("x", f"item_{number}"))
        host.feed.add(sound(b"\1\0", f"item_{number}"))
        host.feed.change_state("status")
        host.feed.change((f"item_{number}",))
    host.run()

    assert len(host.chunks) == 600
    assert most_in_a_second(host) <= MESSAGES_A_SECOND


def test_text_grows_and_starts_anew_with_each_answer(host: Host) -> None:
    for answer in ("One two", "Three"):
        host.feed.begin_answer("resp")
        for letter in answer:
            host.feed.add(words(letter))
            host.let_pass(0.05)
        host.feed.end_answer("resp")
        host.run()

    texts = [each.text for _, each in host.sent if isinstance(each, SendText)]
    assert texts[0] in ("", "O")
    assert "One two" in texts
    assert texts[-1] == "Three"
    assert "One twoThree" not in texts


def test_text_is_shown_at_most_fifteen_times_a_second(host: Host) -> None:
    host.feed.begin_answer("resp")
    for _ in range(1_000):
        host.feed.add(words("a"))
        host.let_pass(0.002)
    host.run()

    at = [at for at, each in host.sent if isinstance(each, SendText)]
    gaps = [later - before for before, later in itertools.pairwise(at)]
    assert min(gaps) >= 1 / 15 - 1e-9


def test_changed_items_are_gathered(host: Host) -> None:
    host.feed.change(("a",))
    host.let_pass(2 * HOLD_S)
    for _ in range(50):
        host.feed.change(("b", "c"))
        host.feed.change(("b",))
    host.run()

    items = [each.item_ids for _, each in host.sent if isinstance(each, SendItems)]
    assert items == [("a",), ("b", "c")]


def test_state_is_gathered_and_goes_before_a_backlog(host: Host) -> None:
    for _ in range(500):
        host.feed.add(sound(bytes(96_000)))
    host.feed.change_state("status")
    host.let_pass(0.1)
    assert SendState(("status",)) in [each for _, each in host.sent]
    for _ in range(100):
        host.feed.change_state("error")
        host.feed.change_state("status")
    host.let_pass(0.2)

    states = [each.names for _, each in host.sent if isinstance(each, SendState)]
    assert states == [("status",), ("error", "status")]


def test_dropped_sound_is_never_sent_and_words_are(host: Host) -> None:
    for _ in range(200):
        host.feed.add(sound(bytes(96_000)))
    host.feed.add(words("still"))
    host.pump()
    before = len(host.sound)
    host.feed.chunks.drop_sound()
    host.run()

    assert len(host.sound) == before
    assert host.words == "still"


def test_a_page_that_comes_late_gets_all_words_in_the_items(host: Host) -> None:
    for number in range(200):
        host.feed.add(sound(bytes(96_000)))
        host.feed.add(words("word ", f"item_{number % 2}"))
    host.pump()
    rushed = "".join(outgoing.chunk["content"] for outgoing in host.feed.chunks.rush())
    number = host.feed.chunks.next_number
    host.run()

    later = [c for c in host.chunks if c["content_metadata"].get("seq", -1) >= number]
    assert host.words + rushed == "word " * 200
    assert {chunk["content_type"] for chunk in later} == {"audio"}
    assert len(host.sound) == 200 * 96_000


def test_missed_chunks_can_be_had_again(host: Host) -> None:
    for number in range(KEPT_CHUNKS + 10):
        host.feed.add(words("x", f"item_{number}"))
    host.run()

    assert host.feed.chunks.again(20, 22) == host.chunks[20:23]
    assert host.feed.chunks.again(0, 9) == []
    assert host.feed.chunks.again(5, 2) == []


def test_sound_of_another_answer_is_not_dropped(host: Host) -> None:
    host.feed.add(AudioReceived(b"\1\0", "old", "a", 0))
    host.feed.add(AudioReceived(b"\2\0", "new", "b", 0))
    host.feed.chunks.drop_sound("old")
    host.run()

    assert host.sound == b"\2\0"


def marks(*ends: int) -> tuple[CaptionMark, ...]:
    return tuple(CaptionMark(end, 100 * end) for end in ends)


def captions_of(host: Host) -> dict[str, list[CaptionMark]]:
    """What a page knows after all that was sent."""
    known: dict[str, list[CaptionMark]] = {}
    for _, each in host.sent:
        if isinstance(each, SendCaptions):
            before = known.get(each.item_id, [])
            assert each.first <= len(before)
            known[each.item_id] = [*before[: each.first], *each.marks]
    return known


def test_captions_that_wait_are_joined_and_corrected(host: Host) -> None:
    host.feed.caption(CaptionsChanged("a", 0, marks(1, 2, 3)))
    host.feed.caption(CaptionsChanged("a", 2, marks(4, 5)))
    host.feed.caption(CaptionsChanged("a", 1, marks(3)))
    host.run()
    host.feed.caption(CaptionsChanged("a", 2, marks(6)))
    host.feed.caption(CaptionsChanged("b", 0, marks(1)))
    host.run()

    sent = [each for _, each in host.sent]
    assert sent == [
        SendCaptions("a", 0, marks(1, 3)),
        SendCaptions("a", 2, marks(6)),
        SendCaptions("b", 0, marks(1)),
    ]
    first, second = (at for at, _ in host.sent[-2:])
    assert second - first >= CAPTIONS_INTERVAL_S - 1e-9


def test_captions_go_behind_sound_and_words(host: Host) -> None:
    host.feed.caption(CaptionsChanged("item", 0, marks(2)))
    host.feed.add(words("Hi"))
    host.feed.add(sound(b"\1\0"))
    host.run()

    kinds = [type(each).__name__ for _, each in host.sent]
    assert kinds.index("SendCaptions") > kinds.index("SendChunk")
    assert [c["content_type"] for c in host.chunks] == ["audio", "text"]


@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 4), st.booleans()
        ),
        max_size=40,
    )
)
def test_a_page_knows_the_captions_as_they_stand(
    changes: list[tuple[str, int, int, bool]],
) -> None:
    host = Host(PageFeed())
    stand: dict[str, list[CaptionMark]] = {}
    for number, (item_id, back, count, pauses) in enumerate(changes):
        before = stand.get(item_id, [])
        first = max(len(before) - back, 0)
        new = marks(*range(10 * number, 10 * number + count))
        stand[item_id] = [*before[:first], *new]
        host.feed.caption(CaptionsChanged(item_id, first, new))
        if pauses:
            host.let_pass(0.05)
    host.run()

    assert captions_of(host) == stand


def test_an_old_answer_is_sent_once_more_below_the_limit(host: Host) -> None:
    replay = Replay()
    replay.add("old", bytes(30 * CLIP_BYTES))
    host.feed.replay(replay.clips("old"))
    for number in range(100):
        host.feed.change_state("status")
        host.feed.change((f"item_{number}",))
        host.let_pass(0.02)
    host.run()

    clips = [(at, each.clip) for at, each in host.sent if isinstance(each, SendClip)]
    assert [clip.last for _, clip in clips] == [False] * 29 + [True]
    gaps = [later - before for (before, _), (later, _) in itertools.pairwise(clips)]
    assert min(gaps) >= CLIP_INTERVAL_S - 1e-9
    assert most_in_a_second(host) <= MESSAGES_A_SECOND


def test_sound_goes_before_an_old_answer_and_another_takes_its_place(
    host: Host,
) -> None:
    replay = Replay()
    replay.add("old", bytes(9 * CLIP_BYTES))
    host.feed.replay(replay.clips("old"))
    host.feed.add(sound(b"\1\0"))
    host.let_pass(0.15)
    host.feed.replay(replay.clips("other"))
    host.run()

    kinds = [type(each).__name__ for _, each in host.sent]
    assert kinds[0] == "SendChunk"
    clips = [each.clip for _, each in host.sent if isinstance(each, SendClip)]
    assert [clip.item_id for clip in clips][-2:] == ["old", "other"]
    assert clips[-1].last


def test_a_replay_can_be_stopped(host: Host) -> None:
    replay = Replay()
    replay.add("old", bytes(9 * CLIP_BYTES))
    host.feed.replay(replay.clips("old"))
    host.pump()
    host.feed.replay(None)
    host.run()

    assert len(host.sent) == 1


OLD = Replay()
OLD.add("old", bytes(5 * CLIP_BYTES))

STEPS = st.lists(
    st.one_of(
        st.builds(words, st.text(max_size=3), st.sampled_from("ab")),
        st.builds(
            lambda number, size, item: sound(number.to_bytes(2, "little") * size, item),
            st.integers(0, 65_535),
            st.sampled_from([1, 2_400, 30_000]),
            st.sampled_from("ab"),
        ),
        st.floats(0.0, 0.5),
        st.sampled_from(
            [
                lambda feed: feed.begin_answer("resp"),
                PageFeed.end_answer,
                PageFeed.spend,
                lambda feed: feed.change(("a", "b")),
                lambda feed: feed.change_state("status"),
                lambda feed: feed.change_state("usage"),
                lambda feed: feed.caption(CaptionsChanged("a", 0, marks(1))),
                lambda feed: feed.replay(OLD.clips("old")),
            ]
        ),
    ),
    max_size=150,
)


@given(steps=STEPS)
def test_nothing_is_lost_and_hosts_are_not_flooded(
    steps: list[TextReceived | AudioReceived | float | Callable[[PageFeed], None]],
) -> None:
    host = Host(PageFeed())
    for step in steps:
        if isinstance(step, float):
            host.let_pass(step)
        elif isinstance(step, TextReceived | AudioReceived):
            host.feed.add(step)
        else:
            step(host.feed)
        host.pump()
    host.run(600.0)

    texts = [step.delta for step in steps if isinstance(step, TextReceived)]
    sounds = [step.delta for step in steps if isinstance(step, AudioReceived)]
    assert host.words == "".join(texts)
    assert host.sound == b"".join(sounds)
    numbers = [c["content_metadata"]["seq"] for c in host.chunks if not c["done"]]
    assert numbers == list(range(len(numbers)))
    assert most_in_a_second(host) <= MESSAGES_A_SECOND


ANSWERS = st.lists(
    st.lists(
        st.one_of(
            st.builds(lambda text: ("words", text), st.text(min_size=1, max_size=3)),
            st.builds(lambda size: ("sound", size), st.sampled_from([2, 60_000])),
            st.builds(lambda seconds: ("wait", seconds), st.floats(0.0, 0.2)),
        ),
        max_size=30,
    ),
    max_size=8,
)


@given(answers=ANSWERS)
def test_each_answer_stands_alone_and_is_closed(
    answers: list[list[tuple[str, typing.Any]]],
) -> None:
    host = Host(PageFeed())
    for number, steps in enumerate(answers):
        name = f"answer_{number}"
        host.feed.begin_answer(name)
        for kind, value in steps:
            match kind:
                case "words":
                    host.feed.add(words(value, response_id=name))
                case "sound":
                    host.feed.add(sound(bytes(value), response_id=name))
                case _:
                    host.let_pass(value)
            host.pump()
        host.feed.end_answer(name)
        host.pump()
    host.run(600.0)

    names = [chunk["content_metadata"]["response_id"] for chunk in host.chunks]
    assert names == sorted(names)
    ends = [chunk for chunk in host.chunks if chunk["done"]]
    assert ends == [closing_chunk(f"answer_{n}") for n in range(len(answers))]
    last = {chunk["content_metadata"]["response_id"]: chunk for chunk in host.chunks}
    assert list(last.values()) == ends
    assert most_in_a_second(host) <= MESSAGES_A_SECOND
