"""No key is found where keys must not be."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import re
import traceback
from typing import TYPE_CHECKING

import pytest
from IPython.core.ultratb import VerboseTB

from rt_widget import OpenAIBackend, RealtimeWidget
from rt_widget.backends.key import Key
from rt_widget.errors import (
    ConnectError,
    InputError,
    KeyMissingError,
    RealtimeWidgetError,
)
from tests.conftest import make_widget
from tests.servers.process import RealtimeServerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

SENTINEL = "sk-sentinel-0123456789abcdefXYZW"
FORMS = [SENTINEL, SENTINEL[3:], SENTINEL[::-1]]


def check_clean(text: str, where: str) -> None:
    for form in FORMS:
        assert form not in text, where


class Catcher(logging.Handler):
    """Keeps all that is logged, with what it was formatted from."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        logging.Formatter().format(record)
        self.texts.append(f"{record.getMessage()} {record.args!r} {record.__dict__!r}")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catcher]:
    """All loggers of the process at DEBUG, those too that are made later."""
    catcher = Catcher()
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.DEBUG)
    root.addHandler(catcher)
    changed = []
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        changed.append((logger, logger.level, logger.propagate))
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
    yield catcher
    root.removeHandler(catcher)
    for logger, level, propagate in changed:
        logger.level, logger.propagate = level, propagate
    logging.root.manager._clear_cache()  # type: ignore[attr-defined] # levels were put back behind its back


@pytest.fixture(scope="module")
def strict() -> Iterator[RealtimeServerProcess]:
    with RealtimeServerProcess(key=SENTINEL, options={"pace": 0}) as running:
        yield running


@pytest.fixture
async def telltale() -> AsyncIterator[str]:
    """A server that repeats the key that it was given, as it refuses it."""

    async def refuse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        key = next(
            line.partition("Bearer ")[2]
            for line in request.decode().splitlines()
            if "Bearer" in line
        )
        message = f"Incorrect API key provided: {key}. You gave '{key}'."
        body = json.dumps({"error": {"message": message}}).encode()
        head = f"HTTP/1.1 401 Unauthorized\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with listener:
        yield f"ws://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"


def given_by_hand() -> dict[str, object]:
    return {"api_key": SENTINEL}


def given_by_a_function() -> dict[str, object]:
    return {"api_key": lambda: SENTINEL}


GIVEN = pytest.mark.parametrize("given", [given_by_hand, given_by_a_function])


def check_widget(widget: RealtimeWidget) -> None:
    for name in widget.trait_names():
        check_clean(repr(getattr(widget, name)), f"trait {name}")
    check_clean(repr(widget.get_state()), "state")
    backend = widget._live._backend
    for thing in (widget, backend, widget._live):
        check_clean(f"{thing!r} {thing!s} {vars(thing)!r}", type(thing).__name__)
        check_clean(repr(dir(thing)), "dir")
    for thing in (backend, backend._key):  # type: ignore[attr-defined] # of this backend
        for how in (pickle.dumps, copy.copy, copy.deepcopy):
            try:
                check_clean(repr(how(thing)), how.__name__)
            except TypeError as error:
                check_clean(str(error), how.__name__)


def check_error(error: BaseException) -> None:
    """Nothing of it shows the key, not even to one who looks at all variables."""
    check_clean(f"{error!r} {error!s} {vars(error)!r}", "error")
    check_clean("".join(traceback.format_exception(error)), "traceback")
    told: BaseException | None = error
    while told is not None:
        check_clean(repr(told.args), "arguments")
        told = told.__cause__ or told.__context__
    shown = VerboseTB(theme_name="nocolor").text(
        type(error), error, error.__traceback__
    )
    frames = re.split(r"(?m)^(?=File )", shown)
    # The frames of this test name the key, which is theirs.
    others = [frame for frame in frames if "/tests/" not in frame.partition("\n")[0]]
    assert len(others) > 1
    check_clean("".join(others), "verbose traceback")
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "/tests/" not in frame.f_code.co_filename:
            check_clean(repr(frame.f_locals), f"variables of {frame.f_code.co_name}")


@GIVEN
async def test_a_key_that_works_shows_nowhere(
    strict: RealtimeServerProcess,
    logged: Catcher,
    given: Callable[[], dict[str, object]],
) -> None:
    widget = make_widget(base_url=strict.url, model="echo", **given())
    reply = await widget.ask("Hello")
    await widget.disconnect()

    assert reply.text == "You said: Hello"
    (opened,) = strict.log("opened")[-1:]
    assert opened["headers"]["authorization"] == "<the right key>"
    check_widget(widget)
    check_clean(repr(reply), "reply")
    for text in logged.texts:
        check_clean(text, "log")
    check_clean(json.dumps(strict.log()), "what the server was told")
    widget.close()


