"""The input audio buffer and turns taken by voice, as a raw client sees them."""

from __future__ import annotations

from tests.servers.dialogue import Dialogue, kinds, session
from tests.servers.signals import tone
from tests.servers.wire import BYTES_PER_MS, JsonObject, encode_audio

QUIET_S = bytes(1_000 * BYTES_PER_MS)
SPEECH = tone(0.6)


async def manual(dialogue: Dialogue) -> None:
    await dialogue.update(audio={"input": {"turn_detection": None}})


def detection(**fields: object) -> JsonObject:
    return {"input": {"turn_detection": {"type": "server_vad", **fields}}}


async def test_bad_audio_is_refused_and_survived(url: str) -> None:
    async with session(url) as dialogue:
        for audio in ("", "!!!", "AAA", encode_audio(b"odd")):
            error = await dialogue.refused("input_audio_buffer.append", audio=audio)
            assert (error["code"], error["param"]) == ("invalid_value", "audio")
        error = await dialogue.refused("input_audio_buffer.append", audio=5)
        assert error["code"] == "invalid_type"
        await dialogue.update()


async def test_a_commit_needs_100_ms_and_makes_no_response(url: str) -> None:
    async with session(url) as dialogue:
        await manual(dialogue)
        await dialogue.append(bytes(99 * BYTES_PER_MS))
        error = await dialogue.refused("input_audio_buffer.commit")
        assert error["code"] == "input_audio_buffer_commit_empty"
        assert "99.00ms" in error["message"]
        await dialogue.append(bytes(BYTES_PER_MS))
        await dialogue.send("input_audio_buffer.commit")
        committed = await dialogue.expect("input_audio_buffer.committed")
        added = await dialogue.expect("conversation.item.added")
        done = await dialogue.expect("conversation.item.done")
        assert committed["previous_item_id"] is None
        assert committed["item_id"] == added["item"]["id"] == done["item"]["id"]
        assert done["item"]["role"] == "user"
        error = await dialogue.refused("input_audio_buffer.commit")
        assert "0.00ms" in error["message"]
        await dialogue.send("response.create")
        events = await dialogue.until("response.done")
        content = events[-1]["response"]["output"][0]["content"]
        assert content[0]["transcript"] == "You said: hello from the microphone"


async def test_clear_empties_the_buffer(url: str) -> None:
    async with session(url) as dialogue:
        await manual(dialogue)
        await dialogue.append(QUIET_S)
        await dialogue.send("input_audio_buffer.clear")
        await dialogue.expect("input_audio_buffer.cleared")
        error = await dialogue.refused("input_audio_buffer.commit")
        assert error["code"] == "input_audio_buffer_commit_empty"


async def test_a_spoken_turn_comes_in_the_protocols_order(url: str) -> None:
    async with session(url, "echo,pace=0,heard=good morning|and again") as dialogue:
        whisper = {"model": "gpt-realtime-whisper"}
        audio = detection()
        audio["input"]["transcription"] = whisper
        await dialogue.update(audio=audio)
        await dialogue.append(QUIET_S + SPEECH + QUIET_S)
        events = await dialogue.until("response.done")
        assert kinds(events)[:9] == [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
            "response.created",
            "rate_limits.updated",
        ]
        started, stopped, committed = events[:3]
        assert started["audio_start_ms"] == 700
        assert stopped["audio_end_ms"] == 2_100
        item_id = started["item_id"]
        assert item_id == stopped["item_id"] == committed["item_id"]
        content = events[-1]["response"]["output"][0]["content"]
        assert content[0]["transcript"] == "You said: good morning"
        await dialogue.send("conversation.item.retrieve", item_id=item_id)
        found = (await dialogue.expect("conversation.item.retrieved"))["item"]
        assert found["content"][0]["transcript"] == "good morning"
        assert found["content"][0]["audio"]
        await dialogue.append(SPEECH + QUIET_S)
        events = await dialogue.until("response.done")
        assert events[0]["audio_start_ms"] == 2_300
        content = events[-1]["response"]["output"][0]["content"]
        assert content[0]["transcript"] == "You said: and again"


