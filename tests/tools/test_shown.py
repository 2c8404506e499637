"""What a person is shown of a call."""

from __future__ import annotations

import asyncio
import io
import math
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from rt_widget.calls import ImageShown, TableShown, TextShown
from rt_widget.tools import Tool, ToolResult
from rt_widget.tools.images import PNG_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 20.0

mpl.use("agg")


@pytest.fixture(autouse=True)
def matplotlib_is_left_as_it_was() -> Iterator[None]:
    plt.close("all")
    backend, hooks = plt.get_backend(), list(mpl.rcParams["figure.hooks"])
    yield
    assert plt.get_backend() == backend
    assert mpl.rcParams["figure.hooks"] == hooks
    plt.close("all")


async def result_of(function: Callable[..., object], arguments: str = "") -> ToolResult:
    return await Tool.of(function, name="f").run(arguments)


def opened(image: object) -> Image.Image:
    assert isinstance(image, ImageShown)
    assert image.png.startswith(b"\x89PNG\r\n\x1a\n")
    found = Image.open(io.BytesIO(image.png))
    found.load()
    return found


def draw_open() -> None:
    plt.figure()
    plt.plot([1, 2])
    plt.title("Sales")


def draw_returned() -> Figure:
    figure = Figure()
    figure.subplots().set_title("Sales")
    return figure


def draw_axes() -> object:
    _, axes = plt.subplots()
    axes.set_title("Sales")
    return axes


def draw_both() -> object:
    figure, axes = plt.subplots()
    axes.set_title("Sales")
    return figure, axes


async def draw_async() -> object:
    await asyncio.sleep(0)
    return draw_axes()


def draw_with_pandas() -> object:
    return pd.DataFrame({"a": [1, 2]}).plot(title="Sales")


def draw_and_show() -> None:
    draw_axes()
    figure = plt.gcf()
    figure.canvas.draw()


@pytest.mark.parametrize(
    "draw",
    [
        draw_open,
        draw_returned,
        draw_axes,
        draw_both,
        draw_async,
        draw_with_pandas,
        draw_and_show,
    ],
)
async def test_a_plot_is_shown_once_and_closed(draw: Callable[..., object]) -> None:
    result = await result_of(draw)
    assert result.status == "completed"
    assert "A plot was shown to the user." in result.output
    (image,) = result.shown
    assert isinstance(image, ImageShown)
    assert image.alt == "A plot: Sales"
    picture = np.asarray(opened(image).convert("L"))
    assert min(picture.shape) > 200
    assert np.unique(picture).size > 5
    assert plt.get_fignums() == []


async def test_only_the_plot_is_told_when_there_is_nothing_else() -> None:
    assert (await result_of(draw_open)).output == "A plot was shown to the user."
    assert (await result_of(draw_axes)).output == "A plot was shown to the user."

    def more() -> dict[str, object]:
        return {"mean": 3, "plot": draw_returned()}

    told = (await result_of(more)).output
    assert told.startswith('{"mean": 3, "plot": "<Figure')
    assert told.endswith("\nA plot was shown to the user.")


async def test_several_plots_are_shown_up_to_a_limit() -> None:
    def many() -> object:
        for _ in range(10):
            plt.figure(figsize=(1, 1))
        return pd.DataFrame({"a": [1], "b": [2]})

    result = await result_of(many)
    assert len(result.shown) == 8
    assert "8 plots were shown" in result.output
    assert plt.get_fignums() == []


async def test_grids_of_axes_are_one_plot() -> None:
    def grid() -> object:
        return pd.DataFrame({"a": [1, 2], "b": [2, 3]}).hist()

    result = await result_of(grid)
    assert [type(one) for one in result.shown] == [ImageShown]


async def test_figures_of_cells_are_left_alone() -> None:
    mine = plt.figure()
    started, release = threading.Event(), threading.Event()

    def draw() -> None:
        started.set()
        release.wait(PATIENCE_S)
        draw_axes()

    running = asyncio.ensure_future(result_of(draw))
    await asyncio.to_thread(started.wait, PATIENCE_S)
    other = plt.figure()
    release.set()
    assert len((await running).shown) == 1
    assert plt.get_fignums() == [mine.number, other.number]


