"""Functions that the model calls, from a widget to a real server and back."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import TYPE_CHECKING

import pytest
from matplotlib.figure import Figure

from rt_widget import ServerVad, updates
from rt_widget.backends.openai import OpenAIBackend
from rt_widget.calls import ImageShown
from rt_widget.errors import ClosedError, ConnectionLostError, InputError
from rt_widget.tool_calls import NOT_RUN, OUTPUT_LIMIT
from rt_widget.tool_runs import DECLINED, UNANSWERED
from tests.conftest import is_closing, make_widget, silence, speech, until
from tests.test_turns import say_to_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rt_widget import Chunk, RealtimeWidget, Reply
    from rt_widget.calls import Call
    from rt_widget.conversation import Item
    from tests.conftest import Recorder, StartTalk, Wire
    from tests.servers.process import RealtimeServerProcess
    from tests.servers.wire import JsonObject


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def calls(*names: str, **plan: object) -> str:
    """A question that makes the server call these."""
    return json.dumps({"calls": [{"name": name} for name in names], **plan})


def outputs(wire: Wire) -> dict[str, str]:
    """What was sent for each call; each at most once."""
    items = [e["item"] for e in wire.received("conversation.item.create")]
    found = [i for i in items if i["type"] == "function_call_output"]
    assert len({i["call_id"] for i in found}) == len(found)
    return {i["call_id"]: i["output"] for i in found}


def tool_items(widget: RealtimeWidget) -> list[Item]:
    return [item for item in widget.conversation if item.role == "tool"]


def shown(page: Recorder) -> dict[str, JsonObject]:
    """The latest of each call that the page was told."""
    customs = [c for c in page.customs() if c["type"] in ("items", "snapshot")]
    items = [item for custom in customs for item in custom["items"]]
    return {i["call"]["call_id"]: i["call"] for i in items if i["call"]}


def arguments(page: Recorder) -> list[object]:
    """Those of the calls that the page was told, once they are whole."""
    texts = (call["arguments"] for call in shown(page).values())
    return [json.loads(text) for text in texts if text]


def hand_over(widget: RealtimeWidget, content: dict[str, object]) -> None:
    widget._handle_custom_msg({"page": "page-1", **content}, [])


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Lets the tools of a test end; set in any case at its own end."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_function_is_called_and_its_answer_is_spoken(talk: StartTalk) -> None:
    widget, wire = talk("tool", tools=[add])
    reply = await widget.ask('{"a": 1, "b": 2}')

    assert (reply.text, reply.status) == ("The tool said: 3", "completed")
    (call,) = reply.tool_calls
    assert (call.name, json.loads(call.arguments), call.output, call.status) == (
        "add",
        {"a": 1, "b": 2},
        "3",
        "completed",
    )
    assert [item.role for item in widget.conversation] == ["user", "tool", "assistant"]
    assert tool_items(widget)[0].call == call
    assert list(outputs(wire).values()) == ["3"]
    assert wire.types().count("response.create") == 2
    assert wire.sent("error") == []


async def test_a_server_of_the_flat_dialect_calls_tools_alike(
    talk: StartTalk, beta_server: RealtimeServerProcess
) -> None:
    backend = OpenAIBackend(beta_server.url, dialect="beta")
    widget, wire = talk(
        "tool", on=beta_server, backend=backend, base_url=None, tools=[add]
    )
    reply = await widget.ask('{"a": 1, "b": 2}')

    assert (reply.text, len(reply.tool_calls)) == ("The tool said: 3", 1)
    assert wire.sent("error") == []


async def test_an_async_function_runs_on_the_loop_of_its_notebook(
    talk: StartTalk,
) -> None:
    loops = []

    async def weather(city: str) -> str:
        """Tell the weather."""
        await asyncio.sleep(0)
        loops.append(asyncio.get_running_loop())
        return f"Fine in {city}."

    widget, _ = talk("tool", tools=[weather])
    reply = await widget.ask('{"city": "Rome"}')

    assert reply.text == "The tool said: Fine in Rome."
    assert loops == [asyncio.get_running_loop()]


async def test_a_stream_goes_on_behind_the_calls(talk: StartTalk) -> None:
    widget, _ = talk("tool", tools=[add])
    question = calls(say="One moment.")
    question = json.dumps({**json.loads(question), "calls": [ADD]})
    chunks = [chunk async for chunk in widget.stream(question)]

    texts = [chunk["content"] for chunk in chunks if chunk["content_type"] == "text"]
    assert "".join(texts) == "One moment.The tool said: 3"
    assert [chunk["done"] for chunk in chunks].count(True) == 1
    assert widget.replies[-1].text == "One moment.\nThe tool said: 3"


PLAIN = '{"calls": []}'
"""A question that makes the server call nothing."""

ADD = {"name": "add", "arguments": {"a": 1, "b": 2}}


def closes(reply: Reply) -> Callable[[Chunk], bool]:
    """Whether a chunk is the last of that answer."""

    def check(chunk: Chunk) -> bool:
        closed = chunk["content_metadata"].get("response_id")
        return is_closing(chunk) and closed == reply.response_id

    return check


async def test_an_answer_that_calls_tools_is_closed_once(talk: StartTalk) -> None:
    widget, _ = talk("tool", tools=[add])
    closed: list[str] = []

    def note(change: dict[str, JsonObject]) -> None:
        if is_closing(change["new"]):  # type: ignore[arg-type] # it is a chunk
            closed.append(change["new"]["content_metadata"]["response_id"])

    widget.observe(note, names=["output_chunk"])
    question = json.dumps({"calls": [ADD], "say": "One moment.", "rounds": 3})
    replies = [await widget.ask(question), await widget.ask(question)]
    await until(widget, "output_chunk", closes(replies[-1]))
    await widget.disconnect()
    replies.append(await widget.ask(PLAIN))
    await until(widget, "output_chunk", closes(replies[-1]))

    assert closed == [reply.response_id for reply in replies]


async def test_the_text_trait_has_the_whole_answer(talk: StartTalk) -> None:
    widget, _ = talk("tool", tools=[add])
    question = json.dumps({"calls": [ADD], "say": "One moment."})
    reply = await widget.ask(question)
    await until(widget, "text", reply.text)

    assert reply.text == "One moment.\nThe tool said: 3"


async def test_a_spoken_question_calls_tools_alike(talk: StartTalk) -> None:
    def now() -> str:
        return "noon"

    widget, wire = talk('tool,heard={"calls":[{"name":"now"}]}', tools=[now])
    finished: list[object] = []
    widget.observe(lambda change: finished.append(change["new"]), names=["audio"])
    await widget.connect()
    pcm = speech(0.6) + silence(0.8)
    hand_over(widget, {"type": "microphone", "on": True})
    say_to_page(widget, pcm)
    await wire.soon(lambda w: len(w.sent("response.done")) == 2)
    await until(widget, "status", "ready")

    assert widget.conversation[-1].text == "The tool said: noon"
    assert len(finished) == 1
    assert wire.types().count("response.create") == 1


async def test_a_hundred_calls_in_one_turn_are_each_answered_once(
    talk: StartTalk,
) -> None:
    seen = []

    def note(number: int) -> int:
        seen.append(number)
        return number

    widget, wire = talk("tool", tools=[note])
    plan = [{"name": "note", "arguments": {"number": n}} for n in range(100)]
    reply = await widget.ask(json.dumps({"calls": plan}))

    assert sorted(seen) == list(range(100))
    assert [call.output for call in reply.tool_calls] == [str(n) for n in range(100)]
    assert len(outputs(wire)) == 100
    assert wire.types().count("response.create") == 2
    assert wire.types()[-1] == "response.create"
    assert reply.text.startswith("The tool said: ")


async def test_whatever_a_tool_does_it_is_answered_once_and_the_session_goes_on(
    talk: StartTalk, gate: threading.Event
) -> None:
    def raises() -> None:
        msg = "no such room"
        raise LookupError(msg)

    def never() -> None:
        gate.wait()

    def huge() -> str:
        return "x" * 50_000_000

    def prints() -> None:
        print("printed")  # noqa: T201 - the subject

    widget, wire = talk("tool", tools=[raises, huge, prints])
    widget.tool(timeout_s=0.2)(never)
    names = ("raises", "never", "huge", "prints", "unknown")
    plan = [{"name": name} for name in names]
    plan.append({"name": "prints", "arguments": "{not json"})
    reply = await widget.ask(json.dumps({"calls": plan}))

    assert reply.status == "completed"
    assert [call.status for call in reply.tool_calls] == [
        "failed",
        "timed_out",
        "completed",
        "completed",
        "failed",
        "failed",
    ]
    failed, timed_out, large, printing, unknown, bad = reply.tool_calls
    assert "no such room" in failed.output
    assert timed_out.output
    assert len(outputs(wire)[large.call_id]) <= OUTPUT_LIMIT
    assert printing.printed == "printed\n"
    assert "unknown" in unknown.output
    assert "JSON" in bad.output
    assert len(outputs(wire)) == 6
    assert all(outputs(wire).values())
    assert wire.types().count("response.create") == 2
    assert (await widget.ask(PLAIN)).status == "completed"
    assert wire.sent("error") == []


async def test_a_plot_is_shown_in_the_conversation(
    talk: StartTalk, page: Recorder
) -> None:
    def plot() -> Figure:
        """Draw."""
        figure = Figure()
        figure.subplots().plot([1, 2, 3])
        return figure

    widget, _ = talk("tool", tools=[plot])
    reply = await widget.ask(calls("plot"))
    (call,) = reply.tool_calls

    assert call.status == "completed"
    (picture,) = (each for each in call.shown if isinstance(each, ImageShown))
    assert picture.png.startswith(b"\x89PNG")
    await page.soon(lambda p: shown(p)[call.call_id]["status"] == "completed")
    (drawn,) = shown(page)[call.call_id]["shown"]
    assert drawn["kind"] == "image"


async def test_a_call_that_comes_twice_is_run_once(talk: StartTalk) -> None:
    seen = []

    def note() -> str:
        seen.append(1)
        return "noted"

    widget, wire = talk("tool", tools=[note])
    twice = {"name": "note", "call_id": "call_twice", "times": 2}
    reply = await widget.ask(json.dumps({"calls": [twice], "rounds": 3}))

    assert (seen, len(reply.tool_calls)) == ([1], 1)
    assert outputs(wire) == {"call_twice": "noted"}
    assert len(tool_items(widget)) == 1


async def asking(page: Recorder) -> str:
    """The id of the call that the page is asked about."""
    await page.soon(lambda p: "asking" in [c["status"] for c in shown(p).values()])
    (call_id,) = (i for i, c in shown(page).items() if c["status"] == "asking")
    return call_id


async def asked_to_switch(
    widget: RealtimeWidget, page: Recorder, switched: list[bool]
) -> tuple[asyncio.Task[Reply], str]:
    """A question whose call a person has to allow, and the call's id."""

    @widget.tool(confirm=True)
    def switch() -> str:
        switched.append(True)
        return "switched"

    hand_over(widget, {"type": "hello"})
    question = asyncio.create_task(widget.ask(calls("switch")))
    return question, await asking(page)


