"""What a model is told of a value."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import json
import math
import pathlib
import uuid
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.tools.told import OUTPUT_LIMIT, told


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Word(enum.StrEnum):
    YES = "yes"


@dataclasses.dataclass
class Point:
    x: float
    colour: Colour = Colour.RED


class Order(pydantic.BaseModel):
    title: str
    points: list[Point]


class Thing:
    def __repr__(self) -> str:
        return "<a thing>"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


class Raising(collections.UserDict[str, int]):
    def items(self) -> Any:
        raise OSError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (2.5, "2.5"),
        (math.nan, "null"),
        ([1, math.inf], "[1, null]"),
        ([], "[]"),
        ({}, "{}"),
        ((), "[]"),
        ({"a": [1, None], "ü": "é"}, '{"a": [1, null], "ü": "é"}'),
        ({1: "x", None: 2, (1, 2): 3}, '{"1": "x", "None": 2, "(1, 2)": 3}'),
        ({3}, "[3]"),
        (range(3), "[0, 1, 2]"),
        (collections.deque([1]), "[1]"),
        (Colour.RED, "red"),
        ([Colour.RED, Level.LOW, Word.YES], '["red", 1, "yes"]'),
        ({Colour.RED: 1}, '{"red": 1}'),
        (dt.date(2026, 1, 2), "2026-01-02"),
        ([dt.datetime(2026, 1, 2, 3, 4)], '["2026-01-02T03:04:00"]'),  # noqa: DTZ001
        (dt.timedelta(seconds=90), "0:01:30"),
        (decimal.Decimal("1.10"), "1.10"),
        (1 + 2j, "(1+2j)"),
        (pathlib.PurePosixPath("/a"), "/a"),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (b"abc", "<3 bytes>"),
        (ValueError("no"), "ValueError: no"),
        (Point(1), '{"x": 1, "colour": "red"}'),
        (
            Order(title="t", points=[Point(1)]),
            '{"title": "t", "points": [{"x": 1, "colour": "red"}]}',
        ),
        (np.float32(0.5), "0.5"),
        (np.int64(3), "3"),
        (np.bool_(1), "true"),
        (np.str_("s"), "s"),
        (np.datetime64("2026-01-02"), "2026-01-02"),
        (np.array([[1, 2], [3, 4]]), "[[1, 2], [3, 4]]"),
        (np.array(7), "7"),
        (np.array([], dtype=float), "[]"),
        (np.array([(1, 2.5)], dtype="i4,f8"), "[[1, 2.5]]"),
        (Thing(), "<a thing>"),
        ([Thing()], '["<a thing>"]'),
        (Broken(), "<Broken>"),
        (10**400, "<1329 bits>"),
        ("\ud800", "?"),
        (["\ud800"], '["?"]'),
    ],
)
def test_values_are_told_as_text_or_json(value: object, text: str) -> None:
    assert told(value) == text


def test_tables_are_told_by_their_first_rows() -> None:
    numbers = {f"c{n}": range(1_000) for n in range(30)}
    for frame in (pd.DataFrame(numbers), pl.DataFrame(numbers)):
        read = json.loads(told(frame))
        assert read["table"] == "1,000 rows x 30 columns"
        assert read["columns"] == [f"c{n}" for n in range(20)]
        assert read["rows"] == [[n] * 20 for n in range(20)]


def test_what_is_inside_itself_comes_to_an_end() -> None:
    loop: list[object] = []
    loop += [loop, loop]
    assert len(told(loop)) <= OUTPUT_LIMIT
    chain: dict[str, object] = {}
    chain["me"] = chain
    assert told(chain).endswith('"…"' + "}" * 20)


def test_code_of_the_person_that_raises_is_not_the_models_matter() -> None:
    assert "Raising" in told(Raising()) or told(Raising())

    class Odd:
        @property
        def __dict__(self) -> dict[str, object]:  # type: ignore[override]
            raise OSError

    assert "Odd" in told([Odd()])


class Endless(collections.UserDict[str, object]):
    """A mapping that nobody could write down whole."""

    def items(self) -> Any:
        self.read = 0
        while True:
            self.read += 1
            yield "k", "v" * 100


@pytest.mark.parametrize(
    "value",
    [
        "x" * 50_000_000,
        ["x" * 50_000_000],
        np.zeros(6_000_000),
        np.zeros((2_000, 2_000)),
        Endless(),
        list(range(OUTPUT_LIMIT)),
    ],
    ids=["text", "list", "array", "matrix", "endless", "numbers"],
)
def test_what_is_too_long_is_cut_and_says_so(value: object) -> None:
    text = told(value)
    assert len(text) == OUTPUT_LIMIT
    assert text.endswith("it is cut here.]")


def test_long_keys_are_shortened() -> None:
    read = json.loads(told({"x" * 50_000_000: 1}))
    assert read == {"x" * 999 + "…": 1}


def test_no_more_is_written_than_told() -> None:
    endless = Endless()
    told(endless)
    assert endless.read < OUTPUT_LIMIT / 100


@pytest.mark.parametrize("size", [OUTPUT_LIMIT - 1, OUTPUT_LIMIT, OUTPUT_LIMIT + 1])
def test_the_limit_is_exact(size: int) -> None:
    text = "x" * size
    assert (told(text) == text) is (size <= OUTPUT_LIMIT)
    assert len(told(text)) <= OUTPUT_LIMIT


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(value=JSON)
def test_json_is_told_as_the_same_json(value: object) -> None:
    if not isinstance(value, str):
        assert json.loads(told(value)) == value


ANYTHING = st.recursive(
    st.binary()
    | st.complex_numbers()
    | st.floats()
    | st.text()
    | st.decimals()
    | st.datetimes()
    | st.builds(Broken)
    | st.builds(Raising)
    | st.builds(Endless)
    | st.just(Thing)
    | st.builds(np.array, st.text()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(value=ANYTHING)
def test_whatever_is_returned_is_told_as_bounded_unicode(value: object) -> None:
    text = told(value)
    assert len(text) <= OUTPUT_LIMIT
    assert text.encode() or text == ""
