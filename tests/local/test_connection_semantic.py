"""Turns that are judged from their words, over scripted engines."""

from __future__ import annotations

from rt_widget import events
from rt_widget.config import SemanticVad, SessionConfig
from tests.local.scripted import ScriptedAsr, ScriptedLlm, happens, loud, silence, talk

QUESTION = loud(0.5)
SHORT = silence(0.36)
SEMANTIC = SessionConfig(turn_detection=SemanticVad())


async def test_a_finished_sentence_is_answered_before_its_silence_is_long() -> None:
    asr = ScriptedAsr(["What is up?"])
    async with talk(asr=asr, config=SEMANTIC) as talking:
        await talking.hear(QUESTION, SHORT)
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        assert len(asr.lengths) == 1
        assert len(talking.llm.prompts) == 1


async def test_a_sentence_with_a_pause_in_it_is_one_turn() -> None:
    asr = ScriptedAsr(["I want to", "I want to go home."])
    async with talk(asr=asr, config=SEMANTIC) as talking:
        await talking.hear(QUESTION, silence(0.9))
        await happens(asr.called)
        await talking.hear(QUESTION, silence(0.6))
        await talking.until(events.ResponseDone)
        (heard,) = talking.all(events.InputTranscriptDone)
        assert heard.transcript == "I want to go home."
        assert len(talking.all(events.SpeechStarted)) == 1
        assert len(talking.all(events.InputCommitted)) == 1
        assert asr.lengths[-1] > 1.8
        assert [prompt[-1].content for prompt in talking.llm.prompts] == [
            "I want to go home."
        ]


async def test_the_words_of_a_pause_are_wanted_though_an_answer_is_stopped() -> None:
    asr, llm = ScriptedAsr(["What is up?"]), ScriptedLlm(hold=1)
    async with talk(asr=asr, llm=llm, config=SEMANTIC) as talking:
        question = events.ItemCreate(item_id="q", text="hi")
        await talking.send(question, events.ResponseCreate())
        await talking.until(events.TranscriptDelta)
        asr.gate.clear()
        await talking.hear(QUESTION, SHORT)
        await happens(asr.called)
        await talking.send(events.ResponseCancel())
        await talking.until(events.ResponseDone)
        llm.hold = None
        asr.gate.set()
        await talking.until(events.SpeechStopped)
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        assert asr.cancelled == 0


async def test_speech_over_an_answer_is_a_turn_that_is_not_answered() -> None:
    asr, llm = ScriptedAsr(["What is up?"]), ScriptedLlm(hold=1)
    async with talk(asr=asr, llm=llm, config=SEMANTIC) as talking:
        question = events.ItemCreate(item_id="q", text="hi")
        await talking.send(question, events.ResponseCreate())
        await talking.until(events.TranscriptDelta)
        await talking.hear(QUESTION, SHORT)
        refused = await talking.until(events.ErrorReported)
        assert refused.error.code == "conversation_already_has_active_response"
        assert refused.error.event_id == ""
        heard = await talking.until(events.InputTranscriptDone)
        assert heard.transcript == "What is up?"
        llm.gate.set()
        done = await talking.until(events.ResponseDone)
        assert done.response.status == "completed"
        assert len(talking.all(events.ResponseCreated)) == 1


async def test_a_sound_without_words_is_not_answered_and_can_be_deleted() -> None:
    async with talk(asr=ScriptedAsr([""]), config=SEMANTIC) as talking:
        await talking.hear(loud(0.2), silence(0.6))
        heard = await talking.until(events.InputTranscriptDone)
        assert heard.transcript == ""
        await talking.send(events.ItemDelete(item_id=heard.item_id))
        await talking.until(events.ItemDeleted)
        assert (await talking.ask("hi")).status == "completed"
        assert len(talking.all(events.ResponseCreated)) == 1
        assert [m.content for m in talking.llm.prompts[0][1:]] == ["hi"]


async def test_the_words_of_a_deleted_item_are_looked_for_no_longer() -> None:
    asr = ScriptedAsr(["What is up?"])
    async with talk(asr=asr) as talking:
        asr.gate.clear()
        await talking.hear(QUESTION, silence(0.6))
        item = (await talking.until(events.InputCommitted)).item_id
        await happens(asr.called)
        await talking.send(events.ItemDelete(item_id=item))
        await talking.until(events.ItemDeleted)
        assert (await talking.ask("hi")).status == "completed"
        await happens(asr.gave_up)
        assert talking.all(events.InputTranscriptDone) == []
        assert len(talking.all(events.ResponseCreated)) == 1
