"""Sessions in a child process: what they say, and when the child comes and goes."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget import RealtimeWidget, events
from rt_widget.backends.local.engine_process import process
from rt_widget.config import SessionConfig, ToolSpec
from rt_widget.errors import ConnectionLostError, WeightsError
from tests.local.engine_process.talking import (
    PATIENCE_S,
    ask,
    comes_true,
    connected,
    is_alive,
    pid_of,
    response_of,
    text_of,
)
from tests.local.scripted import loud, silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local import LocalBackend

    Scripted = Callable[..., LocalBackend]

KEY = "sk-very-secret"

ORPHAN = """
import asyncio, os, sys
from rt_widget.backends.local import LocalBackend, ModelFiles
from rt_widget.backends.local.engine_process import start
from pathlib import Path

start.MODULE = "tests.local.engine_process.scripted_child"
files = ModelFiles(Path("a"), Path("b"))
backend = LocalBackend(engine_process=True, models=files)
asyncio.run(backend.prepare())
if sys.argv[1] == "forked" and os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
print(backend._home.process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


async def lost(connection: Connection) -> ConnectionLostError:
    async with asyncio.timeout(PATIENCE_S):
        try:
            while True:
                await connection.receive()
        except ConnectionLostError as error:
            return error


async def test_a_conversation_is_the_same_as_in_this_process(
    scripted: Scripted,
) -> None:
    backend = scripted()
    connection = await connected(backend)
    assert [choice.value for choice in backend.capabilities.voices] == ["heart", "emma"]
    said = await ask(connection, "hello there")
    assert text_of(said) == "You asked: hello there."
    sounds = [event for event in said if isinstance(event, events.AudioDelta)]
    assert sum(len(sound.delta) for sound in sounds) > 10_000
    assert sounds[-1].text_end == len("You asked: hello there.")
    # What libraries print is not taken for an answer.
    assert text_of(await ask(connection, "print")) == "You asked: print."
    # "Interrupt kernel" is not meant for it.
    os.kill(pid_of(backend), signal.SIGINT)
    assert os.getpgid(pid_of(backend)) != os.getpgid(0)
    for sound in (loud(0.8), silence(0.8)):
        await connection.send(events.InputAudioAppend(audio=sound))
    async with asyncio.timeout(PATIENCE_S):
        while not isinstance(heard := await connection.receive(), events.ResponseDone):
            pass
    assert heard.response.status == "completed"
    tool = ToolSpec("look", "Looks.", {"type": "object", "properties": {}})
    config = backend.adjust(SessionConfig(tools=(tool,))).config
    other = await backend.connect(config)
    assert isinstance(await other.receive(), events.SessionCreated)
    assert text_of(await ask(other, "and you?")) == "You asked: and you?."
    for each in (connection, other):
        await each.close()
        await each.close()
        with pytest.raises(ConnectionLostError):
            await each.send(events.ResponseCreate())
        await lost(each)


async def test_equal_backends_share_a_child_which_ends_with_the_last(
    scripted: Scripted,
) -> None:
    one, other, third = scripted(), scripted(), scripted(threads=3)
    await asyncio.gather(one.prepare(), other.prepare(), third.prepare())
    pid = pid_of(one)
    assert pid_of(other) == pid != pid_of(third)
    connections = [await connected(backend) for backend in (one, other)]
    answers = await asyncio.gather(
        *(ask(each, words) for each, words in zip(connections, "ab", strict=True))
    )
    assert [text_of(said) for said in answers] == ["You asked: a.", "You asked: b."]
    del one, other
    gc.collect()
    await connections.pop(0).close()
    assert text_of(await ask(connections[0], "still there")) != ""
    await connections.pop().close()
    gc.collect()
    await comes_true(lambda: not is_alive(pid))
    assert is_alive(pid_of(third))


async def test_a_child_without_sessions_is_ended_and_started_again(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LINGER_S", 0.0)
    backend = scripted()
    connection = await connected(backend)
    pid = pid_of(backend)
    await connection.close()
    await comes_true(lambda: not is_alive(pid))
    connection = await connected(backend)
    assert text_of(await ask(connection, "back?")) == "You asked: back?."
    assert pid_of(backend) != pid
    await connection.close()


async def test_a_crash_is_told_to_every_session_and_the_next_starts_anew(
    scripted: Scripted,
) -> None:
    backend = scripted()
    one, other = await connected(backend), await connected(backend)
    pid = pid_of(backend)
    await one.send(events.ItemCreate(item_id="item_a", text="crash"))
    await one.send(events.ResponseCreate())
    for each in (one, other):
        error = await lost(each)
        assert "SIGSEGV" in error.message
        assert "Segmentation fault" in error.message
        assert "Connect again" in error.hint
        with pytest.raises(ConnectionLostError, match="SIGSEGV"):
            await each.send(events.ResponseCreate())
        await each.close()
    again = await connected(backend)
    assert pid_of(backend) != pid
    assert response_of(await ask(again, "well?")).status == "completed"
    await again.close()


def test_a_widget_goes_on_after_its_child_was_killed(scripted: Scripted) -> None:
    backend = scripted()
    with RealtimeWidget(backend=backend) as w:
        assert w.ask_sync("one").text == "You asked: one."
        told = threading.Event()
        w.observe(lambda _: told.set(), names=["error"])
        os.kill(pid_of(backend), signal.SIGKILL)
        assert told.wait(PATIENCE_S)
        assert "SIGKILL" in str(w.error)
        assert "Connect again" in str(w.error)
        assert w.ask_sync("two").text == "You asked: two."
        assert [item.text for item in w.conversation][:2] == ["one", "You asked: one."]


@pytest.mark.parametrize("parent", ["alone", "forked"][: 1 + hasattr(os, "fork")])
def test_a_child_ends_with_its_parent(parent: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, parent],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as dying:
        assert dying.stdout is not None
        pid = int(dying.stdout.readline())
        asyncio.run(comes_true(lambda: not is_alive(pid)))


async def test_why_engines_cannot_be_loaded_is_told(scripted: Scripted) -> None:
    backend = scripted(threads=99)
    with pytest.raises(WeightsError) as failure:
        await backend.prepare()
    assert failure.value.message == "The file is torn."
    assert "rt-widget fetch" in failure.value.hint


@pytest.fixture
def chat_server() -> Iterator[str]:
    """The address of one."""
    double = Path(__file__).parents[1] / "engines" / "chat_double.py"
    command, pipe = [sys.executable, str(double)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        finally:
            server.kill()


async def test_a_chat_server_that_breaks_off_is_told(
    scripted: Scripted, chat_server: str
) -> None:
    options = {"llm_base_url": chat_server, "llm_model": "cut", "llm_api_key": KEY}
    connection = await connected(scripted(**options))
    said = await ask(connection, "hello")
    failed = response_of(said)
    assert (failed.status, failed.error_code) == ("failed", "llm_failed")
    assert "127.0.0.1 broke off in the middle of an answer" in failed.error_message
    assert KEY not in str(said)
    await connection.close()


def arguments_and_environment(pid: int) -> str:
    """Of a process, where the system shows them."""
    place = Path("/proc", str(pid))
    if not place.exists():
        return ""
    return "".join((place / name).read_text() for name in ("cmdline", "environ"))


async def test_a_notebooks_files_and_a_key_stay_out_of_it(
    scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong one')")
    backend = scripted(llm_base_url="http://127.0.0.1:9/v1", llm_api_key=KEY)
    connection = await connected(backend)
    assert KEY not in arguments_and_environment(pid_of(backend))
    failed = response_of(await ask(connection, "hi"))
    assert failed.status == "failed"
    assert "cannot be reached" in failed.error_message
    await connection.close()