async def test_silence_and_hush_are_no_speech(url: str) -> None:
    async with session(url) as dialogue:
        await dialogue.append(QUIET_S + tone(0.5, level=0.005) + tone(0.02) + QUIET_S)
        await dialogue.update()


async def test_settings_of_the_detector_count(url: str) -> None:
    async with session(url) as dialogue:
        strict = detection(
            threshold=1.0,
            silence_duration_ms=100,
            prefix_padding_ms=0,
            create_response=False,
        )
        await dialogue.update(audio=strict)
        await dialogue.append(tone(0.4, level=0.04) + QUIET_S)
        await dialogue.append(tone(0.4, level=0.3) + QUIET_S)
        started = await dialogue.expect("input_audio_buffer.speech_started")
        stopped = await dialogue.expect("input_audio_buffer.speech_stopped")
        assert started["audio_start_ms"] == 1_400
        assert stopped["audio_end_ms"] == 1_900
        await dialogue.until("conversation.item.done")
        await dialogue.update()


async def test_speech_interrupts_the_answer(url: str) -> None:
    async with session(url, "fault:stall,pace=0,times=1,then=echo") as dialogue:
        await dialogue.send("response.create")
        created = await dialogue.expect("response.created")
        await dialogue.until("response.output_audio.delta")
        await dialogue.append(SPEECH)
        await dialogue.until("input_audio_buffer.speech_started")
        done = (await dialogue.until("response.done"))[-1]["response"]
        assert done["id"] == created["response"]["id"]
        assert done["status"] == "cancelled"
        assert done["status_details"]["reason"] == "turn_detected"
        await dialogue.append(QUIET_S)
        await dialogue.until("response.created")


async def test_speech_in_one_piece_waits_for_the_cancelled_answer(url: str) -> None:
    async with session(url, "fault:stall,pace=0") as dialogue:
        await dialogue.send("response.create")
        await dialogue.until("response.output_audio.delta")
        await dialogue.append(SPEECH + QUIET_S, chunk_ms=2_000)
        events = await dialogue.until("response.created")
        assert "error" not in kinds(events)
        assert "response.done" in kinds(events)


async def test_without_interruption_the_turns_collide(url: str) -> None:
    async with session(url, "fault:stall,pace=0") as dialogue:
        await dialogue.update(audio=detection(interrupt_response=False))
        await dialogue.send("response.create")
        await dialogue.until("response.output_audio.delta")
        await dialogue.append(SPEECH + QUIET_S)
        error = (await dialogue.until("error"))[-1]["error"]
        assert error["code"] == "conversation_already_has_active_response"
        assert error["event_id"] is None


async def test_transcripts_can_be_late_or_fail(url: str) -> None:
    kind = "conversation.item.input_audio_transcription"
    for when, last in (("late", "completed"), ("failed", "failed")):
        async with session(url, f"echo,pace=0,transcript={when}") as dialogue:
            audio = detection()
            audio["input"]["transcription"] = {"model": "gpt-realtime-whisper"}
            await dialogue.update(audio=audio)
            await dialogue.append(SPEECH + QUIET_S)
            events = await dialogue.until("response.done")
            before = f"{kind}.{last}" in kinds(events)
            assert before == (when == "failed")
            if when == "late":
                await dialogue.until(f"{kind}.completed")


async def test_push_to_talk_works_with_the_mirror(url: str) -> None:
    async with session(url, "mirror,pace=0") as dialogue:
        await manual(dialogue)
        await dialogue.append(SPEECH)
        await dialogue.send("input_audio_buffer.commit")
        await dialogue.until("conversation.item.done")
        await dialogue.send("response.create")
        events = await dialogue.until("response.done")
    kind = "response.output_audio.delta"
    deltas = [event["delta"] for event in events if event["type"] == kind]
    assert deltas == [
        encode_audio(SPEECH[at : at + 4_800]) for at in range(0, len(SPEECH), 4_800)
    ]
