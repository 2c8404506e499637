from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget import events
from rt_widget.audio import SAMPLE_RATE_HZ, duration_ms
from rt_widget.captions import KEPT_ITEMS, CaptionMark, Captions
from rt_widget.captions.spoken import spoken_length
from rt_widget.captions.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import FrameType, TracebackType
    from typing import Self


TALE = (
    "Once upon a time, in a small village by the sea, there lived an old fisherman. "
    "Every morning he went out in 1 little boat; every evening he came home. "
    "One day, however, something extraordinary happened! He caught a golden fish."
)
HISS = np.random.default_rng(1).normal(0, 3000, 60 * SAMPLE_RATE_HZ)
TENTH = SAMPLE_RATE_HZ // 10 * 2


def voice(seconds: float) -> bytes:
    return (
        HISS[: round(seconds * SAMPLE_RATE_HZ)]
        .clip(-32_768, 32_767)
        .astype("<i2")
        .tobytes()
    )


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * SAMPLE_RATE_HZ))


def spoken(text: str, speed: float = 1.0) -> tuple[bytes, list[tuple[int, float]]]:
    """A voice of its own pace, and the text and seconds at which its words end."""
    sound, ends, at = b"", [], 0
    for word in text.split():
        at = text.index(word, at) + len(word)
        letters = sum(c.isalnum() for c in word)
        sound += voice((0.08 + 0.055 * letters) / speed)
        ends.append((at, duration_ms(sound) / 1000))
        pause = 0.4 if word[-1] in ".!" else 0.2 if word[-1] in ",;" else 0.0
        sound += silence(pause / speed)
    return sound, ends


def pieces(whole: bytes, size: int) -> list[bytes]:
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def words(delta: str, item_id: str = "item") -> events.TranscriptDelta:
    return events.TranscriptDelta("resp", item_id, delta)


def sound(pcm: bytes, text_end: int = 0, item_id: str = "item") -> events.AudioDelta:
    return events.AudioDelta("resp", item_id, pcm, text_end=text_end)


def ending(
    text: str, item_id: str = "item", status: str = "completed"
) -> list[events.ServerEvent]:
    part = events.ContentPart("output_audio", transcript=text)
    item = events.WireItem(item_id, role="assistant", status=status, content=(part,))
    return [
        events.AudioDone("resp", item_id),
        events.TranscriptDone("resp", item_id, text),
        events.OutputItemDone("resp", item),
        events.ItemDone(item),
    ]


def fed(*fed_events: events.ServerEvent, captions: Captions | None = None) -> Captions:
    captions = captions or Captions()
    for event in fed_events:
        captions.apply(event)
    return captions


def off_by(captions: Captions, text: str, ends: Sequence[tuple[int, float]]) -> int:
    """Most words by which `heard_end` is ever wrong."""
    said = text.split()
    worst, begin = 0, 0.0
    for number, (_, end) in enumerate(ends):
        for at in (begin + 0.1 * (end - begin), begin + 0.9 * (end - begin)):
            heard = captions.heard_end("item", round(at * 1000))
            assert heard is not None
            truth = number + (2 * at >= begin + end)
            worst = max(worst, abs(len(text[:heard].split()) - truth))
        begin = end
    assert len(ends) == len(said)
    return worst


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("told", [True, False])
def test_words_are_found_between_the_pauses(speed: float, *, told: bool) -> None:
    pcm, ends = spoken(TALE, speed)
    captions = Captions()
    if told:
        captions.expect_speed(speed)
    fed(words(TALE), *map(sound, pieces(pcm, TENTH)), captions=captions)
    fed(*ending(TALE), captions=captions)
    assert off_by(captions, TALE, ends) <= 1


def test_a_word_that_the_backend_knows_stands_in_its_own_piece() -> None:
    pcm, ends = spoken(TALE)
    captions = fed(words(TALE))
    for number, piece in enumerate(pieces(pcm, TENTH), start=1):
        by = [end for end, at in ends if at <= number / 10]
        captions.apply(sound(piece, by[-1] if by else 0))
        assert [mark.end for mark in captions.marks("item")] == by
    for mark, (_, at) in zip(captions.marks("item"), ends, strict=True):
        assert abs(mark.ms / 1000 - at) <= 0.1
    assert off_by(captions, TALE, ends) <= 1


def test_where_only_ends_of_sentences_are_known_the_words_between_are_estimated() -> (
    None
):
    pcm, ends = spoken(TALE)
    captions = fed(words(TALE))
    known = [(end, at) for end, at in ends if TALE[end - 1] in ".!"]
    for number, piece in enumerate(pieces(pcm, TENTH), start=1):
        now = [end for end, at in known if (number - 1) / 10 < at <= number / 10]
        captions.apply(sound(piece, now[0] if now else 0))
    assert off_by(captions, TALE, ends) <= 1


