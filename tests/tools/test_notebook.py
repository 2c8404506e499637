"""The ready-made tools: what a model may see of a notebook."""

from __future__ import annotations

import enum
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rt_widget.calls import ImageShown, TableShown
from rt_widget.errors import InputError
from rt_widget.tools import Tool, ToolResult, notebook
from rt_widget.tools.secret import looks_secret


class Mood(enum.Enum):
    GOOD = 1


VARIABLES: dict[str, object] = {
    "sales": pd.DataFrame(
        {
            "month": ["Jan", "Feb", "Mar"],
            "units": [3, 1, 2],
            "price": [1.5, math.nan, 2.5],
            "$cost": [1, 2, 3],
        }
    ),
    "stock": pl.DataFrame(
        {"day": [1, 2, 3], "left": [9, 8, 7], "name": ["a", "b", "c"]}
    ),
    "series": pd.Series([1, 2, 3], name="s"),
    "matrix": np.eye(3),
    "numbers": [3, 1, 2],
    "by_name": {"a": [1, 2], "b": [3, 4]},
    "text": "hello",
    "n": 7,
    "mood": Mood.GOOD,
    "long": np.sin(np.arange(200_000) / 1_000),
    "api_key": "abc",
    "OPENAI_API_KEY": "abc",
    "github_token": "abc",
    "password": "abc",
    "config": "sk-proj-abc",
    "_hidden": 1,
    "__name__": "x",
    "pd": pd,
    "f": len,
    "g": lambda: 1,
    "Mood": Mood,
}


async def call(tool: str, **arguments: Any) -> ToolResult:
    found = {f.__name__: f for f in notebook.tools(VARIABLES)}
    return await Tool.of(found[tool]).run(json.dumps(arguments))


def test_they_are_told_with_descriptions_of_all_parameters() -> None:
    for function in notebook.tools():
        spec = Tool.of(function).spec
        properties: Any = spec.parameters["properties"]
        assert spec.description
        assert all(one["description"] for one in properties.values())
    named = [notebook.list_variables, notebook.describe_table, notebook.show_plot]
    assert [f.__name__ for f in named] == [f.__name__ for f in notebook.tools()]


async def test_variables_are_listed_by_name_type_and_size_without_secrets() -> None:
    assert json.loads((await call("list_variables")).output) == {
        "sales": "DataFrame, 3 rows x 4 columns",
        "stock": "DataFrame, 3 rows x 3 columns",
        "series": "Series, 3 rows x 1 columns",
        "matrix": "ndarray, 3 x 3 of float64",
        "numbers": "list, 3 items",
        "by_name": "dict, 2 items",
        "text": "str, 5 characters",
        "n": "int",
        "mood": "Mood",
        "long": "ndarray, 200000 of float64",
    }


async def test_a_long_list_of_variables_is_cut() -> None:
    many = {f"v{n}": n for n in range(1_000)}
    listed = notebook.tools(many)[0]()
    assert isinstance(listed, dict)
    assert len(listed) == 201
    assert listed["…"] == "and 800 more"


class Nosy:
    """Tells when somebody looks."""

    def __getattribute__(self, name: str) -> object:
        if name != "__class__":
            raise AssertionError(name)
        return object.__getattribute__(self, name)

    def __len__(self) -> int:
        raise AssertionError

    def __repr__(self) -> str:
        raise AssertionError


def test_listing_runs_no_code_of_the_variables() -> None:
    assert notebook.tools({"x": Nosy()})[0]() == {"x": "Nosy"}


@pytest.mark.parametrize(
    ("variable", "types"),
    [
        (
            "sales",
            {"month": "str", "units": "int64", "price": "float64", "$cost": "int64"},
        ),
        ("stock", {"day": "Int64", "left": "Int64", "name": "String"}),
        ("series", {"s": "int64"}),
    ],
)
async def test_a_table_is_described_and_its_summary_shown(
    variable: str, types: dict[str, str]
) -> None:
    result = await call("describe_table", variable=variable)
    summary, _, note = result.output.rpartition("\n")
    told = json.loads(summary)
    assert told["size"] == f"3 rows x {len(types)} columns"
    assert {k: v.replace("object", "str") for k, v in told["types"].items()} == types
    assert "mean" in json.dumps(told["summary"])
    assert note == "A table was shown to the user."
    assert [type(one) for one in result.shown] == [TableShown]


