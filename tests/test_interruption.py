from __future__ import annotations

import pytest

from rt_widget import events, updates
from rt_widget.alarms import WAY_MS
from rt_widget.config import PushToTalk, SemanticVad, ServerVad, TurnDetection
from rt_widget.faults import BUSY
from tests.dialogues import Talk, at, created, done, kinds, said, sounded, states

AT_ONCE = ServerVad(false_alarm_ms=0)
TENTH = bytes(4_800)
WORDS = events.InputTranscriptDone("said", "Stop it.")
NOISE = events.InputTranscriptDone("said", "[coughs]")
COMMITTED = events.InputCommitted("said")
REFUSED = events.ErrorReported(events.ServerFault("Busy.", code=BUSY))


class Interruptible(Talk):
    """A talk with a person who can be heard for as long as the test likes."""

    def __init__(self, detection: TurnDetection | None = None) -> None:
        super().__init__(detection)
        self.appended_ms = 0

    def append(self, ms: int) -> list[updates.Update]:
        self.told.clear()
        for _ in range(ms // 100):
            self.dialogue.append_audio(TENTH, is_live=True)
        self.appended_ms += ms
        return list(self.told)

    def speak(self, item_id: str = "said") -> list[updates.Update]:
        start = max(0, self.appended_ms - 300)
        return self.hear(events.SpeechStarted(item_id, start))

    def fall_silent(self, item_id: str = "said") -> list[updates.Update]:
        return self.hear(
            events.SpeechStopped(item_id, self.appended_ms),
            events.InputCommitted(item_id),
        )

    def cough(self, item_id: str = "said") -> list[updates.Update]:
        told = [*self.speak(item_id), *self.append(600)]
        return [*told, *self.fall_silent(item_id)]

    async def acts(self) -> list[str]:
        """What is to be sent, besides sound."""
        return [name for name in kinds(await self.sent()) if "Append" not in name]


def talking(detection: TurnDetection | None = None) -> Interruptible:
    """An answer is being given."""
    talk = Interruptible(detection)
    talk.append(1_000)
    talk.hear(created("resp"), said("resp", "One"), sounded("resp"))
    return talk


async def playing(detection: TurnDetection | None = None) -> Interruptible:
    """An answer has been given, and the page still plays it."""
    talk = talking(detection)
    talk.dialogue.played(at("resp", 0), ended=False)
    talk.hear(events.AudioDone("resp", "item_resp"), done("resp"))
    await talk.sent()
    return talk


async def test_a_cough_holds_the_answer_which_then_goes_on() -> None:
    talk = talking()
    told = talk.cough()

    assert "Held" in kinds(told)
    assert "Interrupted" not in kinds(told)
    assert states(told) == ["listening", "speaking"]
    assert kinds(talk.hear(said("resp", ", two"))) == ["TextReceived", "ItemsChanged"]
    assert await talk.acts() == []


async def test_speech_that_lasts_ends_the_answer() -> None:
    talk = talking()
    assert "Held" in kinds(talk.speak())
    assert talk.append(900 + WAY_MS - 100) == []

    assert updates.Interrupted("resp") in talk.append(100)
    assert talk.append(1_000) == []
    assert await talk.acts() == ["ResponseCancel"]
    assert talk.hear(said("resp", ", two"), sounded("resp")) == []
    assert talk.conversation.transcript == "assistant: One"


async def test_where_the_server_interrupts_it_does_so_at_once() -> None:
    talk = talking(AT_ONCE)

    assert updates.Interrupted("resp") in talk.speak()
    assert talk.hear(said("resp", ", two"), sounded("resp")) == []
    assert await talk.acts() == []


async def test_where_the_server_interrupts_it_silences_what_has_ended_too() -> None:
    talk = await playing(AT_ONCE)

    assert updates.Interrupted("") in talk.speak()


@pytest.mark.parametrize(
    "detection", [PushToTalk(), ServerVad(interrupt_response=False)]
)
async def test_speech_silences_nothing_where_it_must_not(
    detection: TurnDetection,
) -> None:
    talk = talking(detection)
    told = [*talk.speak(), *talk.append(3_000), *talk.fall_silent()]

    assert not {"Held", "Interrupted"} & set(kinds(told))
    assert "TextReceived" in kinds(talk.hear(said("resp", ", two")))


async def test_semantic_turns_interrupt_too() -> None:
    talk = talking(SemanticVad())
    talk.speak()

    assert updates.Interrupted("resp") in talk.append(2_000)


async def test_with_no_answer_there_is_nothing_to_hold() -> None:
    talk = Interruptible()
    told = [*talk.cough(), *talk.speak(), *talk.append(3_000)]

    assert not {"Held", "Interrupted"} & set(kinds(told))


async def test_an_answer_that_is_still_played_is_held_and_cut() -> None:
    talk = await playing()
    assert "Held" in kinds(talk.speak())
    assert updates.Interrupted("") in talk.append(2_000)
    talk.dialogue.cut([at("resp", 500)])

    assert await talk.acts() == ["ItemTruncate"]
    assert talk.item("resp").heard_ms == 500


async def test_without_a_page_what_has_ended_is_over() -> None:
    talk = talking()
    talk.hear(done("resp"))

    assert "Held" not in kinds(talk.speak())


async def test_an_interruption_cancels_and_truncates_at_what_was_heard() -> None:
    talk = talking()
    await talk.sent()
    talk.told.clear()
    talk.dialogue.interrupt([at("resp", 500)], "resp")

    cancel, cut = await talk.sent()
    assert isinstance(cancel, events.ResponseCancel)
    assert cancel.response_id == "resp"
    assert isinstance(cut, events.ItemTruncate)
    assert (cut.item_id, cut.audio_end_ms) == ("item_resp", 500)
    assert talk.told == [
        updates.Interrupted("resp"),
        updates.ItemsChanged(("item_resp",)),
        updates.StatusChanged("ready"),
    ]


async def test_page_and_session_may_decide_the_same_interruption() -> None:
    talk = talking()
    talk.speak()
    talk.dialogue.interrupt([at("resp", 500)], "resp")
    told = talk.append(3_000)
    talk.dialogue.interrupt([at("resp", 500)], "resp")
    talk.dialogue.cut([at("resp", 500)])

    assert told == []
    assert await talk.acts() == ["ResponseCancel", "ItemTruncate"]


async def test_what_the_page_has_stopped_by_itself_leaves_the_next_answer() -> None:
    talk = await playing()
    talk.hear(created("next"), said("next", "Two"))
    talk.dialogue.interrupt([at("resp", 500)], "resp")

    assert await talk.acts() == ["ItemTruncate"]
    assert "TextReceived" in kinds(talk.hear(said("next", ", three")))


async def test_a_stop_without_an_answer_reaches_the_one_that_was_asked_for() -> None:
    talk = Interruptible()
    talk.dialogue.ask("Hello", at=0.0)
    request = await talk.request()
    talk.dialogue.interrupt([])

    talk.hear(created("resp", request))
    assert await talk.acts() == ["ResponseCancel"]


async def test_a_stop_by_hand_tells_the_page_what_is_over_on_the_wire() -> None:
    talk = await playing()
    talk.told.clear()
    talk.dialogue.interrupt()

    assert updates.Interrupted("") in talk.told


async def test_words_of_a_short_sound_are_a_turn() -> None:
    talk = talking()
    talk.cough()
    talk.hear(REFUSED)

    assert updates.Interrupted("resp") in talk.hear(WORDS)
    assert await talk.acts() == ["ResponseCancel"]
    talk.hear(done("resp", "cancelled"))
    assert await talk.acts() == ["ResponseCreate"]


async def test_a_short_sound_without_words_is_deleted() -> None:
    talk = talking()
    talk.cough()
    told = talk.hear(REFUSED, NOISE)

    assert "Interrupted" not in kinds(told)
    assert "Failed" not in kinds(told)
    (deleted,) = (e for e in await talk.sent() if isinstance(e, events.ItemDelete))
    assert deleted.item_id == "said"


async def test_an_answer_to_a_short_sound_is_never_heard() -> None:
    talk = await playing()
    talk.cough()
    item = events.WireItem("item_own", role="assistant", status="in_progress")
    told = talk.hear(
        created("own"),
        events.ItemAdded(item, "said"),
        events.OutputItemAdded("own", item),
        said("own", "Bless you."),
        sounded("own"),
        events.ItemDone(item, "said"),
    )

    assert not {"ReplyStarted", "Interrupted", "TextReceived"} & set(kinds(told))
    assert talk.conversation.item("item_own") is None
    assert await talk.acts() == ["ResponseCancel"]
    assert "ReplyFinished" not in kinds(talk.hear(done("own", "cancelled")))
    assert await talk.acts() == ["ItemDelete"]


async def test_words_that_come_after_a_dismissed_answer_ask_for_another() -> None:
    talk = await playing()
    talk.cough()
    talk.hear(created("own"), done("own", "cancelled"))
    await talk.sent()
    talk.hear(WORDS)

    request = await talk.request()
    told = talk.hear(created("resp_2", request), said("resp_2", "Yes?"))
    assert "TextReceived" in kinds(told)


async def test_a_server_that_reads_before_it_answers_is_not_asked() -> None:
    talk = await playing()
    talk.cough()
    told = talk.hear(WORDS)

    assert states(told) == ["thinking"]
    assert "ReplyStarted" in kinds(talk.hear(created("own")))
    assert await talk.acts() == []


@pytest.mark.parametrize("is_sent", [True, False])
async def test_an_answer_of_the_servers_own_takes_the_place_of_one_asked_for(
    *, is_sent: bool
) -> None:
    talk = Interruptible()
    talk.dialogue.ask("Hello", at=0.0)
    talk.hear(created("resp", await talk.request()), sounded("resp"))
    talk.append(1_000)
    talk.cough()
    talk.hear(WORDS)
    asked = []
    if is_sent:
        talk.hear(done("resp", "cancelled"))
        asked = [await talk.request()]
    told = talk.hear(created("own"), said("own", "Yes?"))
    assert "TextReceived" in kinds(told)

    for request in asked:
        fault = events.ServerFault("Busy.", code=BUSY, event_id=request.event_id)
        assert "Failed" not in kinds(talk.hear(events.ErrorReported(fault)))
    talk.hear(done("own"))
    assert "ResponseCreate" not in await talk.acts()
    assert talk.dialogue.status == "ready"


async def test_a_server_that_sends_nothing_back_gives_no_second_answer() -> None:
    talk = talking()
    talk.cough()
    talk.hear(WORDS, done("resp", "cancelled"))
    request = await talk.request()
    talk.hear(created("own"), said("own", "Yes?"))
    fault = events.ServerFault("Busy.", code=BUSY, event_id=request.event_id)
    talk.hear(events.ErrorReported(fault), done("own"))

    assert await talk.acts() == []
    assert talk.dialogue.status == "ready"


async def test_a_turn_that_the_server_could_not_answer_is_asked_for() -> None:
    talk = talking()
    talk.speak()
    talk.append(2_000)
    talk.fall_silent()
    talk.hear(REFUSED, done("resp", "cancelled"))

    assert await talk.acts() == ["ResponseCancel", "ResponseCreate"]


async def test_a_server_that_answers_only_when_asked_is_not_asked() -> None:
    talk = talking(ServerVad(create_response=False))
    talk.cough()

    assert "Interrupted" in kinds(talk.hear(WORDS))
    talk.hear(done("resp", "cancelled"))
    assert await talk.acts() == ["ResponseCancel"]


async def test_an_answer_that_begins_while_the_person_speaks_is_held() -> None:
    talk = Interruptible()
    talk.append(1_000)
    talk.speak()

    assert "Held" in kinds(talk.hear(created("own")))
    assert updates.Interrupted("own") in talk.append(2_000)


async def test_an_answer_that_was_asked_for_while_one_speaks_is_given() -> None:
    talk = Interruptible()
    talk.append(1_000)
    talk.speak()
    talk.dialogue.ask("Hello", at=0.0)
    told = [*talk.hear(created("resp", await talk.request())), *talk.append(2_000)]

    assert not {"Held", "Interrupted"} & set(kinds(told))


async def test_a_cough_leaves_the_figures_alone() -> None:
    talk = talking()

    assert "MetersChanged" not in kinds([*talk.cough(), *talk.hear(sounded("resp"))])


async def test_a_microphone_switched_off_is_no_speech() -> None:
    talk = talking()
    talk.speak()
    talk.told.clear()
    talk.dialogue.end_audio(at=0.0)

    assert talk.told == []
    assert "InputAudioAppend" in kinds(await talk.sent())


async def test_items_that_begin_after_the_interruption_were_not_heard() -> None:
    talk = talking()
    talk.dialogue.interrupt()
    late = events.WireItem("late", role="assistant")
    talk.hear(events.OutputItemAdded("resp", late), events.ItemAdded(late))
    assert talk.conversation.item("late") is None

    await talk.sent()
    talk.hear(done("resp", "cancelled"))
    assert await talk.acts() == ["ItemDelete"]


async def test_switching_to_push_to_talk_ends_the_alarm() -> None:
    talk = talking()
    talk.speak()
    talk.dialogue.update(talk.config.replace(turn_detection=PushToTalk()))
    told = [*talk.append(3_000), *talk.fall_silent(), *talk.hear(WORDS)]

    assert "Interrupted" not in kinds(told)
    assert talk.dialogue.status == "speaking"