def test_words_come_with_their_sound_and_not_before() -> None:
    pcm, ends = spoken(TALE)
    captions = Captions()
    captions.apply(words(TALE))
    assert captions.marks("item") == ()
    for number, piece in enumerate(pieces(pcm, 2 * TENTH), start=1):
        captions.apply(sound(piece))
        said = sum(at <= number / 5 for _, at in ends)
        assert abs(len(captions.marks("item")) - said) <= 3


def test_sound_that_comes_before_its_words_waits_for_them() -> None:
    pcm, ends = spoken(TALE)
    captions = fed(sound(pcm))
    assert captions.marks("item") == ()
    assert captions.heard_end("item", 1000) == 0
    fed(*map(words, TALE), *ending(TALE), captions=captions)
    assert off_by(captions, TALE, ends) <= 1


def test_at_the_end_the_whole_text_is_said() -> None:
    text = "Yes, of course. \U0001f600\n"
    captions = fed(words(text), sound(voice(1.5)), *ending(text))
    last = captions.marks("item")[-1]
    assert last.end == len(text)
    assert last.ms == 1500
    assert captions.heard_end("item", 1500) == len(text)


def test_a_word_is_heard_when_half_of_it_is() -> None:
    captions = fed(words("Hello there"), sound(voice(1), 5), sound(voice(1), 11))
    assert captions.marks("item") == (CaptionMark(5, 1000), CaptionMark(11, 2000))
    assert captions.heard_end("item", 0) == 0
    assert captions.heard_end("item", 490) == 0
    assert captions.heard_end("item", 510) == 5
    assert captions.heard_end("item", 1490) == 5
    assert captions.heard_end("item", 1510) == 11
    assert captions.heard_end("item", 99_999) == 11


def test_a_pause_belongs_to_no_word() -> None:
    captions = fed(words("Hello there"), sound(voice(1), 5), sound(silence(2), 5))
    captions.apply(sound(voice(1), 11))
    assert captions.heard_end("item", 2900) == 5
    assert captions.heard_end("item", 3400) == 5
    assert captions.heard_end("item", 3600) == 11


def test_a_text_answer_has_no_marks() -> None:
    text = "Just text."
    captions = fed(
        events.TextDelta("resp", "item", text),
        events.TextDone("resp", "item", text),
        *ending(text)[2:],
    )
    assert captions.marks("item") == ()
    assert captions.heard_end("item", 1000) is None
    assert captions.heard_end("other", 1000) is None


