from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.clauses import (
    FIRST_MAX_WORDS,
    LONG_SENTENCE_WORDS,
    MAX_WORDS,
    Clause,
    Clauses,
)
from rt_widget.backends.local.speakable import speakable

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(LETTERS, min_size=2, max_size=9)
STOPS = st.sampled_from([" ", " ", " ", ", ", ". ", "? ", "; ", "\n", " — "])


def clauses(text: str, step: int = 1000) -> list[Clause]:
    splitter = Clauses()
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    ready = [clause for piece in pieces for clause in splitter.feed(piece)]
    return ready + splitter.flush()


def spoken(text: str, step: int = 4) -> list[str]:
    return [clause.text for clause in clauses(text, step)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The capital is Paris.", ["The capital is Paris."]),
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        (
            "Well, I think so, but not now. Later, maybe, if it rains.",
            ["Well, I think so,", "but not now.", "Later, maybe, if it rains."],
        ),
        ("Dr. Smith is in. He waits.", ["Dr. Smith is in.", "He waits."]),
        ("Pi is 3.14, or 1,000 no.", ["Pi is 3.14,", "or 1,000 no."]),
        ("It opens at 10:30 today.", ["It opens at 10:30 today."]),
        ("Ask me, e.g. now, or not.", ["Ask me, e.g. now,", "or not."]),
        ("No. 5 is good. No. It is not.", ["No. 5 is good.", "No.", "It is not."]),
        ("He met J. Doe. I left.", ["He met J. Doe.", "I left."]),
        ("At 9 a.m. we go. Bye.", ["At 9 a.m. we go.", "Bye."]),
        ('He said "why?" to us. Yes.', ['He said "why?" to us.', "Yes."]),
        ("1. Wash it\n2. Dry it", ["1. Wash it", "2. Dry it"]),
    ],
)
def test_it_is_cut_where_a_speaker_would_breathe(
    text: str, expected: list[str]
) -> None:
    assert spoken(text) == expected
    assert spoken(text, 1) == expected
    assert spoken(text, 1000) == expected


def test_the_first_clause_comes_before_the_text_is_complete() -> None:
    splitter = Clauses()
    assert splitter.feed("As far as I know,") == []
    assert splitter.feed(" the") == [Clause("As far as I know,", (2, 6, 9, 11, 17))]


def test_a_first_sentence_does_not_wait_for_the_next_word() -> None:
    splitter = Clauses()
    assert splitter.feed("It is Paris") == []
    assert splitter.feed(".") == [Clause("It is Paris.", (2, 5, 12))]


@pytest.mark.parametrize("start", ["It is 3", "Dear Mr", "See e.g", "I am in the U.S"])
def test_a_point_that_may_not_be_the_end_waits(start: str) -> None:
    splitter = Clauses()
    assert splitter.feed(start) == []
    assert splitter.feed(".") == []


def test_a_first_clause_without_a_comma_ends_before_a_word_that_joins() -> None:
    text = "Cats sleep most of the day because they hunt at night and like it."
    first, *_ = spoken(text)
    assert first == "Cats sleep most of the day"


def test_in_a_hurry_a_few_words_are_enough() -> None:
    splitter = Clauses()
    assert splitter.feed("Cats sleep most of the", hurry=False) == []
    assert [c.text for c in splitter.feed(" day", hurry=True)] == [
        "Cats sleep most of the"
    ]
    assert splitter.feed(" because they hunt at", hurry=False) == []
    assert [c.text for c in splitter.feed(" night", hurry=True)] == [
        "day because they hunt"
    ]
    assert [c.text for c in splitter.flush()] == ["at night"]


def test_a_long_sentence_is_cut_at_a_comma_or_at_last_anywhere() -> None:
    long = "Yes. " + "word " * (LONG_SENTENCE_WORDS + 1) + "end, and more."
    assert spoken(long)[1].endswith("end,")
    endless = spoken("Yes. " + "word " * 100)
    assert max(len(clause.split()) for clause in endless) <= MAX_WORDS


def test_code_is_not_read_aloud() -> None:
    text = "Try this:\n```python\nprint('a. b')\n```\nThat prints a letter. Done."
    assert spoken(text) == ["Try this:", "That prints a letter.", "Done."]
    assert spoken("```\nx = 1\n") == []
    assert spoken("So:\n```x```and then. Good.") == ["So:", "and then.", "Good."]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Bold** and *soft* `code`", "Bold and soft code"),
        ("## A title", "A title"),
        ("- one\n- two", "one two"),
        ("see [the page](http://a.example/b?c)", "see the page"),
        ("go to https://www.example.org/a/b now", "go to example.org now"),
        ("Hi \U0001f44b\U0001f3fd there ❤️!", "Hi there !"),
        ("<b>really</b>", "really"),
        ("snake_case and _this_", "snake_case and this"),
        ("20 °C is 5 % more than 3 * 4", "20 °C is 5 % more than 3 * 4"),
        ("---", ""),
        ("\U0001f600", ""),
        ("...", ""),
    ],
)
def test_markup_and_pictures_are_not_read_aloud(written: str, read: str) -> None:
    assert speakable(written) == read


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, STOPS), max_size=80), st.integers(1, 12))
def test_every_word_is_spoken_once_and_in_order(
    pairs: list[tuple[str, str]], step: int
) -> None:
    text = "".join(word + stop for word, stop in pairs)
    pieces = clauses(text, step)
    joined = " ".join(piece.text for piece in pieces)
    letters = [c for c in joined if c.isalpha()]
    assert letters == [c for c in text if c.isalpha()]
    assert all(len(piece.ends) == len(piece.text.split()) for piece in pieces)
    ends = [end for piece in pieces for end in piece.ends]
    assert ends == sorted(set(ends))
    assert all(text[end : end + 1].strip() == "" for end in ends)
    assert not pieces or len(pieces[0].text.split()) <= FIRST_MAX_WORDS + 1


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(1, 9))
def test_any_text_can_be_streamed(text: str, step: int) -> None:
    for piece in clauses(text, step):
        assert any(c.isalnum() for c in piece.text)
        assert "`" not in piece.text
        assert len(piece.ends) == len(piece.text.split())
        assert list(piece.ends) == sorted(piece.ends)


def test_signs_that_are_not_read_belong_to_a_word() -> None:
    (first, second) = clauses("Say **yes** \U0001f600 now. [Read](http://a.b/c) it!")
    assert (first.text, first.ends) == ("Say yes now.", (3, 11, 18))
    assert (second.text, second.ends) == ("Read it!", (39, 43))