@GIVEN
async def test_a_key_that_the_server_repeats_is_masked(
    telltale: str, logged: Catcher, given: Callable[[], dict[str, object]]
) -> None:
    widget = make_widget(base_url=telltale, model="echo", **given())
    with pytest.raises(ConnectError) as caught:
        await widget.ask("Hello")

    assert caught.value.code == "key_rejected"
    assert (
        "Incorrect API key provided: …XYZW. You gave '…XYZW'." in caught.value.message
    )
    assert widget.error["message"] == caught.value.message
    check_error(caught.value)
    check_widget(widget)
    for text in logged.texts:
        check_clean(text, "log")
    widget.close()


async def test_a_key_in_an_event_is_masked(
    strict: RealtimeServerProcess, logged: Catcher
) -> None:
    widget = RealtimeWidget(base_url=strict.url, model="echo", api_key=SENTINEL)
    await widget.connect()
    seen = asyncio.Event()
    loop = asyncio.get_running_loop()
    widget.observe(lambda _: loop.call_soon_threadsafe(seen.set), names=["error"])
    fault = {"type": "server_error", "message": f"Key {SENTINEL} is odd."}
    strict.command("send", event={"type": "error", "error": fault})
    await seen.wait()

    assert widget.error["message"] == "Key ...XYZW is odd."
    check_widget(widget)
    for text in logged.texts:
        check_clean(text, "log")
    widget.close()


@pytest.mark.parametrize(
    "wrong", [f"{SENTINEL}\u201d", f"{SENTINEL}\nX", f"\x7f{SENTINEL}"]
)
async def test_a_key_that_cannot_be_one_is_explained(wrong: str) -> None:
    widget = RealtimeWidget(base_url="ws://127.0.0.1:1/v1", api_key=wrong)
    with pytest.raises(InputError, match="holds characters that no key has") as caught:
        await widget.ask("Hello")

    check_error(caught.value)
    check_widget(widget)
    widget.close()


@pytest.mark.parametrize(
    "wrong",
    [{"speed": 9.0}, {"spede": 1.0}, {"backend": "cloud"}, {"base_url": "ftp://host"}],
)
def test_a_widget_that_cannot_be_made_shows_no_key(wrong: dict[str, object]) -> None:
    arguments = {"base_url": "ws://127.0.0.1:1/v1", "api_key": SENTINEL, **wrong}
    with pytest.raises(RealtimeWidgetError) as caught:
        make_widget(**arguments)

    check_error(caught.value)


def test_a_backend_that_cannot_be_made_shows_no_key() -> None:
    for arguments in (("ftp://host", SENTINEL), (None, SENTINEL, "gamma")):
        with pytest.raises(InputError) as caught:
            OpenAIBackend(*arguments)
        check_error(caught.value)


async def test_a_function_that_fails_is_a_missing_key() -> None:
    def fail() -> str:
        raise LookupError(SENTINEL)

    widget = RealtimeWidget(base_url="ws://127.0.0.1:1/v1", api_key=fail)
    with pytest.raises(KeyMissingError, match="failed: LookupError") as caught:
        await widget.ask("Hello")

    check_error(caught.value)
    widget.close()


async def test_the_environment_gives_a_key_to_servers_elsewhere_only(
    strict: RealtimeServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SENTINEL)
    widget = RealtimeWidget(base_url=strict.url, model="echo")
    with pytest.raises(ConnectError) as caught:
        await widget.ask("Hello")
    widget.close()

    assert caught.value.code == "key_rejected"
    assert OpenAIBackend()._key.reveal() == SENTINEL
    check_clean(repr(vars(OpenAIBackend())), "backend")


def test_the_environment_is_read_anew_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = Key()
    given = [key.is_given]
    with pytest.raises(KeyMissingError, match=r"No API key was found\. Set OPENAI_API"):
        key.reveal()
    monkeypatch.setenv("OPENAI_API_KEY", f"  {SENTINEL}\n")
    given.append(key.is_given)

    assert given == [False, True]
    assert key.reveal() == SENTINEL


def test_a_function_is_asked_at_each_connect_and_not_before() -> None:
    keys = iter(["first-key", "second-key"])
    key = Key(lambda: next(keys))

    assert key.is_given
    assert (key.reveal(), key.reveal()) == ("first-key", "second-key")


def test_a_placeholder_is_not_masked() -> None:
    key = Key("local")
    key.reveal()

    assert key.scrub("the local voice") == "the local voice"
    assert key.scrub_frame(b"the local voice") == b"the local voice"


def test_the_search_finds_a_key_that_is_there() -> None:
    def careless(key: str) -> None:
        raise ValueError(len(key))

    with pytest.raises(ValueError, match="32") as caught:
        careless(SENTINEL)
    shown = VerboseTB(theme_name="nocolor").text(
        ValueError, caught.value, caught.value.__traceback__
    )
    with pytest.raises(AssertionError, match="here"):
        check_clean(shown, "here")