def test_words_that_were_cut_off_are_not_said() -> None:
    pcm, ends = spoken(TALE)
    third = pcm[: len(pcm) // 6 * 2]
    captions = fed(words(TALE), sound(third))
    fed(*ending(TALE, status="incomplete"), captions=captions)
    said = sum(at <= duration_ms(third) / 1000 for _, at in ends)
    assert abs(len(captions.marks("item")) - said) <= 2


def test_a_text_that_is_put_right_gets_new_marks() -> None:
    captions = Captions()
    wrong, right = "Their is a cat here.", "There is a cat, over there."
    fed(words(wrong), sound(voice(0.4), 5), sound(voice(2.0)), captions=captions)
    before = captions.marks("item")
    news = captions.apply(events.TranscriptDone("resp", "item", right))
    assert news is not None
    assert news[1] < len(before)
    fed(*ending(right), captions=captions)
    marks = captions.marks("item")
    assert [mark.end for mark in marks] == [5, 8, 10, 15, 20, len(right)]
    assert marks[0].ms == before[0].ms == 400


@pytest.mark.parametrize(
    "event", [events.ItemTruncated("item"), events.ItemDeleted("item")]
)
def test_an_item_that_is_cut_is_forgotten_for_good(event: events.ServerEvent) -> None:
    captions = fed(words("Hello there"), sound(voice(2), 11))
    assert captions.apply(event) is None
    late = [words(" and"), sound(voice(1), 15), *ending("Hello there and")]
    assert [captions.apply(each) for each in late] == [None] * len(late)
    assert captions.marks("item") == ()
    assert captions.heard_end("item", 500) is None


def test_old_items_are_forgotten() -> None:
    captions = Captions()
    names = [f"item{number}" for number in range(KEPT_ITEMS + 5)]
    for name in names:
        fed(words("Hello.", name), sound(voice(0.5), 6, name), captions=captions)
    known = [name for name in names if captions.marks(name)]
    assert known == names[-KEPT_ITEMS:]


def test_what_a_person_says_has_no_marks() -> None:
    part = events.ContentPart("input_audio", transcript="Hello there.")
    item = events.WireItem("item", role="user", status="completed", content=(part,))
    captions = Captions()
    assert captions.apply(events.ItemDone(item)) is None
    assert captions.heard_end("item", 500) is None


def test_a_slow_voice_is_followed_from_its_first_word_when_it_is_expected() -> None:
    pcm, ends = spoken(TALE, 0.5)
    captions = Captions()
    captions.expect_speed(0.5)
    fed(words(TALE), sound(pcm[: 30 * TENTH]), captions=captions)
    said = sum(at <= 3 for _, at in ends)
    assert abs(len(captions.marks("item")) - said) <= 1


def test_the_pace_of_a_voice_is_remembered() -> None:
    captions, (pcm, ends) = Captions(), spoken(TALE, 0.6)
    for name in ("one", "two", "three"):
        fed(words(TALE, name), sound(pcm, 0, name), captions=captions)
        fed(*ending(TALE, name), captions=captions)
    begun = pcm[: 12 * TENTH]
    said = sum(at <= 1.2 for _, at in ends)
    fed(words(TALE), sound(begun), captions=captions)
    known, unknown = captions.marks("item"), fed(words(TALE), sound(begun))
    assert abs(len(known) - said) <= 1
    assert len(unknown.marks("item")) > len(known)


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        ("extraordinary", "ordinary"),
        ("1969", "nine"),
        ("384,400", "384"),
        ("$25.50", "25"),
        ("15%", "15"),
        ("EU", "eu"),
        ("through", "the"),
        ("leaves", "is"),
        ("\u6771\u4eac", "\u6771"),
    ],
)
def test_longer_words_take_longer(longer: str, shorter: str) -> None:
    assert spoken_length(longer) > 1.2 * spoken_length(shorter) > 0


@pytest.mark.parametrize("sign", ["**", "-", "\u2014", "#", "\U0001f600", "...", "|"])
def test_signs_that_are_not_read_take_no_time(sign: str) -> None:
    assert spoken_length(sign) == 0


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("One, two three. Four", [1, 0, 2, 0]),
        ("Dr. J. Smith etc. No", [0, 0, 0, 2, 0]),
        ("So do I. Yes", [0, 0, 2, 0]),
        ("one \u2014 two - three\u2014four", [1, 1, 1, 0]),
        ("a title\nand a line", [0, 2, 0, 0, 0]),
        ('He said "no." Then', [0, 0, 2, 0]),
        ("\u6771\u4eac\u3001\u4eac\u3002", [0, 1, 2]),
    ],
)
def test_punctuation_breaks_a_text(text: str, breaks: list[int]) -> None:
    for deltas in ([text], text):
        found = Words()
        for delta in deltas:
            found.read(delta)
        found.end()
        assert found.breaks == breaks


TEXTS = st.lists(
    st.sampled_from(
        [
            *("the", "Well,", "42", "again.", "extraordinary", "\u2014", "**", "\n"),
            *("ice", "\u6771\u4eac", "\U0001f600", "$5.20!", "Dr.", "e", "  "),
        ]
    ),
    max_size=40,
).map(" ".join)
SOUNDS = st.lists(st.tuples(st.booleans(), st.floats(0.01, 1.5)), max_size=16).map(
    lambda runs: b"".join((voice if loud else silence)(s) for loud, s in runs)
)


@st.composite
def streams(draw: st.DrawFn) -> list[events.ServerEvent]:
    """Text and sound of an item in pieces, in any order; nobody keeps to any rule."""
    text, pcm = draw(TEXTS), draw(SOUNDS)
    made: list[events.ServerEvent] = []
    while text or pcm:
        letters = draw(st.integers(0, 30)) if text else 0
        samples = draw(st.integers(0, 30_000)) if pcm or not letters else 0
        if letters:
            made.append(words(text[:letters]))
            text = text[letters:]
        made.append(sound(pcm[: 2 * samples], draw(st.sampled_from([0, 0, 3, 9, 40]))))
        pcm = pcm[2 * samples :]
        text = text if letters or draw(st.booleans()) else ""
    whole = "".join(e.delta for e in made if isinstance(e, events.TranscriptDelta))
    whole = draw(st.sampled_from([whole, whole, draw(TEXTS)]))
    status = draw(st.sampled_from(["completed", "incomplete"]))
    return [*made, *ending(whole, status=status)]


