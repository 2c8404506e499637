from __future__ import annotations

import _asyncio
import asyncio
import gc
import weakref

import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.hearing.ear import Ear
from rt_widget.config import PushToTalk, ServerVad, SessionConfig
from rt_widget.errors import BackendError, ConnectionLostError
from tests.local.scripted import (
    PATIENCE_S,
    ScriptedAsr,
    ScriptedLlm,
    ScriptedTalk,
    ToneTts,
    happens,
    loud,
    silence,
    talk,
)

QUESTION = loud(0.8)
END = silence(0.6)
BY_HAND = SessionConfig(turn_detection=PushToTalk())
STRICT = SessionConfig(turn_detection=ServerVad(false_alarm_ms=0))


async def test_speaking_stops_the_answer_at_once() -> None:
    llm = ScriptedLlm(hold=1)
    async with talk(llm=llm, config=STRICT) as talking:
        question = events.ItemCreate(item_id="q", text="hi")
        await talking.send(question, events.ResponseCreate())
        await talking.until(events.TranscriptDelta)
        await talking.hear(loud(0.3))
        done = await talking.until(events.ResponseDone)
        assert (done.response.status, done.response.reason) == (
            "cancelled",
            "turn_detected",
        )
        await happens(llm.stopped)
        llm.hold = None
        await talking.hear(END)
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        assert llm.prompts[-1][-3:] == (
            ChatMessage("user", "hi"),
            ChatMessage("assistant", "Not much"),
            ChatMessage("user", "what is up"),
        )


async def test_the_client_stops_the_answer() -> None:
    llm = ScriptedLlm(hold=1)
    async with talk(llm=llm) as talking:
        question = events.ItemCreate(item_id="q", text="hi")
        await talking.send(question, events.ResponseCreate())
        started = await talking.until(events.ResponseCreated)
        await talking.until(events.TranscriptDelta)
        cancel = events.ResponseCancel(response_id=started.response.id)
        await talking.send(cancel)
        done = await talking.until(events.ResponseDone)
        assert (done.response.status, done.response.reason) == (
            "cancelled",
            "client_cancelled",
        )
        await happens(llm.stopped)
        await talking.send(cancel)
        error = await talking.until(events.ErrorReported)
        assert error.error.code == "response_cancel_not_active"


async def test_what_was_not_heard_is_not_remembered() -> None:
    async with talk() as talking:
        await talking.ask("hi")
        answer = talking.all(events.OutputItemDone)[-1].item.id
        cut = events.ItemTruncate(item_id=answer, content_index=0, audio_end_ms=200)
        await talking.send(cut)
        assert await talking.until(events.ItemTruncated) == events.ItemTruncated(
            answer, 0, 200
        )
        await talking.ask("what?")
        assert talking.llm.prompts[-1][-2] == ChatMessage("assistant", "Not much,")


async def test_a_failing_model_fails_the_answer_and_not_the_session() -> None:
    llm = ScriptedLlm(error=BackendError("too long", code="context_exceeded"))
    async with talk(llm=llm) as talking:
        failed = await talking.ask("hi")
        assert failed.status == "failed"
        assert failed.error_code == "context_exceeded"
        assert failed.error_message == "too long"
        llm.error = None
        assert (await talking.ask("again")).status == "completed"


async def test_a_failing_voice_fails_the_answer_and_not_the_session() -> None:
    tts = ToneTts(error=RuntimeError("no sound"))
    async with talk(tts=tts) as talking:
        failed = await talking.ask("hi")
        assert (failed.status, failed.error_code) == ("failed", "engine_failed")
        assert "no sound" in failed.error_message
        tts.error = None
        assert (await talking.ask("again")).status == "completed"


async def test_failing_ears_are_told_and_the_session_goes_on() -> None:
    asr = ScriptedAsr(error=RuntimeError("deaf"))
    async with talk(asr=asr) as talking:
        await talking.hear(QUESTION, END)
        failed = await talking.until(events.InputTranscriptFailed)
        assert failed.error.code == "engine_failed"
        assert "deaf" in failed.error.message
        asr.error = None
        await talking.hear(QUESTION, END)
        await talking.until(events.ResponseDone)
        assert len(talking.all(events.ResponseCreated)) == 1