async def test_a_wide_table_is_described_in_part() -> None:
    wide = pd.DataFrame(np.ones((5, 500)))
    (_, describe, _) = notebook.tools({"wide": wide, "pwide": pl.from_pandas(wide)})
    for variable in ("wide", "pwide"):
        result = await Tool.of(describe).run(json.dumps({"variable": variable}))
        assert result.status == "completed"
        assert '"size": "5 rows x 500 columns"' in result.output
        assert len(result.output) < 20_000


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [[1], [2]], "b": [{}, None]}),
        pd.DataFrame(),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pl.DataFrame({"a": [[1], [2]], "b": [{"c": 1}, None]}),
        pl.DataFrame(),
    ],
)
def test_strange_tables_are_described_too(frame: object) -> None:
    (_, describe, _) = notebook.tools({"t": frame})
    found = describe("t")
    assert isinstance(found, dict)
    assert set(found) == {"size", "types", "summary"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"variable": "sales"},
        {"variable": "sales", "kind": "bar", "x": "month", "y": ["units", "price"]},
        {"variable": "sales", "kind": "hist", "y": "price"},
        {"variable": "sales", "kind": "hist", "x": "price"},
        {"variable": "sales", "kind": "scatter", "x": "$cost", "y": ["units"]},
        {"variable": "stock", "x": "day", "y": "left"},
        {"variable": "stock", "kind": "bar", "x": "name"},
        {"variable": "series"},
        {"variable": "matrix"},
        {"variable": "numbers", "kind": "bar"},
        {"variable": "by_name", "kind": "scatter", "x": "a", "y": "b"},
        {"variable": "long", "title": "$a"},
        {"variable": "long", "kind": "bar"},
        {"variable": "long", "kind": "hist"},
    ],
    ids=str,
)
async def test_plots_are_shown(arguments: dict[str, object]) -> None:
    result = await call("show_plot", **arguments)
    assert result.output == "A plot was shown to the user."
    (image,) = result.shown
    assert isinstance(image, ImageShown)
    assert len(image.png) > 5_000
    assert str(arguments.get("title", arguments["variable"])).strip("$") in image.alt


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("describe_table", {"variable": "nothing"}, ["no variable 'nothing'"]),
        ("describe_table", {"variable": "api_key"}, ["no variable 'api_key'"]),
        ("describe_table", {"variable": "sales.T"}, ["no variable 'sales.T'"]),
        ("describe_table", {"variable": "n"}, ["n is no table, but int"]),
        ("show_plot", {"variable": "config"}, ["no variable 'config'"]),
        ("show_plot", {"variable": "__import__('os')"}, ["no variable"]),
        ("show_plot", {"variable": "n"}, ["no table and no list"]),
        ("show_plot", {"variable": "text"}, ["no table and no list"]),
        ("show_plot", {"variable": "sales", "kind": "pie"}, ["`kind`", "'hist'"]),
        (
            "show_plot",
            {"variable": "sales", "y": "x"},
            ["no column 'x'", "month, units"],
        ),
        ("show_plot", {"variable": "sales", "x": "x"}, ["no column 'x'"]),
        ("show_plot", {"variable": "sales", "y": "month"}, ["'month' has no numbers"]),
        ("show_plot", {"variable": "sales", "y": []}, ["0 columns"]),
        (
            "show_plot",
            {"variable": "sales", "kind": "hist", "x": "month"},
            ["no numbers"],
        ),
    ],
)
async def test_what_is_not_there_is_told_with_what_is(
    tool: str, arguments: dict[str, object], words: list[str]
) -> None:
    result = await call(tool, **arguments)
    assert result.status == "failed"
    assert all(word in result.output for word in words), result.output
    assert "abc" not in result.output


@pytest.mark.parametrize(
    "value",
    [
        [[1], [2, 3]],
        ["a", "b"],
        [],
        [{}],
        np.zeros((2, 2, 2)),
        {"a": 1},
        {},
        None,
        b"ab",
    ],
)
def test_what_cannot_be_plotted_is_an_input_error(value: object) -> None:
    (_, _, plot) = notebook.tools({"v": value})
    with pytest.raises(InputError):
        plot("v")


def test_columns_of_different_lengths_are_not_plotted_together() -> None:
    (_, _, plot) = notebook.tools({"v": {"a": [1, 2], "b": [1]}})
    with pytest.raises(InputError, match="different lengths"):
        plot("v")


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("api_key", 1, True),
        ("API_KEY", 1, True),
        ("apikey", 1, True),
        ("my_token", 1, True),
        ("client_secret", 1, True),
        ("db_password", 1, True),
        ("passwd", 1, True),
        ("credentials", 1, True),
        ("x", "sk-abc", True),
        ("x", "-----BEGIN PRIVATE KEY", True),
        ("x", "hello", False),
        ("keyboard", 1, False),
        ("monkey", 1, False),
        ("tokenizer", 1, False),
        ("author", 1, False),
        ("df", 1, False),
    ],
)
def test_what_looks_like_a_secret(name: str, value: object, secret: bool) -> None:
    assert looks_secret(name, value) is secret