@given(streams())
@settings(deadline=None, max_examples=40)
def test_marks_grow_and_never_go_beyond_what_has_come(
    stream: list[events.ServerEvent],
) -> None:
    captions, text, received = Captions(), "", 0.0
    before: tuple[CaptionMark, ...] = ()
    for event in stream:
        match event:
            case events.TranscriptDelta():
                text += event.delta
            case events.TranscriptDone() if event.transcript:
                text = event.transcript
            case events.AudioDelta():
                received += duration_ms(event.delta)
        news = captions.apply(event)
        marks = captions.marks("item")
        for one, other in pairwise(marks):
            assert one.end < other.end
            assert one.ms <= other.ms
        for mark in marks:
            assert 0 <= mark.ms <= received
            assert 0 < mark.end <= len(text)
        if news is None:
            assert marks == before
        else:
            assert marks[: news[1]] == before[: news[1]]
            assert marks[news[1] : news[1] + 1] != before[news[1] : news[1] + 1]
        before = marks


def is_boundary(text: str, end: int) -> bool:
    after, last = text[end : end + 1], text[end - 1]
    alone = "\u6771\u4eac\u2014"
    return not after or after.isspace() or after in alone or last in alone


@given(TEXTS, SOUNDS, st.data())
@settings(deadline=None, max_examples=40)
def test_the_same_text_and_sound_in_other_pieces_give_the_same_marks(
    text: str, pcm: bytes, data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(pcm) // 2), max_size=4).map(sorted))
    ends = [
        m.end for m in fed(words(text), sound(voice(9)), *ending(text)).marks("item")
    ]
    known = {2 * at: data.draw(st.sampled_from([0, *ends])) for at in cuts}
    first: tuple[CaptionMark, ...] | None = None
    for _ in range(3):
        letters, samples = (
            data.draw(st.integers(1, 50)),
            data.draw(st.integers(50, 9999)),
        )
        captions = fed(*map(words, pieces_of(text, letters)))
        fed(*sounds(pcm, 2 * samples, known), captions=captions)
        fed(*ending(text), captions=captions)
        marks = captions.marks("item")
        first = marks if first is None else first
        assert marks == first
        assert all(is_boundary(text, mark.end) for mark in marks)


def pieces_of(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def sounds(pcm: bytes, size: int, known: dict[int, int]) -> Iterable[events.AudioDelta]:
    """Pieces of at most `size` bytes that end where something is known."""
    places = sorted({*range(0, len(pcm), size), *known, len(pcm)})
    for start, end in pairwise([0, *places]):
        yield sound(pcm[start:end], known.get(end, 0))


class Steps:
    """Counts the lines of Python that run in `rt_widget`."""

    def __init__(self) -> None:
        self.count = 0
        self._before = sys.gettrace()

    def __enter__(self) -> Self:
        sys.settrace(self._enter)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.settrace(self._before)

    def _enter(self, frame: FrameType, _event: str, _: object) -> Any:  # noqa: ANN401 - a trace function
        return self._line if "rt_widget" in frame.f_code.co_filename else None

    def _line(self, _frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401
        self.count += event == "line"
        return self._line


def work(times: int, *, known: bool, ahead: bool) -> int:
    """Lines run for a text that is so many tales long."""
    text = " ".join([TALE] * times)
    pcm, ends = spoken(text)
    captions = fed(words(text)) if ahead else Captions()
    by = {round(at * 10): end for end, at in ends} if known else {}
    rest, share = text, len(text) * 5 // len(pieces(pcm, TENTH)) + 1
    with Steps() as steps:
        for number, piece in enumerate(pieces(pcm, TENTH), start=1):
            if not ahead and number % 4 == 1:
                captions.apply(words(rest[:share]))
                rest = rest[share:]
            captions.apply(sound(piece, by.get(number, 0)))
        for event in ending(text):
            captions.apply(event)
    return steps.count


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("ahead", [True, False])
def test_work_grows_with_the_sound_and_not_faster(*, known: bool, ahead: bool) -> None:
    short, long = (work(times, known=known, ahead=ahead) for times in (2, 6))
    assert long <= 3.3 * short


def test_few_marks_are_sent_more_than_once() -> None:
    pcm, ends = spoken(" ".join([TALE] * 4))
    captions, sent = fed(words(" ".join([TALE] * 4))), 0
    for piece in pieces(pcm, TENTH):
        news = captions.apply(sound(piece))
        if news is not None:
            sent += len(captions.marks_from(*news))
    assert sent <= 4 * len(ends)