async def test_a_request_to_answer_what_could_not_be_heard_fails() -> None:
    asr = ScriptedAsr(error=RuntimeError("deaf"))
    async with talk(asr=asr, config=BY_HAND) as talking:
        await talking.hear(QUESTION)
        await talking.send(events.InputAudioCommit(), events.ResponseCreate())
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "failed"
        assert "deaf" in done.response.error_message


@pytest.mark.parametrize("by_hand", [False, True])
async def test_where_no_words_were_heard_nothing_is_answered(by_hand: bool) -> None:  # noqa: FBT001 - a parameter of the test
    asr = ScriptedAsr([""])
    config = BY_HAND if by_hand else SessionConfig()
    async with talk(asr=asr, config=config) as talking:
        await talking.hear(QUESTION, END)
        if by_hand:
            await talking.send(events.InputAudioCommit(), events.ResponseCreate())
            done = await talking.until(events.ResponseDone)
            assert done.response.status == "completed"
        else:
            heard = await talking.until(events.InputTranscriptDone)
            assert heard.transcript == ""
        assert talking.llm.prompts == []
        assert (await talking.ask("hi")).status == "completed"
        assert talking.all(events.ResponseCreated)[-1].response.id


async def test_closing_wakes_whoever_listens_and_stops_the_work() -> None:
    asr = ScriptedAsr()
    asr.gate.clear()
    async with talk(asr=asr) as talking:
        await talking.until(events.SessionCreated)
        await talking.hear(QUESTION, END)
        await talking.until(events.ItemDone)
        waiting = asyncio.create_task(talking.connection.receive())
        await talking.connection.close()
        await talking.connection.close()
        with pytest.raises(ConnectionLostError):
            await waiting
        with pytest.raises(ConnectionLostError):
            await talking.connection.receive()
        with pytest.raises(ConnectionLostError):
            await talking.connection.send(events.ResponseCreate())
        tasks = talking.connection.session._tasks
        assert all(task.cancelling() for task in tasks)


async def test_whoever_waits_for_room_in_a_session_learns_of_its_end() -> None:
    async with talk() as talking:
        session = talking.connection.session
        await talking.until(events.SessionCreated)
        waiting = asyncio.create_task(session.taken())
        await asyncio.sleep(0)
        assert not waiting.done()
        session.close()
        with pytest.raises(ConnectionLostError):
            await waiting
        with pytest.raises(ConnectionLostError):
            await session.taken()


async def test_a_closed_session_holds_the_engines_no_longer() -> None:
    loop, gone = asyncio.get_running_loop(), asyncio.Event()

    async def converse() -> None:
        async with talk(config=STRICT) as talking:
            await talking.hear(QUESTION, END)
            await talking.until(events.ResponseDone)
            await talking.hear(QUESTION, silence(0.25))
            workers = talking.connection.session._workers
            weakref.finalize(workers, loop.call_soon_threadsafe, gone.set)

    gc.collect()
    # nest_asyncio2, once a test has called for it, leaves tasks that hold themselves.
    if isinstance(asyncio.current_task(), _asyncio.Task):
        gc.disable()
    try:
        await converse()
        if gc.isenabled():
            gc.collect()
        async with asyncio.timeout(PATIENCE_S):
            await gone.wait()
    finally:
        gc.enable()


async def test_a_fault_of_our_own_ends_the_session_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with talk() as talking:
        await talking.until(events.SessionCreated)

        def broken(*_: object, **__: object) -> None:
            message = "odd"
            raise LookupError(message)

        monkeypatch.setattr(Ear, "hear", broken)
        await talking.hear(QUESTION)
        with pytest.raises(ConnectionLostError, match="LookupError: odd"):
            await talking.next()


async def test_two_sessions_do_not_mix() -> None:
    async with talk() as one:
        other = ScriptedTalk(one.asr, one.llm, one.tts, SessionConfig(system="other"))
        async with other, asyncio.timeout(PATIENCE_S):
            first, second = await asyncio.gather(one.ask("a"), other.ask("b"))
        assert first.id != second.id
        contents = sorted(prompt[-1].content for prompt in one.llm.prompts)
        assert contents == ["a", "b"]
        assert all(len(prompt) == 2 for prompt in one.llm.prompts)
