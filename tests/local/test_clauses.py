from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.speaking.clauses import (
    FIRST_MAX_WORDS,
    FOREIGN_SAID,
    LONG_SENTENCE_WORDS,
    MAX_WORDS,
    Clause,
    Clauses,
)

CODE = "Here is the code."
DATA = "Here is the data."
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
        ("Ask me, e.g. now, or not.", ["Ask me, for example now,", "or not."]),
        ("No. 5 is good. No. It is not.", ["number 5 is good.", "No.", "It is not."]),
        ("He met J. Doe. I left.", ["He met J. Doe.", "I left."]),
        ("At 9 a.m. we go. Bye.", ["At 9 a.m. we go.", "Bye."]),
        ('He said "why?" to us. Yes.', ['He said "why?" to us.', "Yes."]),
        ("1. Wash it\n2. Dry it", ["1: Wash it.", "2: Dry it."]),
        ("Oh. Really?! Yes... maybe.", ["Oh.", "Really?!", "Yes... maybe."]),
        (
            "In the U.S. we do. In the U.S. Yes.",
            ["In the U.S. we do.", "In the U.S.", "Yes."],
        ),
        ("Close the tab. Go on 5 mi. more.", ["Close the tab.", "Go on 5 miles more."]),
        ("Wait 2 min.\n2. Go on.", ["Wait 2 minutes.", "2: Go on."]),
        ("Buy:\n- eggs,\n- milk,\n", ["Buy:", "eggs,", "milk,"]),
        (
            "Oh.\nI like all of it and more\nYes",
            ["Oh.", "I like all of it and more", "Yes"],
        ),
        ("It ends on Jan. 5. Yes.", ["It ends on January 5.", "Yes."]),
        ("Use `a, b, c` there, or not.", ["Use a, b, c there,", "or not."]),
        ("So $f(x, y) = 1$, it is.", ["So f of x, y equals 1,", "it is."]),
        (
            "The name $HOME is that of a folder, ok? Yes.",
            ["The name HOME is that of a folder,", "ok?", "Yes."],
        ),
        ("See [one, two, ten](http://a.b/c), ok?", ["See one, two, ten,", "ok?"]),
        (
            "\u4f60\u597d\u3002\u662f\u7684\uff01Hello there.",
            [FOREIGN_SAID, "Hello there."],
        ),
        ("\U0001f600\U0001f389", []),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", ["a, b.", "1, 2."]),
        ("Two\n- one\n- two, or three\n", ["Two", "one.", "two, or three."]),
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


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Cats sleep most of the day", "Cats sleep most"),
        ("The capital of France is", "The capital"),
        ("It is a small town", "It is a small"),
        ("There are seven days in", "There are seven"),
        ("Call your older sister now", "Call your older"),
    ],
)
def test_in_a_hurry_a_few_words_are_enough_where_one_might_pause(
    text: str, first: str
) -> None:
    splitter = Clauses()
    ready = [c for w in text.split() for c in splitter.feed(f"{w} ", hurry=True)]
    assert ready[0].text == first


def test_a_long_sentence_is_cut_at_a_comma_or_at_last_anywhere() -> None:
    long = "Yes. " + "word " * (LONG_SENTENCE_WORDS + 1) + "end, and more."
    assert spoken(long)[1].endswith("end,")
    endless = spoken("Yes. " + "word " * 100)
    assert max(len(clause.split()) for clause in endless) <= MAX_WORDS


@pytest.mark.parametrize("step", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Try this:\n```python\nprint('a. b')\n```\nThat prints a letter. Done.",
            ["Try this:", "That prints a letter.", "Done."],
        ),
        ("Sure!\n```\nx = 1\n", ["Sure!", CODE]),
        ("```\nx = 1\n```\nSo it is.", [CODE, "So it is."]),
        ("So:\n```x```and then. Good.", ["So:", "and then.", "Good."]),
        ("Yes.\n````md\n```\nx. y\n```\n````\nDone.", ["Yes.", CODE, "Done."]),
        ("~~~\nx. y\n~~~\nDone ~~now~~.", [CODE, "Done now."]),
        (
            'I do.\n{"name": "go", "arguments": {"to": "a } b"}} It is done.',
            ["I do.", DATA, "It is done."],
        ),
        ('The data:\n[{"a": 1}, {"a": 2}]\n', ["The data:"]),
        ("A set {a, b} is no data.", ["A set a,", "b is no data."]),
    ],
)
def test_code_and_data_are_not_read_aloud(
    text: str, expected: list[str], step: int
) -> None:
    assert spoken(text, step) == expected


def test_what_is_said_of_code_comes_before_the_code_is_complete() -> None:
    splitter = Clauses()
    assert [c.text for c in splitter.feed("It is short.\n``")] == ["It is short."]
    assert splitter.feed("`py\nx = 1") == [Clause(CODE, (13, 13, 13, 13))]
    assert splitter.feed("\ny = 2. Z = 3.\n``") == []
    assert splitter.feed("`\nThat") == []
    assert splitter.flush() == [Clause("That", (47,))]


def test_a_measure_is_not_torn_in_a_hurry() -> None:
    splitter = Clauses()
    ready = [
        clause.text
        for word in (
            "It",
            "is",
            "a",
            "road",
            "of",
            "the",
            "first",
            "20",
            "km",
            "or",
            "so",
        )
        for clause in splitter.feed(f"{word} ", hurry=True)
    ]
    assert ready == ["It is a road", "of the first", "20 kilometers"]


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


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Two plus", None),
        ("Two plus three", "Two plus three"),
        ("Two plus three ", None),
        ("The capital of", "The capital"),
        ("They live in the", "They live"),
        ("Yes, of course. And so we", None),
    ],
)
def test_the_first_clause_is_foreseen(text: str, first: str | None) -> None:
    splitter = Clauses()
    said = splitter.feed(text)
    foreseen = splitter.first_if_whole()
    assert (foreseen and foreseen.text) == first
    # Nothing of it was taken out.
    rest = [*said, *splitter.feed(" more"), *splitter.flush()]
    assert " ".join(each.text for each in rest).endswith("more")
