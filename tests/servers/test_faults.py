"""Each fault does what its name says."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.servers.dialogue import KEY, Dialogue, kinds, session, talk
from tests.servers.malformed import MALFORMED

if TYPE_CHECKING:
    from tests.servers.process import RealtimeServerProcess


async def closing(dialogue: Dialogue) -> tuple[int | None, str]:
    """Read to the end; gives code and reason of the server's close frame."""
    with pytest.raises(ConnectionClosed) as caught:
        await dialogue.until("response.done")
    frame = caught.value.rcvd
    return (None, "") if frame is None else (frame.code, frame.reason)


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1008, 1009, 1011, 1012, 1013, 4000])
async def test_a_close_in_the_middle_of_an_answer(url: str, code: int) -> None:
    async with session(url, f"fault:close_{code},pace=0,after=2") as dialogue:
        await dialogue.send("response.create")
        assert (await closing(dialogue))[0] == code
    found = [event["type"] for event in dialogue.events]
    assert found.count("response.output_audio.delta") == 2


@pytest.mark.parametrize("how", ["reset", "fin"])
async def test_a_connection_without_a_last_word(url: str, how: str) -> None:
    async with session(url, f"fault:{how},pace=0") as dialogue:
        await dialogue.send("response.create")
        assert await closing(dialogue) == (None, "")


async def test_a_frame_that_is_garbage(url: str) -> None:
    async with session(url, "fault:garbage,pace=0") as dialogue:
        await dialogue.send("response.create")
        with pytest.raises(ConnectionClosed) as caught:
            await dialogue.until("response.done")
        assert caught.value.sent is not None
        assert caught.value.sent.code == 1002


async def test_a_stall_ends_as_told(url: str) -> None:
    async with session(url, "fault:stall,seconds=0.3,pace=0") as dialogue:
        await dialogue.send("response.create")
        begun = time.monotonic()
        events = await dialogue.until("response.done")
        assert events[-1]["response"]["status"] == "completed"
        assert time.monotonic() - begun >= 0.3


async def test_expiry_in_the_middle_of_an_answer(url: str) -> None:
    async with session(url, "fault:expired,pace=0") as dialogue:
        await dialogue.send("response.create")
        code, reason = await closing(dialogue)
    assert dialogue.events[-1]["error"]["code"] == "session_expired"
    assert code == 1001
    assert "60 minutes" in reason


async def test_malformed_messages_do_not_end_the_answer(url: str) -> None:
    async with session(url, "fault:malformed,pace=0,after=0", judged=False) as dialogue:
        await dialogue.send("response.create")
        found: list[str | bytes] = []
        done = False
        while not done:
            message = await asyncio.wait_for(dialogue.socket.recv(), 10)
            found.append(message)
            done = isinstance(message, str) and '"status": "completed"' in message
    assert [message for message in found if message in MALFORMED] == list(MALFORMED)
    assert len(MALFORMED) >= 40


@pytest.mark.parametrize(
    ("fault", "extra"),
    [("unknown", 4), ("bad_audio", 8), ("duplicates", 2), ("orphans", 5), ("huge", 1)],
)
async def test_strange_events_do_not_end_the_answer(
    url: str, fault: str, extra: int
) -> None:
    counts = {}
    for model in (f"fault:{fault},pace=0", "counter,duration=3,pace=0"):
        async with session(url, model, judged=False) as dialogue:
            await dialogue.send("response.create")
            created = (await dialogue.expect("response.created"))["response"]["id"]
            answer = dialogue.events[-1]["response"]
            while answer["id"] != created or answer["status"] != "completed":
                await dialogue.until("response.done")
                answer = dialogue.events[-1]["response"]
            counts[model] = len(dialogue.events)
    ours, plain = counts.values()
    assert ours - plain == extra


async def test_events_after_the_end(url: str) -> None:
    async with session(url, "fault:late,pace=0") as dialogue:
        await dialogue.send("response.create")
        first = (await dialogue.until("response.done"))[-1]["response"]["id"]
        events = await dialogue.until("response.done")
    assert kinds(events) == [
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.done",
    ]
    assert events[0]["response_id"] == first
    assert events[0]["item_id"] == dialogue.events[3]["item"]["id"]


async def test_an_error_event_does_not_end_the_answer(url: str) -> None:
    async with session(url, "fault:error_server_error,pace=0") as dialogue:
        await dialogue.send("response.create")
        events = await dialogue.until("response.done")
    errors = [event["error"] for event in events if event["type"] == "error"]
    assert [error["type"] for error in errors] == ["server_error"]
    assert events[-1]["response"]["status"] == "completed"


async def test_answers_that_fail_or_end_early(url: str) -> None:
    for model, status, detail in (
        ("fault:failed,pace=0", "failed", "rate_limit_exceeded"),
        ("fault:failed,code=insufficient_quota", "failed", "insufficient_quota"),
        ("fault:incomplete,reason=content_filter", "incomplete", "content_filter"),
    ):
        async with session(url, model) as dialogue:
            await dialogue.send("response.create")
            done = (await dialogue.until("response.done"))[-1]["response"]
        assert done["status"] == status
        assert detail in json.dumps(done["status_details"])


async def test_an_answer_without_usage_and_one_without_end(url: str) -> None:
    async with session(url, "fault:null_usage,pace=0") as dialogue:
        await dialogue.send("response.create")
        done = (await dialogue.until("response.done"))[-1]["response"]
        assert done["usage"] is None
    async with session(url, "fault:no_done,pace=0") as dialogue:
        await dialogue.send("response.create")
        await dialogue.until("response.output_audio.delta")
        await dialogue.send("response.create")
        error = (await dialogue.until("error"))[-1]["error"]
        assert error["code"] == "conversation_already_has_active_response"


async def test_faults_while_connecting(url: str) -> None:
    async with talk(url, "fault:greet_close,code=1011") as dialogue:
        await dialogue.expect("session.created")
        assert (await closing(dialogue))[0] == 1011
    async with talk(url, "fault:gone,code=1008") as dialogue:
        assert (await closing(dialogue))[0] == 1008
        assert dialogue.events == []
    async with talk(url, "fault:model_not_found") as dialogue:
        error = (await dialogue.expect("error"))["error"]
        assert error["code"] == "model_not_found"
        assert (await closing(dialogue))[0] == 4004
    with pytest.raises(InvalidStatus, match="400"):
        async with talk(url, "fault:no_such_fault"):
            pass


async def test_a_server_that_says_nothing(server: RealtimeServerProcess) -> None:
    with pytest.raises(TimeoutError):
        async with connect(
            f"{server.url}/realtime?model=fault:hang",
            additional_headers={"Authorization": f"Bearer {KEY}"},
            open_timeout=0.3,
        ):
            pass
    async with talk(server.url, "fault:mute") as dialogue:
        await dialogue.send("response.create")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(dialogue.socket.recv(), 0.3)


async def test_a_fault_can_strike_a_limited_number_of_times(url: str) -> None:
    model = "fault:http_503,times=2"
    for _ in range(2):
        with pytest.raises(InvalidStatus, match="503"):
            async with talk(url, model):
                pass
    async with session(url, model) as dialogue:
        events = await dialogue.ask("hello")
        content = events[-1]["response"]["output"][0]["content"]
        assert content[0]["transcript"] == "You said: hello"
