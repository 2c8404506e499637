from __future__ import annotations

import asyncio

import pytest

from rt_widget import events
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.config import ServerVad, SessionConfig
from tests.local.scripted import (
    ScriptedAsr,
    ScriptedLlm,
    happens,
    loud,
    silence,
    talk,
    update,
)

QUESTION = loud(0.5)
PAUSE = silence(0.25)
LAST_SOUND = loud(0.15)
END = silence(0.6)


async def test_an_answer_is_prepared_in_the_pause_and_kept_back() -> None:
    async with talk() as talking:
        await talking.hear(QUESTION, PAUSE)
        await happens(talking.tts.spoke)
        await talking.until(events.SpeechStarted)
        assert talking.connection.session.is_quiet
        await talking.hear(END)
        await talking.until(events.ResponseDone)
        assert len(talking.asr.lengths) == 1
        assert len(talking.llm.prompts) == 1
        assert "".join(e.delta for e in talking.all(events.TranscriptDelta)) == (
            "Not much, you see?"
        )


async def test_what_was_prepared_is_dropped_when_speech_goes_on() -> None:
    asr = ScriptedAsr(["what is", "what is up today"])
    llm = ScriptedLlm(hold=1)
    async with talk(asr=asr, llm=llm) as talking:
        await talking.hear(QUESTION, PAUSE)
        await happens(llm.called)
        await talking.hear(QUESTION)
        await happens(llm.stopped)
        llm.hold = None
        await talking.hear(END)
        await talking.until(events.ResponseDone)
        (heard,) = talking.all(events.InputTranscriptDone)
        assert heard.transcript == "what is up today"
        assert [prompt[-1].content for prompt in llm.prompts] == [
            "what is",
            "what is up today",
        ]
        assert len(talking.all(events.ResponseCreated)) == 1
        assert asr.lengths[-1] > asr.lengths[0] + 0.5


@pytest.mark.parametrize("again", ["What is up.", "What is up", "What is up,"])
async def test_what_was_prepared_is_kept_where_the_last_sound_adds_no_word(
    again: str,
) -> None:
    asr = ScriptedAsr(["What is up.", again])
    async with talk(asr=asr) as talking:
        await talking.hear(QUESTION, PAUSE)
        await happens(talking.tts.spoke)
        await talking.hear(LAST_SOUND, END)
        await talking.until(events.ResponseDone)
        (heard,) = talking.all(events.InputTranscriptDone)
        assert heard.transcript == again
        assert [prompt[-1].content for prompt in talking.llm.prompts] == ["What is up."]
        assert len(talking.asr.lengths) == 2
        assert "".join(e.delta for e in talking.all(events.TranscriptDelta)) == (
            "Not much, you see?"
        )


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("What is up.", "What is up?"),
        ("What is up.", "What is up now?"),
        ("What is up", "What is up now?"),
    ],
)
async def test_other_words_are_answered_anew(first: str, again: str) -> None:
    asr = ScriptedAsr([first, again])
    async with talk(asr=asr) as talking:
        await talking.hear(QUESTION, PAUSE)
        await happens(talking.tts.spoke)
        await talking.hear(LAST_SOUND, END)
        await talking.until(events.ResponseDone)
        assert [prompt[-1].content for prompt in talking.llm.prompts] == [
            first,
            again,
        ]
        assert len(talking.all(events.ResponseCreated)) == 1


async def test_words_that_are_known_once_speech_has_gone_on_are_answered_too() -> None:
    async with talk(asr=ScriptedAsr(["What is up?"])) as talking:
        talking.asr.gate.clear()
        await talking.hear(QUESTION, PAUSE)
        await happens(talking.asr.called)
        await talking.hear(LAST_SOUND)
        talking.asr.gate.set()
        await happens(talking.tts.spoke)
        await talking.hear(END)
        await talking.until(events.ResponseDone)
        assert len(talking.llm.prompts) == 1


async def test_what_was_prepared_with_other_settings_is_made_anew() -> None:
    async with talk() as talking:
        await talking.hear(QUESTION, PAUSE)
        await happens(talking.tts.spoke)
        await talking.send(update(temperature=1.2))
        await talking.hear(END)
        await talking.until(events.ResponseDone)
        assert talking.llm.temperatures == [0.8, 1.2]
        assert len(talking.asr.lengths) == 1
        assert len(talking.all(events.AudioDelta)) == 4


async def test_recognition_that_is_late_is_waited_for() -> None:
    async with talk() as talking:
        talking.asr.gate.clear()
        await talking.hear(QUESTION, END)
        await talking.until(events.ItemDone)
        talking.asr.gate.set()
        await talking.until(events.ResponseDone)
        assert len(talking.asr.lengths) == 1
        assert talking.order.index("InputTranscriptDone") < talking.order.index(
            "ResponseCreated"
        )


async def test_nothing_is_prepared_for_turns_that_are_not_answered() -> None:
    listening = SessionConfig(turn_detection=ServerVad(create_response=False))
    async with talk(config=listening) as talking:
        await talking.hear(QUESTION, END)
        await talking.until(events.InputTranscriptDone)
        assert talking.llm.prompts == []
        await talking.send(events.ResponseCreate())
        await talking.until(events.ResponseDone)
        assert talking.llm.prompts[0][-1] == ChatMessage("user", "what is up")


async def test_words_of_a_long_turn_come_while_it_is_spoken() -> None:
    asr = ScriptedAsr(["tell me a", "tell me a story about", "tell me a story"])
    async with talk(asr=asr) as talking:
        for known in tuple(asr.texts):
            # Enough for one glimpse: of two at once the first would not be read ahead.
            await talking.hear(loud(0.8))
            while True:
                warmed = await asyncio.to_thread(talking.llm.warmed.get, timeout=60)
                if warmed[-1] == ChatMessage("user", known):
                    break
        delta = await talking.until(events.InputTranscriptDelta)
        assert delta.delta == "tell me"
        assert delta.item_id == talking.all(events.SpeechStarted)[0].item_id
        await talking.hear(END)
        heard = await talking.until(events.InputTranscriptDone)
        assert heard.transcript == "tell me a story"
