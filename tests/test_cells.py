"""Runs of a notebook cell: in a real kernel, and as a fold."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

from rt_widget import page_model
from rt_widget.cells import Cells, Run, current_run
from tests.conftest import Wire, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

    from tests.conftest import StartTalk
    from tests.servers.process import RealtimeServerProcess


class Thing:
    pass


def test_a_new_run_finds_what_the_earlier_one_has_made() -> None:
    registry: Cells[Thing] = Cells()
    one, two, three = Thing(), Thing(), Thing()
    assert registry.enter(Run("cell", "1"), one) == []
    assert registry.enter(Run("cell", "1"), two) == []

    assert set(registry.enter(Run("cell", "2"), three)) == {one, two}
    assert registry.enter(Run("cell", "3"), Thing()) == [three]


def test_cells_are_strangers() -> None:
    registry: Cells[Thing] = Cells()
    one = Thing()
    registry.enter(Run("a", "1"), one)

    assert registry.enter(Run("b", "2"), Thing()) == []


def test_what_nobody_holds_is_forgotten() -> None:
    registry: Cells[Thing] = Cells()
    registry.enter(Run("cell", "1"), Thing())
    gc.collect()

    assert registry.enter(Run("cell", "2"), Thing()) == []


def test_outside_a_notebook_there_is_no_run() -> None:
    assert current_run() is None


@pytest.fixture
def kernel() -> Iterator[BlockingKernelClient]:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(kernel: BlockingKernelClient, code: str, cell: str | None) -> str:
    """Run a cell as JupyterLab does; returns what it prints."""
    content = {"code": code, "silent": False, "store_history": True}
    message = kernel.session.msg("execute_request", content)
    if cell is not None:
        message["metadata"] = {"cellId": cell}
    kernel.shell_channel.send(message)
    printed = ""
    while True:
        heard: dict[str, Any] = kernel.get_iopub_msg(timeout=30)
        if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        content = heard["content"]
        assert heard["msg_type"] != "error", content
        if heard["msg_type"] == "stream":
            printed += str(content["text"])
        if content.get("execution_state") == "idle":
            return printed


MAKE = """
from rt_widget import RealtimeWidget
w = RealtimeWidget(base_url={url!r}, model="echo,run={name}")
await w.connect()
made = globals().setdefault("made", [])
made.append(w)
print(w.status)
"""

SETTLED = """
import asyncio, json
while sum(w.status == "ready" for w in made) > {most}:
    await asyncio.sleep(0.01)
print(json.dumps([w.status for w in made]))
"""


def test_running_a_cell_again_leaves_one_session(
    kernel: BlockingKernelClient, server: RealtimeServerProcess
) -> None:
    code = MAKE.format(url=server.url, name="rerun")
    for _ in range(10):
        assert run(kernel, code, "cell-a").strip() == "ready"
    states = json.loads(run(kernel, SETTLED.format(most=1), "cell-b"))
    assert states == ["disconnected"] * 9 + ["ready"]

    wire = Wire(server, "echo,run=rerun")
    wire.wait(lambda w: len(w.closings) == 9)
    again = "print((await made[0].ask('Still there?')).text)"
    assert run(kernel, again, "cell-c").strip() == "You said: Still there?"


def test_widgets_of_other_cells_and_without_cells_live_on(
    kernel: BlockingKernelClient, server: RealtimeServerProcess
) -> None:
    code = MAKE.format(url=server.url, name="cells")
    for cell in ("cell-a", "cell-b", None, None):
        run(kernel, code, cell)
    run(kernel, code + code, "cell-c")

    states = json.loads(run(kernel, SETTLED.format(most=6), "cell-d"))
    assert states == ["ready"] * 6


async def test_the_microphone_of_the_earlier_run_is_let_go(
    talk: StartTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter([Run("cell", "1"), Run("cell", "2")])
    monkeypatch.setattr(page_model, "current_run", lambda: next(runs))
    first, _ = talk()
    data = {"method": "custom", "content": {"type": "hello", "page": "p"}}
    first._handle_msg({"content": {"data": data}, "buffers": []})
    await first.ask("Hello")
    pages = first._requests._pages
    assert pages.owns("p")
    second, _ = talk()
    await second.connect()
    await until(first, "status", "disconnected")

    assert not pages.owns("p")
    assert second.status == "ready"
