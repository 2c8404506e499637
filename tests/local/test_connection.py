from __future__ import annotations

import numpy as np
import pytest

from rt_widget import events
from rt_widget.audio import float_from_pcm16
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.config import PushToTalk, SessionConfig
from tests.local.scripted import (
    loud,
    silence,
    talk,
    update,
)

QUESTION = loud(0.8)
END = silence(0.6)
BY_HAND = SessionConfig(turn_detection=PushToTalk())


async def test_a_spoken_turn_is_answered_in_the_order_of_the_protocol() -> None:
    async with talk() as talking:
        await talking.hear(QUESTION, END)
        done = await talking.until(events.ResponseDone)
        assert talking.order == [
            "SessionCreated",
            "SpeechStarted",
            "SpeechStopped",
            "InputCommitted",
            "ItemAdded",
            "ItemDone",
            "InputTranscriptDone",
            "ResponseCreated",
            "OutputItemAdded",
            "ItemAdded",
            *talking.order[10:-5],
            "AudioDone",
            "TranscriptDone",
            "ItemDone",
            "OutputItemDone",
            "ResponseDone",
        ]
        assert set(talking.order[10:-5]) == {"TranscriptDelta", "AudioDelta"}
        assert done.response.status == "completed"
        usage = done.response.usage
        assert usage is not None
        assert (usage.input_text_tokens, usage.output_text_tokens) == (7, 3)
        # 0.4 s of an answer, and more than a second of a question with its silence.
        assert (usage.output_audio_tokens, usage.input_audio_tokens // 5) == (8, 2)
        assert usage.total_tokens == 10 + 8 + usage.input_audio_tokens


async def test_words_come_before_their_sound_and_sound_in_small_pieces() -> None:
    async with talk() as talking:
        await talking.ask("hi")
        first_sound = talking.order.index("AudioDelta")
        assert talking.order.index("TranscriptDelta") < first_sound
        sounds = [event.delta for event in talking.all(events.AudioDelta)]
        assert {len(sound) for sound in sounds} == {4800}
        assert len(sounds) == 4  # a tenth of a second a word
        assert np.abs(float_from_pcm16(b"".join(sounds))).min() > 0.4
        # What was made ready before the point was known is not heard.
        assert talking.tts.texts[-1] == "Not much, you see?"


async def test_a_turn_by_hand_is_recognised_and_answered() -> None:
    async with talk(config=BY_HAND) as talking:
        await talking.hear(silence(0.2), QUESTION)
        await talking.send(events.InputAudioCommit(), events.ResponseCreate())
        await talking.until(events.ResponseDone)
        assert talking.asr.lengths == [pytest.approx(1.0, abs=0.02)]
        assert talking.llm.prompts[0][-1] == ChatMessage("user", "what is up")
        assert "SpeechStarted" not in talking.order


async def test_a_recorded_message_is_recognised_before_it_is_answered() -> None:
    async with talk(config=BY_HAND) as talking:
        recorded = events.ItemCreate(item_id="q", audio=loud(1.5))
        await talking.send(recorded, events.ResponseCreate())
        await talking.until(events.ResponseDone)
        assert talking.asr.lengths == [1.5]
        assert talking.llm.prompts[0][-1] == ChatMessage("user", "what is up")


async def test_without_a_voice_answers_are_text() -> None:
    async with talk(config=SessionConfig(voice="none")) as talking:
        await talking.hear(QUESTION, END)
        await talking.until(events.ResponseDone)
        text = "".join(event.delta for event in talking.all(events.TextDelta))
        assert text == "Not much, you see?"
        assert talking.tts.texts == []
        assert talking.all(events.AudioDelta) == []
        assert talking.all(events.TranscriptDelta) == []


async def test_settings_apply_from_the_next_answer() -> None:
    async with talk() as talking:
        await talking.ask("hi")
        before = len(talking.all(events.AudioDelta))
        await talking.send(update(speed=0.5, temperature=0.6, system="be brief"))
        await talking.until(events.SessionUpdated)
        await talking.ask("hi")
        assert len(talking.all(events.AudioDelta)) == before + 2 * before
        assert list(dict.fromkeys(talking.tts.speeds)) == [1.0, 0.5]
        assert talking.llm.temperatures == [0.8, 0.6]
        assert talking.llm.prompts[-1][0] == ChatMessage("system", "be brief")


async def test_metadata_of_a_request_comes_back() -> None:
    async with talk() as talking:
        question = events.ItemCreate(item_id="q", text="hi")
        await talking.send(question, events.ResponseCreate(metadata={"turn": "1"}))
        done = await talking.until(events.ResponseDone)
        assert done.response.metadata == {"turn": "1"}