@pytest.mark.parametrize("allow", [True, False])
async def test_a_person_is_asked_in_the_card(
    talk: StartTalk,
    page: Recorder,
    allow: bool,  # noqa: FBT001 - the case
) -> None:
    widget, wire = talk("tool")
    switched: list[bool] = []
    question, call_id = await asked_to_switch(widget, page, switched)
    assert switched == []
    for word in (allow, not allow):
        hand_over(widget, {"type": "confirm", "call_id": call_id, "allow": word})
    reply = await question

    output, status = ("switched", "completed") if allow else (DECLINED, "declined")
    assert (reply.tool_calls[0].status, len(switched)) == (status, int(allow))
    assert outputs(wire) == {call_id: output}


async def test_who_is_asked_and_stops_the_answer_has_declined(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk("tool")
    switched: list[bool] = []
    question, call_id = await asked_to_switch(widget, page, switched)
    widget.interrupt()
    reply = await question
    hand_over(widget, {"type": "confirm", "call_id": call_id, "allow": True})

    assert (reply.status, reply.tool_calls[0].status) == ("interrupted", "declined")
    assert (await widget.ask(PLAIN)).status == "completed"
    assert outputs(wire) == {call_id: NOT_RUN}
    assert switched == []


async def test_another_widgets_page_allows_nothing(
    talk: StartTalk, page: Recorder
) -> None:
    widget, _ = talk("tool")
    other, _ = talk("tool")
    widget.tool(confirm=True)(add)
    await other.connect()
    hand_over(widget, {"type": "hello"})
    question = asyncio.create_task(widget.ask('{"a": 1, "b": 2}'))
    call_id = await asking(page)
    hand_over(other, {"type": "confirm", "call_id": call_id, "allow": True})
    await other.ask(PLAIN)
    hand_over(widget, {"type": "confirm", "call_id": call_id, "allow": False})

    assert (await question).tool_calls[0].status == "declined"


async def test_without_a_page_nothing_is_allowed(talk: StartTalk) -> None:
    widget, wire = talk("tool")
    widget.tool(confirm=True)(add)
    reply = await widget.ask('{"a": 1, "b": 2}')

    assert reply.tool_calls[0].status == "declined"
    assert list(outputs(wire).values()) == [UNANSWERED]


def waiting(gate: threading.Event, began: threading.Event) -> str:
    began.set()
    gate.wait()
    return "at last"


async def begins(widget: RealtimeWidget, gate: threading.Event) -> asyncio.Task[object]:
    """A question whose answer waits for a call that is running."""
    began = threading.Event()

    @widget.tool
    def wait() -> str:
        """Wait."""
        return waiting(gate, began)

    question = asyncio.create_task(widget.ask(calls("wait")))
    await asyncio.to_thread(began.wait)
    return question


async def test_an_interrupted_answer_keeps_what_its_calls_give(
    talk: StartTalk, gate: threading.Event
) -> None:
    widget, wire = talk("tool")
    question = await begins(widget, gate)
    widget.interrupt()
    reply = await question
    assert getattr(reply, "status", "") == "interrupted"
    gate.set()
    await wire.soon(lambda w: bool(outputs(w)))
    second = await widget.ask(PLAIN)

    assert wire.types().count("response.create") == 2
    assert second.text == f"You said: {PLAIN}"
    (item,) = tool_items(widget)
    assert item.call is not None
    assert (item.status, item.call.status, item.call.output) == (
        "interrupted",
        "completed",
        "at last",
    )


async def test_a_person_who_speaks_during_calls_is_heard_and_answered(
    talk: StartTalk, gate: threading.Event
) -> None:
    detection = ServerVad(false_alarm_ms=0)
    widget, wire = talk('tool,heard={"calls":[]}', turn_detection=detection)
    question = await begins(widget, gate)
    hand_over(widget, {"type": "microphone", "on": True})
    say_to_page(widget, speech(0.6) + silence(0.8))
    reply = await question
    await wire.soon(lambda w: len(w.sent("response.done")) == 2)
    gate.set()
    await wire.soon(lambda w: bool(outputs(w)))
    await widget.ask(PLAIN)

    assert getattr(reply, "status", "") == "interrupted"
    roles = [item.role for item in widget.conversation]
    assert roles == ["user", "tool", "user", "assistant", "user", "assistant"]
    assert list(outputs(wire).values()) == ["at last"]
    assert wire.types().count("response.create") == 2
    assert wire.sent("error") == []


async def test_calls_of_an_interrupted_response_are_not_run(
    talk: StartTalk, page: Recorder
) -> None:
    widget, wire = talk("tool", tools=[add])
    plan = json.dumps({"calls": [ADD], "end": "stall"})
    question = asyncio.create_task(widget.ask(plan))
    await page.soon(lambda p: ADD["arguments"] in arguments(p))
    widget.interrupt()
    reply = await question

    assert (reply.status, reply.tool_calls[0].status) == ("interrupted", "cancelled")
    await wire.soon(lambda w: bool(outputs(w)))
    assert list(outputs(wire).values()) == [NOT_RUN]
    assert (await widget.ask(PLAIN)).text == f"You said: {PLAIN}"
    assert wire.sent("error") == []


async def test_cancelling_who_waits_stops_the_answer_but_not_the_call(
    talk: StartTalk, gate: threading.Event
) -> None:
    widget, wire = talk("tool")
    question = await begins(widget, gate)
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    gate.set()
    await wire.soon(lambda w: bool(outputs(w)))
    await widget.ask(PLAIN)

    assert wire.types().count("response.create") == 2


async def test_a_question_during_calls_is_answered_after_them(
    talk: StartTalk, gate: threading.Event
) -> None:
    widget, wire = talk("tool")
    first = await begins(widget, gate)
    second = asyncio.create_task(widget.ask(PLAIN))
    await asyncio.sleep(0)
    gate.set()

    assert getattr(await first, "text", "") == "The tool said: at last"
    assert (await second).text == f"You said: {PLAIN}"
    roles = [item.role for item in widget.conversation]
    assert roles == ["user", "tool", "assistant", "user", "assistant"]
    assert wire.types().count("response.create") == 3


async def test_disconnecting_cancels_what_runs(
    talk: StartTalk, gate: threading.Event
) -> None:
    widget, wire = talk("tool")
    question = await begins(widget, gate)
    await widget.disconnect()
    with pytest.raises(ConnectionLostError):
        await question
    gate.set()
    (item,) = tool_items(widget)
    assert item.call is not None
    assert (item.status, item.call.status) == ("interrupted", "cancelled")
    assert (await widget.ask(PLAIN)).text == f"You said: {PLAIN}"
    assert outputs(wire) == {}


async def test_a_server_that_goes_away_cancels_what_runs(
    talk: StartTalk, own_server: RealtimeServerProcess, gate: threading.Event
) -> None:
    widget, _ = talk("tool", on=own_server)
    question = await begins(widget, gate)
    own_server.stop()
    with pytest.raises(ConnectionLostError):
        await question

    assert [i.call.status for i in tool_items(widget) if i.call] == ["cancelled"]


async def test_two_widgets_call_their_own_functions(talk: StartTalk) -> None:
    def one() -> str:
        time.sleep(0.05)
        return "one"

    def two() -> str:
        return "two"

    first, _ = talk("tool", tools=[one])
    second, _ = talk("tool", tools=[two])
    replies = await asyncio.gather(
        *(w.ask(calls(n)) for w, n in ((first, "one"), (second, "two")))
    )

    assert [reply.text for reply in replies] == [
        "The tool said: one",
        "The tool said: two",
    ]
    assert (await second.ask(calls("one"))).tool_calls[0].status == "failed"


async def test_a_live_session_is_told_of_new_functions(talk: StartTalk) -> None:
    widget, wire = talk("tool")
    await widget.connect()
    first = wire.received("session.update")[0]["session"]
    assert "tools" not in first

    @widget.tool(name="plus", description="Adds.")
    def add(a: int, b: int) -> int:
        return a + b

    assert add(1, 2) == 3
    await wire.soon(lambda w: len(w.sent("session.updated")) == 2)
    (told,) = wire.received("session.update")[1]["session"]["tools"]
    assert (told["name"], told["description"]) == ("plus", "Adds.")
    assert (await widget.ask('{"a": 1, "b": 2}')).text == "The tool said: 3"


async def test_a_function_of_the_same_name_takes_the_place_of_the_old(
    talk: StartTalk,
) -> None:
    def old() -> str:
        return "old"

    def new() -> str:
        return "new"

    widget, _ = talk("tool")
    widget.tool(name="f")(old)
    await widget.ask(calls("f"))
    widget.tool(name="f")(new)

    assert [tool.name for tool in widget.tools] == ["f"]
    assert (await widget.ask(calls("f"))).text == "The tool said: new"


async def test_changes_of_a_call_are_told_in_their_order(talk: StartTalk) -> None:
    widget, _ = talk("tool", tools=[add])
    told: list[Call] = []

    def listen(update: updates.Update) -> None:
        if isinstance(update, updates.CallChanged):
            told.append(update.call)

    widget._live.listeners.append(listen)
    await widget.ask('{"a": 1, "b": 2}')

    assert [call.status for call in told] == ["running", "completed"]


async def test_a_model_that_never_stops_calling_is_stopped(talk: StartTalk) -> None:
    widget, _ = talk("tool", tools=[add])
    plan = json.dumps({"calls": [ADD], "rounds": 1_000})
    with pytest.raises(Exception, match="called tools 20 times"):
        await widget.ask(plan)

    assert widget.error["code"] == "too_many_calls"
    assert (await widget.ask(PLAIN)).text == f"You said: {PLAIN}"


def test_what_cannot_be_told_to_a_model_is_refused() -> None:
    with pytest.raises(InputError):
        make_widget(base_url="ws://127.0.0.1:1/v1", tools=[3])


def test_a_closed_widget_takes_no_tools(unconnected: RealtimeWidget) -> None:
    unconnected.close()
    with pytest.raises(ClosedError):
        unconnected.tool(add)
