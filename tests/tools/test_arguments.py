"""What a model has sent, checked before the function runs."""

from __future__ import annotations

import dataclasses
import datetime as dt  # noqa: TC003 - read when a tool is made
import json
from enum import Enum
from typing import Any, Literal

import pydantic
import pydantic_core
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.tools import Tool
from rt_widget.tools.docs import words_of
from rt_widget.tools.schema import ARGUMENTS_LIMIT, ArgumentsError, Reader, reader_of
from rt_widget.tools.signature import parameters_of


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Order(pydantic.BaseModel):
    title: str
    amount: int = pydantic.Field(ge=1)


def reader(function: Any) -> Reader:
    return reader_of(parameters_of(function), words_of(function).parameters)


def everything(  # noqa: PLR0913, PLR0917
    text: str,
    number: int,
    real: float,
    flag: bool,
    items: list[int],
    table: dict[str, float],
    pair: tuple[int, str],
    kind: Literal["a", "b"],
    colour: Colour,
    maybe: int | None,
    point: Point,
    order: Order,
    when: dt.datetime,
    anything: Any,
) -> None: ...


FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | FINITE | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
    ),
    max_leaves=10,
)
WHOLE = st.integers(-(2**63), 2**63 - 1)
VALUES = st.fixed_dictionaries(
    {
        "text": TEXT,
        "number": WHOLE,
        "real": FINITE,
        "flag": st.booleans(),
        "items": st.lists(WHOLE, max_size=4),
        "table": st.dictionaries(TEXT, FINITE, max_size=4),
        "pair": st.tuples(WHOLE, TEXT),
        "kind": st.sampled_from(["a", "b"]),
        "colour": st.sampled_from(Colour),
        "maybe": st.none() | WHOLE,
        "point": st.builds(Point, FINITE, FINITE),
        "order": st.builds(Order, title=TEXT, amount=st.integers(1, 10**9)),
        "when": st.datetimes(),
        "anything": JSON,
    }
)

EVERYTHING = reader(everything)


@settings(deadline=None)
@given(values=VALUES)
def test_values_of_all_types_come_through_json(values: dict[str, Any]) -> None:
    text = pydantic_core.to_json(values)
    assert EVERYTHING.read(text.decode()) == values


@settings(deadline=None)
@given(arguments=st.text() | JSON.map(json.dumps))
def test_whatever_is_not_whole_is_explained(arguments: str) -> None:
    with pytest.raises(ArgumentsError) as caught:
        EVERYTHING.read(arguments)
    assert 0 < len(str(caught.value)) <= 1_000
    assert "Traceback" not in str(caught.value)


@settings(deadline=None)
@given(
    change=st.dictionaries(
        st.sampled_from(parameters_of(everything)).map(lambda p: p.name) | TEXT,
        JSON,
        max_size=14,
    )
)
def test_values_of_other_types_are_read_or_explained(change: dict[str, Any]) -> None:
    needed = {p.name for p in parameters_of(everything)}
    if needed == set(change):
        return
    with pytest.raises(ArgumentsError) as caught:
        EVERYTHING.read(json.dumps(change))
    assert 0 < len(str(caught.value)) <= 1_000


def lax(n: int = 1, real: float = 2, flag: bool = False, text: str = "") -> None:  # noqa: FBT002 - the case
    ...


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("", {}),
        ("  \n", {}),
        ("null", {}),
        ("{}", {}),
        ('{"n": "3"}', {"n": 3}),
        ('{"n": 3.0}', {"n": 3}),
        ('{"real": "2.5"}', {"real": 2.5}),
        ('{"flag": "yes", "n": 2}', {"n": 2, "flag": True}),
    ],
)
def test_models_are_read_leniently(sent: str, read: dict[str, object]) -> None:
    assert reader(lax).read(sent) == read


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ('{"n": "three"}', ["`n`", "valid integer"]),
        ('{"n": null}', ["`n`", "valid integer"]),
        ('{"m": 3}', ["no parameter `m`", "`n`"]),
        ('{"p0": 3}', ["no parameter `p0`"]),
        ('{"n": 3', ["not JSON"]),
        ("n=3", ["not JSON"]),
        ("[1]", ["not a JSON object"]),
        ('"text"', ["not a JSON object"]),
        ('{"text": "\\ud800"}', ["not JSON"]),
        ('{"text": "\ud800"}', ["not JSON"]),
        ("[" * 100_000, ["not JSON"]),
        ('{"n": ' + "1" * 5_000 + "}", ["`n`"]),
    ],
)
def test_the_complaint_names_the_parameter_and_what_fits(
    sent: str, words: list[str]
) -> None:
    with pytest.raises(ArgumentsError) as caught:
        reader(lax).read(sent)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert len(str(caught.value)) <= 1_000


def test_many_mistakes_are_counted_not_listed() -> None:
    def f(items: list[int]) -> None: ...

    for number, words in ((1_000, "And 995 more"), (200_000, "200,000 values do not")):
        with pytest.raises(ArgumentsError, match=words) as caught:
            reader(f).read(json.dumps({"items": [""] * number}))
        assert len(str(caught.value)) <= 1_000


def test_missing_and_nested_parameters_are_named() -> None:
    with pytest.raises(ArgumentsError, match="`number` is missing"):
        EVERYTHING.read('{"text": "a"}')

    def f(order: Order) -> None: ...

    with pytest.raises(ArgumentsError, match=r"`order.amount`: .*greater"):
        reader(f).read('{"order": {"title": "a", "amount": 0}}')


def test_arguments_that_are_too_long_are_not_read() -> None:
    long = json.dumps({"text": "x" * ARGUMENTS_LIMIT})
    with pytest.raises(ArgumentsError, match="1,000,000"):
        reader(lax).read(long)
    assert reader(lax).read(json.dumps({"text": "x" * 900_000}))


def test_what_is_left_out_is_left_to_the_function() -> None:
    kept: list[int] = []

    def f(items: list[int] = kept, n: int = pydantic.Field(7)) -> None: ...

    assert reader(f).read("{}") == {"n": 7}
    assert reader(f).read('{"items": [1]}') == {"items": [1], "n": 7}


async def test_a_call_with_bad_arguments_does_not_run_the_function() -> None:
    ran = []

    def f(n: int) -> None:
        ran.append(n)

    async def g(n: int) -> None:
        ran.append(n)

    for function in (f, g):
        result = await Tool.of(function).run('{"n": "x"}')
        assert result.status == "failed"
        assert "`n`" in result.output
        assert result.trace == ""
    assert ran == []


async def test_a_validator_that_raises_anything_is_a_failure() -> None:
    class Strange(pydantic.BaseModel):
        n: int

        @pydantic.field_validator("n")
        @classmethod
        def look(cls, n: int) -> int:
            msg = f"odd {n}"
            raise RuntimeError(msg)

    def f(value: Strange) -> None: ...

    result = await Tool.of(f).run('{"value": {"n": 1}}')
    assert result.status == "failed"
    assert result.output == "RuntimeError: odd 1"
