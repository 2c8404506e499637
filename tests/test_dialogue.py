from __future__ import annotations

import pytest

from rt_widget import events, updates
from rt_widget.audio import duration_ms
from rt_widget.config import PushToTalk
from rt_widget.errors import ConnectionLostError, NotConnectedError
from rt_widget.input_audio import SETTLING_MS
from rt_widget.meters import Latency
from rt_widget.self_talk import HINT
from tests.dialogues import (
    SECOND,
    SET_UP,
    SILENCE,
    SPEECH,
    Talk,
    at,
    created,
    done,
    kinds,
    said,
    sounded,
    states,
)


async def test_a_dialogue_is_ready_once_the_session_is_set_up() -> None:
    talk = Talk()

    assert talk.told == [updates.StatusChanged("ready")]
    assert talk.hear(SET_UP) == []
    assert await talk.sent() == []


async def test_a_spoken_turn_goes_through_all_states() -> None:
    talk = Talk()
    answer = (created("resp"), said("resp", "Hi"), done("resp"))

    told = talk.hear(SPEECH, SILENCE, *answer)
    assert states(told) == ["listening", "thinking", "speaking", "ready"]
    assert await talk.sent() == []


async def test_sound_without_words_is_answered_by_nobody() -> None:
    talk = Talk()
    told = talk.hear(SPEECH, SILENCE, events.InputTranscriptDone("said", " "))

    assert states(told) == ["listening", "thinking", "ready"]


async def test_of_one_event_figures_come_first_and_the_status_last() -> None:
    talk = Talk()
    talk.dialogue.ask("Hello", at=10.0)
    talk.hear(created("resp", await talk.request()))

    assert talk.hear(said("resp", "Hi"), at=10.5) == [
        updates.MetersChanged(events.Usage(), Latency(first_text=0.5)),
        updates.TextReceived("Hi", "resp", "item_resp", 0),
        updates.ItemsChanged(("item_resp",)),
        updates.StatusChanged("speaking"),
    ]


async def test_a_question_is_sent_before_its_request() -> None:
    talk = Talk()
    talk.dialogue.ask("Hello", at=0.0)
    talk.dialogue.ask(SECOND, at=0.0)

    question, request, following = await talk.sent()
    assert isinstance(question, events.ItemCreate)
    assert question.text == "Hello"
    assert isinstance(request, events.ResponseCreate)
    assert isinstance(following, events.ItemCreate)
    assert following.audio == SECOND
    assert states(talk.told)[-1] == "thinking"


async def test_the_next_request_and_settings_wait_for_the_end_of_the_answer() -> None:
    talk = Talk()
    talk.dialogue.ask("One", at=0.0)
    talk.dialogue.ask("Two", at=0.0)
    talk.hear(created("resp", await talk.request()))
    talk.dialogue.update(talk.config.replace(speed=1.4))
    assert await talk.sent() == []

    talk.hear(done("resp"))
    assert kinds(await talk.sent()) == ["SessionUpdate", "ResponseCreate"]


async def test_what_is_played_is_told_at_the_end_and_not_at_each_report() -> None:
    talk = Talk()
    talk.hear(created("resp"), sounded("resp"), events.AudioDone("resp", "item_resp"))
    talk.told.clear()
    for ms in (0, 500, 900):
        talk.dialogue.played(at("resp", ms), ended=False)
    assert talk.told == []
    assert talk.item("resp").heard_ms == 900

    talk.dialogue.played(at("resp", 1_000), ended=True)
    assert updates.ItemsChanged(("item_resp",)) in talk.told
    assert talk.item("resp").heard_ms == 1_000


async def test_an_item_that_was_played_to_its_end_is_not_cut() -> None:
    talk = Talk()
    talk.hear(created("resp"), sounded("resp"), events.AudioDone("resp", "item_resp"))
    talk.dialogue.played(at("resp", 1_000), ended=True)
    talk.dialogue.cut([at("resp", 1_000)])

    assert await talk.sent() == []
    assert talk.item("resp").status == "in_progress"


async def test_an_assistant_that_answers_itself_is_told_once() -> None:
    talk = Talk()
    talk.hear(created("resp"), said("resp", "The weather is fine in Paris today."))
    heard = [
        talk.hear(events.InputTranscriptDone(f"said_{n}", "is fine in Paris today"))
        for n in range(3)
    ]

    assert [updates.Noticed(HINT) in told for told in heard] == [False, True, False]


