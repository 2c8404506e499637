"""Calls in a real kernel: what they display, where they run, what they see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

PATIENCE_S = 60


class Cell(NamedTuple):
    """What a run of a cell has put out."""

    printed: str
    displayed: list[dict[str, Any]]


class Kernel(NamedTuple):
    client: BlockingKernelClient

    def run(self, code: str) -> Cell:
        sent = self.client.execute(code)
        printed, displayed = "", []
        while True:
            heard: dict[str, Any] = self.client.get_iopub_msg(timeout=PATIENCE_S)
            content = heard["content"]
            if heard["parent_header"].get("msg_id") != sent:
                continue
            assert heard["msg_type"] != "error", content
            if heard["msg_type"] == "stream":
                printed += str(content["text"])
            if heard["msg_type"] == "display_data":
                displayed.append(content["data"])
            if content.get("execution_state") == "idle":
                return Cell(printed, displayed)


SETUP = """
import asyncio, json, threading
from concurrent.futures import Future
from IPython.display import HTML, Markdown, clear_output, display
from rt_widget._loop import background_loop
from rt_widget.tools import Tool, notebook

def told(result):
    kinds = [type(one).__name__ for one in result.shown]
    texts = [getattr(one, "text", "") for one in result.shown]
    return json.dumps([result.status, result.output, result.printed, kinds, texts])

def start(tool, arguments=""):
    return background_loop().submit(tool.run(arguments))
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE_S)
    made = Kernel(client)
    made.run(SETUP)
    yield made
    client.stop_channels()
    manager.shutdown_kernel(now=True)


SHOWS = """
{kind} shows():
    print("printed")
    display(Markdown("**bold**"), HTML("<b>never</b>"))
    clear_output()
    handle = display("first", display_id=True)
    handle.update("second")
"""


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_what_a_call_displays_and_prints_is_the_calls(
    kernel: Kernel, kind: str
) -> None:
    cell = kernel.run(SHOWS.format(kind=kind) + "result = await Tool.of(shows).run('')")
    assert cell == ("", [])

    cell = kernel.run("print(told(result))")
    assert json.loads(cell.printed) == [
        "completed",
        "null",
        "printed\n",
        ["TextShown"] * 2,
        ["**bold**", "'first'"],
    ]


def test_what_a_cell_displays_and_prints_meanwhile_is_the_cells(kernel: Kernel) -> None:
    cell = kernel.run("""
release, started = threading.Event(), threading.Event()
async def slow():
    started.set()
    while not release.is_set():
        await asyncio.sleep(0.01)
    display("the tool's")
running = asyncio.ensure_future(Tool.of(slow).run(""))
while not started.is_set():
    await asyncio.sleep(0.01)
display("the cell's")
print("the cell prints")
release.set()
result = await running
""")
    assert cell.printed == "the cell prints\n"
    assert [one["text/plain"] for one in cell.displayed] == ['"the cell\'s"']
    assert json.loads(kernel.run("print(told(result))").printed)[4] == ['"the tool\'s"']


PLOTS = """
import matplotlib.pyplot as plt
def draw():
    plt.plot([1, 2])
    {end}

result = await Tool.of(draw).run("")
"""


@pytest.mark.parametrize("end", ["", "plt.show()", "return plt.gcf()"])
def test_a_plot_is_shown_once_and_not_in_the_cell(kernel: Kernel, end: str) -> None:
    assert kernel.run(PLOTS.format(end=end)) == ("", [])
    assert kernel.run("plt.get_fignums()") == ("", [])
    shown = json.loads(kernel.run("print(told(result))").printed)
    assert shown[:4] == [
        "completed",
        "A plot was shown to the user.",
        "",
        ["ImageShown"],
    ]


def test_an_async_function_runs_on_the_notebooks_loop(kernel: Kernel) -> None:
    kernel.run("""
async def where():
    await asyncio.sleep(0)
    return asyncio.get_running_loop() is loop
loop = asyncio.get_running_loop()
tool = Tool.of(where)
""")
    cell = kernel.run("print((await asyncio.wrap_future(start(tool))).output)")
    assert cell.printed == "true\n"


def test_a_busy_cell_is_answered_by_the_time_limit(kernel: Kernel) -> None:
    kernel.run("""
async def quick(): return "quick"
tool = Tool.of(quick, timeout_s=0.2)
""")
    assert kernel.run("print(start(tool).result(30).status)").printed == "timed_out\n"
    kernel.run("tool = Tool.of(lambda: 'plain', name='plain')")
    assert kernel.run("print(start(tool).result(30).output)").printed == "plain\n"


def test_functions_of_cells_are_told_with_annotations_of_other_cells(
    kernel: Kernel,
) -> None:
    kernel.run("""
from dataclasses import dataclass
@dataclass
class Point:
    x: int
""")
    cell = kernel.run("""
from __future__ import annotations
def f(point: Point) -> int: return point.x + 1
print((await Tool.of(f).run('{"point": {"x": 1}}')).output)
""")
    assert cell.printed == "2\n"


def test_the_notebook_tools_see_the_notebooks_variables(kernel: Kernel) -> None:
    kernel.run("a_number = 3\napi_key = 'x'\nnumbers = [1, 2, 3]")
    cell = kernel.run("print((await Tool.of(notebook.list_variables).run('')).output)")
    listed = json.loads(cell.printed)
    assert listed["a_number"] == "int"
    assert not {"api_key", "In", "Out", "told", "json", "Tool", "_"} & set(listed)

    plot = 'result = await Tool.of(notebook.show_plot).run(\'{"variable": "numbers"}\')'
    assert kernel.run(plot) == ("", [])
    assert "ImageShown" in kernel.run("print(told(result))").printed
