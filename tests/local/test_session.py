"""Whole turns with a stranger's client: what is on the wire, and what engines get."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from rt_widget.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.requests.values import UpdateSession
from tests.local.scripted import ScriptedLlm, loud, silence, talk
from tests.local.wired import DONE, ask, configure, output, response, written

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire

QUESTION, END = loud(0.8), silence(0.6)
SPEECH_STARTED = "input_audio_buffer.speech_started"
TRANSCRIPTION = "conversation.item.input_audio_transcription"


async def test_a_spoken_turn_has_all_events_in_their_order() -> None:
    async with talk() as talking:
        await talking.hear(QUESTION, END)
        await talking.wire(DONE)
        kinds = talking.kinds
        first = kinds.index("response.content_part.added") + 1
        assert kinds[:first] == [
            "session.created",
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            f"{TRANSCRIPTION}.completed",
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
        ]
        assert kinds[-6:] == [
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "conversation.item.done",
            "response.output_item.done",
            DONE,
        ]
        assert set(kinds[first:-6]) == {
            "response.output_audio.delta",
            "response.output_audio_transcript.delta",
        }
        completed = talking.raw[kinds.index(f"{TRANSCRIPTION}.completed")]
        assert completed["usage"] == {
            "type": "duration",
            "seconds": pytest.approx(1.2, abs=0.15),
        }


async def test_nobody_is_told_of_words_who_does_not_want_a_transcription() -> None:
    async with talk() as talking:
        configure(talking, audio={"input": {"transcription": None}})
        await talking.wire("session.updated")
        await talking.hear(QUESTION, END)
        await talking.wire(DONE)
        assert not [kind for kind in talking.kinds if TRANSCRIPTION in kind]
        assert talking.llm.prompts[-1][-1] == ChatMessage("user", "what is up")
        at = talking.kinds.index("input_audio_buffer.committed")
        talking.tell("conversation.item.retrieve", item_id=talking.raw[at]["item_id"])
        item = (await talking.wire("conversation.item.retrieved"))["item"]
        assert isinstance(item, dict)
        (part,) = item["content"]
        assert part["transcript"] is None
        heard = len(base64.b64decode(part["audio"])) / BYTES_PER_SAMPLE
        assert heard / SAMPLE_RATE_HZ == pytest.approx(1.2, abs=0.15)


async def test_deaf_ears_are_told_without_a_transcription_too() -> None:
    async with talk() as talking:
        configure(talking, audio={"input": {"transcription": None}})
        talking.asr.error = RuntimeError("deaf")
        await talking.hear(QUESTION, END)
        error = (await talking.wire("error"))["error"]
        assert isinstance(error, dict)
        assert (error["type"], error["code"]) == ("server_error", "engine_failed")
        assert "deaf" in error["message"]


@pytest.mark.parametrize("law", ["audio/pcmu", "audio/pcma"])
async def test_an_answer_for_a_telephone_is_timed_by_its_sound(law: str) -> None:
    async with talk() as talking:
        done = await ask(talking, audio={"output": {"format": {"type": law}}})
        sounds = [
            base64.b64decode(str(event["delta"]))
            for event in talking.raw
            if event["type"] == "response.output_audio.delta"
        ]
        assert len(b"".join(sounds)) == pytest.approx(3200, abs=8)
        usage = done["usage"]
        assert isinstance(usage, dict)
        assert usage["output_token_details"]["audio_tokens"] in (7, 8)
        cut = {"item_id": output(done)[0]["id"], "content_index": 0}
        talking.tell("conversation.item.truncate", **cut, audio_end_ms=402)
        assert "is already shorter" in str((await talking.wire("error"))["error"])
        talking.tell("conversation.item.truncate", **cut, audio_end_ms=200)
        await talking.wire("conversation.item.truncated")


async def test_a_refusal_names_the_event_and_the_field() -> None:
    async with talk() as talking:
        talking.tell("response.cancel", event_id="mine")
        error = (await talking.wire("error"))["error"]
        assert error == {
            "type": "invalid_request_error",
            "code": "response_cancel_not_active",
            "message": "Cancellation failed: no active response found",
            "param": None,
            "event_id": "mine",
        }
        talking.tell("conversation.item.delete", item_id="gone", event_id="other")
        error = (await talking.wire("error"))["error"]
        assert isinstance(error, dict)
        assert (error["code"], error["param"], error["event_id"]) == (
            "item_delete_invalid_item_id",
            "item_id",
            "other",
        )


async def test_after_speech_nothing_more_is_heard_of_the_answer() -> None:
    llm = ScriptedLlm(deltas=["Well, this is a long answer. "] * 30, hold=20)
    async with talk(llm=llm) as talking:
        detection = {"type": "server_vad", "interrupt_response": True}
        configure(talking, audio={"input": {"turn_detection": detection}})
        talking.tell("conversation.item.create", item=written("hi"))
        talking.tell("response.create")
        await talking.wire("response.output_audio.delta")
        await talking.hear(loud(0.3))
        await talking.wire(SPEECH_STARTED)
        done = await response(talking)
        assert done["status_details"] == {
            "type": "cancelled",
            "reason": "turn_detected",
        }
        llm.hold = None
        await talking.hear(silence(0.6))
        await talking.wire("response.created")
        started = next(
            at for at, e in enumerate(talking.raw) if e["type"] == SPEECH_STARTED
        )
        late = [
            e["type"]
            for e in talking.raw[started:]
            if e.get("response_id") == done["id"] and str(e["type"]).endswith("delta")
        ]
        assert late == []


async def test_somebody_who_says_nothing_is_spoken_to() -> None:
    detection = {"type": "server_vad", "idle_timeout_ms": 50}
    async with talk() as talking:
        patch: Wire = {"audio": {"input": {"turn_detection": detection}}}
        # Shorter than a client may ask for.
        talking.submit(UpdateSession(patch=patch))
        talking.asr.texts = [""]
        await ask(talking)
        await talking.wire("input_audio_buffer.timeout_triggered")
        assert (await response(talking))["status"] == "completed"
        assert talking.llm.prompts[-1][-1] == ChatMessage("user", "Are you there?")