async def test_an_answer_that_nobody_waits_for_is_cancelled_when_it_begins() -> None:
    talk = Talk()
    turn = talk.dialogue.ask("Hello", at=0.0)
    request = await talk.request()
    talk.dialogue.withdraw(turn)
    assert await talk.sent() == []

    talk.hear(created("resp", request))
    assert kinds(await talk.sent()) == ["ResponseCancel"]


async def test_a_commit_by_hand_asks_for_an_answer() -> None:
    talk = Talk(PushToTalk())
    talk.dialogue.append_audio(SECOND)

    talk.dialogue.end_turn(at=0.0)
    expected = ["InputAudioAppend", "InputAudioCommit", "ResponseCreate"]
    assert kinds(await talk.sent()) == expected


async def test_a_server_that_listens_gets_silence_and_no_commit() -> None:
    talk = Talk()
    talk.dialogue.append_audio(SECOND)

    talk.dialogue.end_turn(at=0.0)
    assert kinds(await talk.sent()) == ["InputAudioAppend", "InputAudioAppend"]


async def test_sound_of_a_turn_that_the_server_ended_is_not_committed_again() -> None:
    talk = Talk()
    talk.dialogue.append_audio(SECOND)
    talk.hear(SPEECH, SILENCE, events.InputCommitted("said"))
    talk.dialogue.update(talk.config.replace(turn_detection=PushToTalk()))
    await talk.sent()

    talk.dialogue.end_turn(at=0.0)
    assert kinds(await talk.sent()) == ["InputAudioClear"]


async def test_a_microphone_switched_off_in_mid_speech_leaves_silence() -> None:
    talk = Talk()
    talk.dialogue.end_audio(at=0.0)
    assert await talk.sent() == []

    talk.hear(SPEECH)
    talk.dialogue.end_audio(at=0.0)
    (silence,) = await talk.sent()
    assert isinstance(silence, events.InputAudioAppend)
    assert duration_ms(silence.audio) == 400 + SETTLING_MS


@pytest.mark.parametrize(
    "fault",
    [
        events.ServerFault("No.", code="response_cancel_not_active"),
        events.ServerFault("No.", code="conversation_already_has_active_response"),
        events.ServerFault("Audio content of 1040ms is already shorter than 5000ms"),
        events.ServerFault("Only model output audio messages can be truncated"),
    ],
)
async def test_what_only_tells_of_a_lost_race_is_not_told(
    fault: events.ServerFault,
) -> None:
    assert Talk().hear(events.ErrorReported(fault)) == []


async def test_an_error_is_told_with_what_it_is_about() -> None:
    fault = events.ServerFault("Too loud.", code="bad", param="session.audio")
    (failed,) = Talk().hear(events.ErrorReported(fault))

    assert isinstance(failed, updates.Failed)
    assert failed.error.message == "Too loud. (session.audio)"
    assert failed.error.code == "bad"


async def test_a_refused_setting_is_left_out_and_the_others_are_sent_again() -> None:
    talk = Talk()
    talk.dialogue.update(talk.config.replace(system="Be brief.", speed=1.4))
    (update,) = await talk.sent()
    fault = events.ServerFault(
        "No speed.", param="session.audio.output.speed", event_id=update.event_id
    )

    told = talk.hear(events.ErrorReported(fault))
    assert told == [updates.Noticed("No speed.")]
    (smaller,) = await talk.sent()
    assert isinstance(smaller, events.SessionUpdate)
    assert smaller.changed == {"system"}


async def test_the_end_fails_who_waits_and_is_told_last() -> None:
    talk = Talk()
    turn = talk.dialogue.ask("Hello", at=0.0)
    talk.hear(created("resp", await talk.request()), said("resp", "Once"))
    talk.told.clear()
    reason = ConnectionLostError("Gone.")
    talk.dialogue.end(reason)

    assert talk.told == [
        updates.ItemsChanged(("item_resp",)),
        updates.StatusChanged("disconnected"),
        updates.Closed(reason),
    ]
    with pytest.raises(ConnectionLostError, match="Gone"):
        await turn.reply


async def test_nothing_is_asked_of_a_session_that_is_closing() -> None:
    talk = Talk()
    talk.dialogue.is_over = True

    with pytest.raises(NotConnectedError):
        talk.dialogue.ask("Hello", at=0.0)
    assert await talk.sent() == []


async def test_the_microphone_may_go_off_while_the_session_closes() -> None:
    talk = Talk(PushToTalk())
    talk.dialogue.append_audio(SECOND)
    assert kinds(await talk.sent()) == ["InputAudioAppend"]
    talk.dialogue.is_over = True
    talk.dialogue.end_audio(at=0.0)
    assert await talk.sent() == []
