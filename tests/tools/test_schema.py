"""What a model is told of a function."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import math
import socket  # noqa: TC003 - read when a tool is made
from collections.abc import Callable  # noqa: TC003 - read when a tool is made
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import pydantic
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rt_widget.errors import InputError
from rt_widget.tools import Tool


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Box(TypedDict):
    title: str
    width: NotRequired[int]


class Node(pydantic.BaseModel):
    """A node of a tree."""

    title: str
    children: list[Node] = []


class Pair(NamedTuple):
    left: int
    right: int


class Opaque:
    pass


def properties(function: Callable[..., object]) -> dict[str, Any]:
    found: Any = Tool.of(function, name="f").parameters["properties"]
    return dict(found)


def test_a_function_is_told_by_its_name_docstring_and_signature() -> None:
    def weather(city: str, days: int = 3) -> str:
        """Tell the weather.

        Of any place on Earth.

        Args:
            city: Name of the
                place.
            days: How many days ahead.
        """
        return f"{city} {days}"

    assert Tool.of(weather).spec.wire == {
        "type": "function",
        "name": "weather",
        "description": "Tell the weather.\n\nOf any place on Earth.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of the place."},
                "days": {
                    "type": "integer",
                    "default": 3,
                    "description": "How many days ahead.",
                },
            },
            "required": ["city"],
            "additionalProperties": False,
        },
    }


def test_without_parameters_and_docstring_there_is_still_a_whole_schema() -> None:
    def ping() -> None: ...

    spec = Tool.of(ping).spec
    assert spec.description == ""
    assert spec.parameters == {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (bool, {"type": "boolean"}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (list, {"type": "array", "items": {}}),
        (
            dict[str, int],
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        (
            tuple[int, str],
            {
                "type": "array",
                "minItems": 2,
                "maxItems": 2,
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
            },
        ),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (dt.datetime, {"type": "string", "format": "date-time"}),
        (dt.date, {"type": "string", "format": "date"}),
        (
            Annotated[int, pydantic.Field(ge=1, description="How many.")],
            {"type": "integer", "minimum": 1, "description": "How many."},
        ),
        (Annotated[int, "How many."], {"type": "integer", "description": "How many."}),
        (Any, {}),
    ],
)
def test_types_are_told(annotation: object, told: dict[str, object]) -> None:
    def f(value: object) -> None: ...

    f.__annotations__["value"] = annotation
    assert properties(f) == {"value": told}


@pytest.mark.parametrize(
    ("annotation", "fields"),
    [(Point, {"x", "y"}), (Box, {"title", "width"}), (Node, {"title", "children"})],
)
def test_classes_are_told_field_by_field(annotation: type, fields: set[str]) -> None:
    def f(value: object) -> None: ...

    f.__annotations__["value"] = list[annotation]  # type: ignore[valid-type]
    parameters: Any = Tool.of(f).parameters
    definition = parameters["$defs"][annotation.__name__]
    assert set(definition["properties"]) == fields
    ref = {"$ref": f"#/$defs/{annotation.__name__}"}
    assert parameters["properties"]["value"]["items"] == ref


def test_enums_are_told_by_their_values() -> None:
    def paint(colour: Colour = Colour.BLUE) -> None: ...

    parameters: Any = Tool.of(paint).parameters
    assert parameters["$defs"]["Colour"] == {"enum": ["red", "blue"], "type": "string"}
    assert parameters["properties"]["colour"]["default"] == "blue"


def test_no_title_is_made_up_and_parameters_of_that_name_stay() -> None:
    def f(title: str, box: Box, default: int = 1, *, enum: int = 2) -> None: ...

    told = json.dumps(Tool.of(f).parameters)
    assert set(properties(f)) == {"title", "box", "default", "enum"}
    assert '"title": {"type": "string"}' in told
    assert "Title" not in told
    assert "Arguments" not in told


def test_types_of_the_enclosing_function_are_found() -> None:
    class Local(TypedDict):
        n: int

    class Shape(Enum):
        ROUND = "round"

    def f(value: Local, shape: Shape | None = None) -> None: ...

    assert set(properties(f)) == {"value", "shape"}


def test_types_that_only_the_function_itself_still_holds_are_found() -> None:
    def make() -> Callable[..., object]:
        class Kept(TypedDict):
            n: int

        def f(value: Kept) -> object:
            return Kept(n=value["n"])

        return f

    assert set(properties(make())) == {"value"}


def test_a_return_type_that_cannot_be_resolved_does_not_matter() -> None:
    def f(n: int) -> int:
        return n

    f.__annotations__["return"] = "NowhereDefined"
    assert properties(f) == {"n": {"type": "integer"}}


def test_parameters_without_annotation_follow_their_default() -> None:
    def f(anything, text="a", number=1, real=0.5, flag=True, nothing=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, FBT002, PLR0913, PLR0917
        ...

    number = {"anyOf": [{"type": "integer"}, {"type": "number"}], "default": 1}
    assert properties(f) == {
        "anything": {},
        "text": {"type": "string", "default": "a"},
        "number": number,
        "real": {"type": "number", "default": 0.5},
        "flag": {"type": "boolean", "default": True},
        "nothing": {"default": None},
    }


def test_none_as_default_may_be_given_too() -> None:
    def f(n: int = None) -> None: ...  # type: ignore[assignment]  # noqa: RUF013

    nullable = {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}
    assert properties(f) == {"n": nullable}


@pytest.mark.parametrize(
    "default",
    [math.nan, math.inf, object(), "x" * 2_000, [object()], range(10**9), Opaque],
)
def test_defaults_that_are_no_short_json_are_not_told(default: object) -> None:
    def f(value: Any = default) -> None: ...

    tool = Tool.of(f)
    assert tool.parameters["required"] == []
    assert "default" not in properties(f)["value"]


def test_defaults_of_secrets_are_not_told() -> None:
    def f(
        api_key: str = "abc", q: str = "sk-proj-1", max_tokens_out: int = 3
    ) -> None: ...

    assert "abc" not in json.dumps(Tool.of(f).parameters)
    assert "sk-" not in json.dumps(Tool.of(f).parameters)


def test_a_field_as_default_is_pydantics() -> None:
    def f(
        n: int = pydantic.Field(3, ge=1, description="N."),
        m: int = pydantic.Field(ge=1, alias="other"),
    ) -> None: ...

    n = {"type": "integer", "default": 3, "minimum": 1, "description": "N."}
    assert properties(f) == {"n": n, "m": {"type": "integer", "minimum": 1}}
    assert Tool.of(f).parameters["required"] == ["m"]


@pytest.mark.parametrize(
    "names",
    [["model_config"], ["schema", "json", "copy", "dict"], ["_x", "__y"], ["p1", "p0"]],
)
def test_no_name_of_a_parameter_is_special(names: list[str]) -> None:
    spaces: dict[str, Any] = {}
    exec(f"def f({': int, '.join(names)}: int): return 1", spaces)  # noqa: S102
    assert list(properties(spaces["f"])) == names


DOCSTRINGS = {
    "google": "Do it.\n\nArgs:\n    n: How many.\n",
    "numpy": "Do it.\n\nParameters\n----------\nn : int\n    How many.\n",
    "rest": "Do it.\n\n:param n: How many.\n",
}


@pytest.mark.parametrize("style", DOCSTRINGS)
def test_docstrings_are_read_in_three_styles(style: str) -> None:
    def f(n: int) -> None: ...

    f.__doc__ = DOCSTRINGS[style]
    assert Tool.of(f).description == "Do it."
    assert properties(f)["n"]["description"] == "How many."


@pytest.mark.parametrize("doc", ["", "Args:", ":param", "x" * 5_000, "\0\n ---\n----"])
def test_any_docstring_is_taken(doc: str) -> None:
    def f(n: int) -> None: ...

    f.__doc__ = doc
    assert len(Tool.of(f).description) <= 1_024


LINES = st.sampled_from(
    [
        *(
            "Args:",
            "Returns:",
            "Parameters",
            "----------",
            "n : int",
            "    n (int): N.",
        ),
        *(":param n: N.", ":param", ":", " :", "    n", "        N.", "@param n", ""),
    ]
) | st.text(max_size=8)


@settings(deadline=None)
@given(doc=st.lists(LINES, max_size=8).map("\n".join))
@example(doc="Args:\n:\n :")
def test_whatever_a_docstring_is_the_function_is_told(doc: str) -> None:
    def f(n: int) -> None: ...

    f.__doc__ = doc
    assert list(properties(f)) == ["n"]


class Greeter:
    def greet(self, who: str) -> str:
        """Greet."""
        return f"Hello {who}"

    @classmethod
    def build(cls, who: str) -> str:
        """Build."""
        return who

    @staticmethod
    def shout(who: str) -> str:
        """Shout."""
        return who

    def __call__(self, who: str) -> str:
        """Call."""
        return who


def test_methods_and_callable_objects_are_told_without_self() -> None:
    greeter = Greeter()
    made = [Tool.of(f) for f in (greeter.greet, Greeter.build, Greeter.shout, greeter)]
    assert [t.name for t in made] == ["greet", "build", "shout", "Greeter"]
    assert [t.description for t in made] == ["Greet.", "Build.", "Shout.", "Call."]
    assert all(list(t.parameters["properties"]) == ["who"] for t in made)  # type: ignore[call-overload]


def test_what_a_partial_has_bound_is_not_the_models_to_give() -> None:
    def send(secret: str, to: str, text: str = "hi") -> None:
        """Send."""

    tool = Tool.of(functools.partial(functools.partial(send, "s3cret"), text="x"))
    assert tool.name == "send"
    assert tool.description == "Send."
    assert "s3cret" not in json.dumps(tool.spec.wire)
    assert list(tool.parameters["properties"]) == ["to"]  # type: ignore[call-overload]


def test_a_decorated_function_is_told_as_the_one_inside() -> None:
    def twice(f: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(f)
        def inner(*args: object, **kwargs: object) -> object:
            return f(*args, **kwargs) * 2

        return inner

    @twice
    def double(n: int) -> int:
        """Double."""
        return n

    assert Tool.of(double).description == "Double."
    assert properties(double) == {"n": {"type": "integer"}}


def test_kwargs_take_nothing() -> None:
    def f(n: int, **more: object) -> None: ...

    assert list(properties(f)) == ["n"]


def positional(n: int, /) -> None: ...


def spread(*numbers: int) -> None: ...


def opaque(value: Opaque) -> None: ...


def connection(value: socket.socket) -> None: ...


def callback(value: Callable[[], int]) -> None: ...


def unknown(value: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


def broken(value: "1 +") -> None: ...  # type: ignore[valid-type]  # noqa: F722


REFUSED: list[tuple[Any, str]] = [
    (positional, "'n' is positional-only"),
    (spread, r"\*numbers"),
    (opaque, "'value'.*Opaque"),
    (connection, "'value'.*socket"),
    (callback, "'value'"),
    (unknown, "'value'.*Nowhere"),
    (broken, "'value'"),
    (lambda n: n, "no name"),
    (len, "positional-only"),
    (print, "args"),
    (Point, "not a function"),
    (3, "not a function"),
    (None, "not a function"),
    ("print", "not a function"),
]


@pytest.mark.parametrize(("function", "reason"), REFUSED)
def test_what_cannot_be_told_is_refused_with_reason_and_advice(
    function: Any,
    reason: str,
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        Tool.of(function)
    assert caught.value.hint
    assert caught.value.message.count("cannot be a tool") == (reason != "no name")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "é", "x" * 65, "<b>", "a\n", "a.b", 3, "名"]
)
def test_bad_names_are_refused(name: Any) -> None:
    with pytest.raises(InputError, match=r"name"):
        Tool.of(print_it, name=name)


def print_it(text: str) -> None: ...


def test_names_and_descriptions_can_be_given() -> None:
    tool = Tool.of(lambda n: n, name="a-B_3", description="Give it back.")
    assert (tool.name, tool.description) == ("a-B_3", "Give it back.")
    assert Tool.of(print_it, name="x" * 64).name == "x" * 64
    wrong: list[Any] = ["x" * 1_025, 3]
    for description in wrong:
        with pytest.raises(InputError, match=r"at most 1,024"):
            Tool.of(print_it, description=description)


@pytest.mark.parametrize("limit", [0, -1, 3_600.1, math.nan, math.inf, True, "3", None])
def test_time_limits_outside_the_range_are_refused(limit: Any) -> None:
    with pytest.raises(InputError, match="timeout_s"):
        Tool.of(print_it, timeout_s=limit)


def test_time_limits_in_the_range_are_taken() -> None:
    assert Tool.of(print_it).timeout_s == 30
    assert Tool.of(print_it, timeout_s=3_600).timeout_s == 3_600
    assert Tool.of(print_it, timeout_s=0.01).timeout_s == 0.01
    assert Tool.of(print_it, confirm=True).confirm
    wrong: Any = "yes"
    with pytest.raises(InputError, match="confirm"):
        Tool.of(print_it, confirm=wrong)
