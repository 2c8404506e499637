from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget import events, updates
from rt_widget.backends.base import Capabilities
from rt_widget.config import PushToTalk, ServerVad, SessionConfig
from rt_widget.conversation import Conversation
from rt_widget.dialogue import Dialogue
from rt_widget.errors import ConnectionLostError, NotConnectedError
from rt_widget.live_settings import LiveSettings
from rt_widget.meters import Latency
from rt_widget.outbox import Outbox
from rt_widget.playback import PlaybackPosition
from rt_widget.response_gate import REQUEST_KEY

if TYPE_CHECKING:
    from rt_widget.config import TurnDetection

SECOND = bytes(48_000)
SET_UP = events.SessionUpdated(events.ServerSession())
SPEECH = events.SpeechStarted("said")
SILENCE = events.SpeechStopped("said")


class Talk:
    """A dialogue that is set up, with the shell's part played by the test."""

    def __init__(self, detection: TurnDetection | None = None) -> None:
        self.config = SessionConfig(turn_detection=detection or ServerVad())
        self.conversation = Conversation()
        self.told: list[updates.Update] = []
        self._outbox = Outbox()
        settings = LiveSettings(self.config, Capabilities("here", "here"))
        settings.first()
        self.dialogue = Dialogue(
            settings, self.conversation, self._outbox, self.told.append
        )
        self.hear(SET_UP)

    def hear(self, *news: events.ServerEvent, at: float = 0.0) -> list[updates.Update]:
        """What is told of events that come one after the other."""
        self.told.clear()
        for event in news:
            self.dialogue.take(event, at)
        return list(self.told)

    async def sent(self) -> list[events.AnyClientEvent]:
        """What is to be sent that was not asked for before."""
        end = events.InputAudioClear()
        self._outbox.put(end)
        sent = []
        while (event := await self._outbox.get()) is not end:
            sent.append(event)
        return sent

    async def request(self) -> events.ResponseCreate:
        """The request among what is to be sent."""
        (request,) = (
            e for e in await self.sent() if isinstance(e, events.ResponseCreate)
        )
        return request


def created(
    response_id: str, request: events.ResponseCreate | None = None
) -> events.ResponseCreated:
    metadata = {REQUEST_KEY: request.event_id} if request else {}
    return events.ResponseCreated(events.WireResponse(response_id, metadata=metadata))


def said(response_id: str, delta: str) -> events.TranscriptDelta:
    return events.TranscriptDelta(response_id, f"item_{response_id}", delta)


def sounded(response_id: str, pcm: bytes = SECOND) -> events.AudioDelta:
    return events.AudioDelta(response_id, f"item_{response_id}", pcm)


def done(response_id: str, status: str = "completed") -> events.ResponseDone:
    return events.ResponseDone(events.WireResponse(response_id, status))


def kinds(happened: list[updates.Update] | list[events.AnyClientEvent]) -> list[str]:
    return [type(each).__name__ for each in happened]


def states(told: list[updates.Update]) -> list[str]:
    return [each.status for each in told if isinstance(each, updates.StatusChanged)]


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


async def test_speech_silences_the_answer_and_what_comes_of_it_is_left_out() -> None:
    talk = Talk()
    talk.hear(created("resp"), said("resp", "One"))

    told = talk.hear(SPEECH)
    assert updates.Interrupted("resp") in told
    assert talk.hear(said("resp", ", two"), sounded("resp")) == []
    assert talk.conversation.transcript == "assistant: One"
    assert await talk.sent() == []


async def test_speech_silences_what_has_ended_and_may_still_be_heard() -> None:
    talk = Talk()
    talk.hear(created("resp"), sounded("resp"), done("resp"))

    assert updates.Interrupted("") in talk.hear(SPEECH)


@pytest.mark.parametrize(
    "detection", [PushToTalk(), ServerVad(interrupt_response=False)]
)
async def test_speech_silences_nothing_where_it_must_not(
    detection: TurnDetection,
) -> None:
    talk = Talk(detection)
    talk.hear(created("resp"), said("resp", "One"))

    assert "Interrupted" not in kinds(talk.hear(SPEECH))
    assert "TextReceived" in kinds(talk.hear(said("resp", ", two")))


async def test_an_interruption_cancels_and_truncates_at_what_was_heard() -> None:
    talk = Talk()
    talk.hear(created("resp"), sounded("resp"))
    talk.told.clear()
    talk.dialogue.interrupt(PlaybackPosition("item_resp", 0, 12_000))

    cancel, cut = await talk.sent()
    assert isinstance(cancel, events.ResponseCancel)
    assert cancel.response_id == "resp"
    assert isinstance(cut, events.ItemTruncate)
    assert (cut.item_id, cut.audio_end_ms) == ("item_resp", 500)
    assert talk.told == [updates.Interrupted("resp")]


async def test_an_item_that_was_played_to_its_end_is_not_cut() -> None:
    talk = Talk()
    position = PlaybackPosition("item_resp", 0, 24_000)
    talk.hear(created("resp"), sounded("resp"), events.AudioDone("resp", "item_resp"))
    talk.dialogue.played(position)
    talk.dialogue.cut(position)

    assert await talk.sent() == []


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

    assert talk.dialogue.commit_audio(at=0.0) is not None
    expected = ["InputAudioAppend", "InputAudioCommit", "ResponseCreate"]
    assert kinds(await talk.sent()) == expected


async def test_a_server_that_listens_needs_no_commit() -> None:
    talk = Talk()
    talk.dialogue.append_audio(SECOND)

    assert talk.dialogue.commit_audio(at=0.0) is None
    assert kinds(await talk.sent()) == ["InputAudioAppend"]


async def test_sound_of_a_turn_that_the_server_ended_is_not_committed_again() -> None:
    talk = Talk()
    talk.dialogue.append_audio(SECOND)
    talk.hear(SPEECH, SILENCE, events.InputCommitted("said"))
    talk.dialogue.update(talk.config.replace(turn_detection=PushToTalk()))
    await talk.sent()

    assert talk.dialogue.commit_audio(at=0.0) is None
    assert kinds(await talk.sent()) == ["InputAudioClear"]


async def test_a_microphone_switched_off_in_mid_speech_leaves_silence() -> None:
    talk = Talk()
    talk.dialogue.end_audio(at=0.0)
    assert await talk.sent() == []

    talk.hear(SPEECH)
    talk.dialogue.end_audio(at=0.0)
    (silence,) = await talk.sent()
    assert isinstance(silence, events.InputAudioAppend)
    assert silence.audio == bytes(48_000)


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
