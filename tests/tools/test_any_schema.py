"""Types of any kind: the schema says what is read, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from enum import Enum
from types import GenericAlias
from typing import Any, Literal, NamedTuple, Optional, TypedDict

import jsonschema
import pydantic
import pydantic_core
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.tools import Tool
from rt_widget.tools.schema import reader_of
from rt_widget.tools.signature import NOTHING, Parameter


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass(frozen=True)
class Point:
    x: float
    y: float = 0.0


class Box(TypedDict):
    title: str
    width: int


class Order(pydantic.BaseModel):
    title: str
    amount: int = pydantic.Field(ge=1)


class Case(NamedTuple):
    """A type, and a value of it."""

    annotation: Any
    value: object


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(-(2**53), 2**53)


def of(annotation: object, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    return values.map(lambda value: Case(annotation, value))


SIMPLE = st.one_of(
    of(str, TEXT),
    of(int, WHOLE),
    of(float, FINITE),
    of(bool, st.booleans()),
    of(Literal["a", "b"], st.sampled_from("ab")),
    of(Colour, st.sampled_from(Colour)),
    of(dt.date, st.dates()),
    of(Point, st.builds(Point, FINITE, FINITE)),
    of(Box, st.fixed_dictionaries({"title": TEXT, "width": WHOLE})),
    of(Order, st.builds(Order, title=TEXT, amount=st.integers(1, 1_000))),
)


def generic(of: type, *inside: object) -> object:
    return GenericAlias(of, inside)


def nested(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    return st.one_of(
        inner.map(lambda c: Case(generic(list, c.annotation), [c.value])),
        inner.map(lambda c: Case(generic(dict, str, c.annotation), {"k": c.value})),
        inner.map(lambda c: Case(Optional[c.annotation], c.value)),  # noqa: UP045
        inner.map(lambda c: Case(Optional[c.annotation], None)),  # noqa: UP045
        st.tuples(inner, inner).map(
            lambda two: Case(
                generic(tuple, two[0].annotation, two[1].annotation),
                (two[0].value, two[1].value),
            )
        ),
    )


CASES = st.lists(st.recursive(SIMPLE, nested, max_leaves=4), max_size=4)


@settings(deadline=None)
@given(cases=CASES, texts=st.lists(TEXT, min_size=4, max_size=4))
def test_what_the_schema_allows_is_read(cases: list[Case], texts: list[str]) -> None:
    names = [f"n{number}" for number in range(len(cases))]
    parameters = tuple(
        Parameter(name, case.annotation, NOTHING)
        for name, case in zip(names, cases, strict=True)
    )
    reader = reader_of(parameters, dict(zip(names, texts, strict=False)))
    schema: Any = json.loads(json.dumps(reader.schema, allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert list(schema["properties"]) == schema["required"] == names

    values = dict(zip(names, (case.value for case in cases), strict=True))
    sent = pydantic_core.to_json(values).decode()
    jsonschema.validate(json.loads(sent), schema)
    assert reader.read(sent) == values


@settings(deadline=None)
@given(
    names=st.lists(st.from_regex(r"[a-z_][a-z_0-9]{0,8}", fullmatch=True), unique=True)
)
def test_names_of_any_kind_are_told_in_order(names: list[str]) -> None:
    reader = reader_of(tuple(Parameter(n, int, NOTHING) for n in names), {})
    schema: Any = reader.schema
    assert list(schema["properties"]) == names
    values = {name: number for number, name in enumerate(names)}
    assert reader.read(json.dumps(values)) == values


async def test_a_call_gets_values_not_json() -> None:
    def f(colour: Colour, points: list[Point], box: Box) -> bool:
        return colour is Colour.BLUE and points == [Point(1, 2)] and box["width"] == 3

    sent = {
        "colour": "blue",
        "points": [{"x": 1, "y": "2"}],
        "box": {"title": "t", "width": 3},
    }
    assert (await Tool.of(f).run(json.dumps(sent))).output == "true"