async def test_calls_side_by_side_each_show_their_own() -> None:
    together = threading.Barrier(8)

    def draw(n: int) -> None:
        together.wait(PATIENCE_S)
        _, axes = plt.subplots(figsize=(2, 2))
        axes.set_title(str(n))

    tool = Tool.of(draw)
    results = await asyncio.gather(*(tool.run(f'{{"n": {n}}}') for n in range(8)))
    for n, result in enumerate(results):
        assert [one.alt for one in result.shown] == [f"A plot: {n}"]  # type: ignore[union-attr]
    assert plt.get_fignums() == []


async def test_plots_of_a_call_that_fails_are_closed() -> None:
    def draw() -> None:
        draw_axes()
        raise ValueError

    result = await result_of(draw)
    assert result.status == "failed"
    assert plt.get_fignums() == []


async def test_a_plot_that_cannot_be_drawn_says_so() -> None:
    def draw() -> Figure:
        figure = draw_returned()
        figure.axes[0].set_xlabel(r"$\nonsense{$")
        return figure

    result = await result_of(draw)
    assert result.status == "completed"
    (text,) = result.shown
    assert isinstance(text, TextShown)
    assert text.text.startswith("Cannot be shown: ValueError")


async def test_large_plots_are_made_small() -> None:
    def huge() -> Figure:
        return Figure(figsize=(300, 20))

    def noisy() -> Figure:
        figure = Figure(figsize=(10, 10))
        noise = np.random.default_rng(0).integers(0, 255, (1_100, 1_100, 3))
        figure.figimage(noise.astype("uint8"))
        return figure

    assert max(opened((await result_of(huge)).shown[0]).size) <= 1_601
    (image,) = (await result_of(noisy)).shown
    assert isinstance(image, ImageShown)
    assert len(image.png) <= PNG_LIMIT


def test_a_script_opens_no_window_whether_matplotlib_is_there_or_not() -> None:
    code = """
import asyncio, sys, os
from rt_widget.tools import Tool

{first}
def draw() -> str:
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    return plt.get_backend()

result = asyncio.run(Tool.of(draw).run(""))
print(result.output.replace("\\n", " "), len(result.shown), "MPLBACKEND" in os.environ)
"""
    for first in ("", "import matplotlib", "import matplotlib.pyplot"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(first=first)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stdout == "agg A plot was shown to the user. 1 False\n", first


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "F", "I", "LA"])
async def test_pictures_of_any_mode_are_shown(mode: str) -> None:
    result = await result_of(lambda: Image.new(mode, (40, 30)))
    assert result.output == "A picture was shown to the user."
    assert opened(result.shown[0]).size == (40, 30)
    assert result.shown[0].alt == "A picture, 40 x 30 pixels."  # type: ignore[union-attr]


async def test_large_pictures_are_made_small() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1_700, 1_700, 3), "uint8")
    original = Image.fromarray(noise)
    (image,) = (await result_of(lambda: original)).shown
    assert isinstance(image, ImageShown)
    assert len(image.png) <= PNG_LIMIT
    assert original.size == (1_700, 1_700)


def file_of(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(file, kind)
    return file.getvalue()


class Drawing:
    def __init__(self, png: object) -> None:
        self.png = png

    def _repr_png_(self) -> object:
        if isinstance(self.png, Exception):
            raise self.png
        return self.png

    def __repr__(self) -> str:
        return "a drawing"


class Photo:
    def _repr_jpeg_(self) -> bytes:
        return file_of("JPEG")


@pytest.mark.parametrize(
    "drawing", [Drawing(file_of("PNG")), Drawing((file_of("PNG"), {})), Photo()]
)
async def test_objects_that_draw_themselves_are_shown(drawing: object) -> None:
    result = await result_of(lambda: drawing)
    assert opened(result.shown[0]).size == (20, 10)
    assert "A picture was shown to the user." in result.output


@pytest.mark.parametrize("png", [None, b"", "text", 3])
async def test_objects_that_draw_nothing_are_told(png: object) -> None:
    result = await result_of(lambda: Drawing(png))
    assert (result.output, result.shown) == ("a drawing", ())


@pytest.mark.parametrize("png", [b"GIF89a no", ValueError("no ink"), b"\xff" * 9])
async def test_drawings_that_fail_say_so(png: object) -> None:
    result = await result_of(lambda: Drawing(png))
    assert result.output == "a drawing"
    assert [type(one) for one in result.shown] == [TextShown]


NUMBERS = {f"c{n}": [float(n)] * 1_000 for n in range(30)}


@pytest.mark.parametrize("frame", [pd.DataFrame(NUMBERS), pl.DataFrame(NUMBERS)])
async def test_large_tables_are_shown_in_part(frame: object) -> None:
    result = await result_of(lambda: frame)
    (table,) = result.shown
    assert isinstance(table, TableShown)
    assert table.columns == tuple(f"c{n}" for n in range(20))
    assert table.rows == (tuple(str(n) for n in range(20)),) * 50
    assert table.note == "1,000 rows x 30 columns"
    assert result.output.endswith("\nA table was shown to the user.")


CELLS = {"text": ["a", "<b>"], "real": [1 / 3, math.nan], "flag": [True, None]}
SEEN = (("a", "0.333333", "True"), ("<b>", "", ""))


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        (pd.DataFrame(CELLS), ("text", "real", "flag"), SEEN),
        (pl.DataFrame(CELLS), ("text", "real", "flag"), SEEN),
        (pd.Series([1, 2], ["a", "b"], name="n"), ("", "n"), (("a", "1"), ("b", "2"))),
        (pl.Series("n", [1, 2]), ("n",), (("1",), ("2",))),
        (
            pd.DataFrame({"a": [1]}, pd.Index([7], name="id")),
            ("id", "a"),
            (("7", "1"),),
        ),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ("a", "a"), (("1", "2"),)),
        (pd.DataFrame(), (), ()),
        (pl.DataFrame(), (), ()),
    ],
)
async def test_small_tables_are_shown_whole(
    value: object, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    result = await result_of(lambda: value)
    assert result.shown == (TableShown(columns, rows, ""),)


async def test_strange_tables_are_shown_with_as_many_cells_as_heads() -> None:
    days = pd.date_range("2026-01-01", periods=3)
    levels = pd.MultiIndex.from_product([["x", "y"], [1, 2]])
    frames: list[Any] = [
        pd.DataFrame(np.ones((4, 300)), index=levels),
        pd.DataFrame(np.ones((4, 4)), columns=levels),
        pd.DataFrame({"day": days, "kind": pd.Categorical(["a", "b", "a"])}),
        pd.DataFrame({"long": ["x" * 10_000], "object": [object()]}),
        pl.DataFrame({"l": [[1, 2], [3]], "s": [{"a": 1}, {"a": 2}]}),
        pd.DataFrame({"bad": ["\ud800"]}, dtype=object),
    ]
    for frame in frames:
        (table,) = (await result_of(lambda frame=frame: frame)).shown
        assert isinstance(table, TableShown)
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(table.columns) <= 20
        assert all(len(cell.encode()) <= 600 for row in table.rows for cell in row)


async def test_tables_and_pictures_inside_a_result_are_shown() -> None:
    def report() -> dict[str, object]:
        frame = pd.DataFrame({"a": [1]})
        return {"table": frame, "picture": Image.new("L", (4, 4)), "n": 3}

    result = await result_of(report)
    assert [type(one) for one in result.shown] == [TableShown, ImageShown]
    assert result.output.endswith("A picture and a table were shown to the user.")


@pytest.mark.parametrize("value", ["text", 3, None, [1, 2], {"a": 1}, Drawing, Image])
async def test_plain_values_are_told_and_not_shown(value: object) -> None:
    assert (await result_of(lambda: value)).shown == ()


def test_no_library_is_imported_to_show_a_value() -> None:
    code = """
import asyncio, sys
from rt_widget.tools import Tool

class Photo:
    def _repr_jpeg_(self): return b"\\xff\\xd8"

tool = Tool.of(lambda: {"a": [1], "b": Photo()}, name="f")
print(asyncio.run(tool.run("")).status)
print({"pandas", "polars", "matplotlib", "PIL"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "completed\nset()\n"
