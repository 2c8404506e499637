"""Who ends a turn that is sent from Python, and who asks for its answer."""

from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.audio import duration_ms
from rt_widget.config import PushToTalk, SemanticVad, ServerVad
from rt_widget.input_audio import SETTLING_MS
from tests.dialogues import SECOND, Talk, created, done, kinds

LISTENS = ServerVad(create_response=False)


def speech(
    start_ms: int, end_ms: int, item_id: str = "said"
) -> list[events.ServerEvent]:
    """What a server says of speech that it has taken."""
    return [
        events.SpeechStarted(item_id, start_ms),
        events.SpeechStopped(item_id, end_ms),
        events.InputCommitted(item_id),
    ]


def texts(sent: list[events.AnyClientEvent]) -> list[str | None]:
    return [each.text for each in sent if isinstance(each, events.ItemCreate)]


async def test_words_around_sound_go_first_and_get_one_answer() -> None:
    talk = Talk(PushToTalk())
    talk.dialogue.append_audio(SECOND, before="Look:")
    talk.dialogue.append_audio(SECOND)
    talk.dialogue.end_turn(0.0, "What is it?")
    sent = await talk.sent()

    assert kinds(sent) == [
        "ItemCreate",
        "InputAudioAppend",
        "InputAudioAppend",
        "InputAudioCommit",
        "ItemCreate",
        "ResponseCreate",
    ]
    assert texts(sent) == ["Look:", "What is it?"]


@pytest.mark.parametrize(("before", "after"), [("Hi", ""), ("", "Hi")])
async def test_words_beside_a_sound_that_is_too_short_are_answered(
    before: str, after: str
) -> None:
    talk = Talk(PushToTalk())
    talk.dialogue.append_audio(bytes(480), before=before)
    talk.dialogue.end_turn(0.0, after)

    assert set(kinds(await talk.sent())) == {
        "ItemCreate",
        "InputAudioClear",
        "ResponseCreate",
    }
    talk.dialogue.append_audio(bytes(480))
    talk.dialogue.end_turn(0.0)
    assert kinds(await talk.sent()) == ["InputAudioClear"]


@pytest.mark.parametrize(
    ("detection", "silence_ms"),
    [
        (ServerVad(silence_duration_ms=400), 400),
        (ServerVad(silence_duration_ms=2_500), 2_500),
        (SemanticVad("high"), 2_000),
        (SemanticVad(), 4_000),
        (SemanticVad("low"), 8_000),
    ],
)
async def test_a_server_that_listens_gets_the_silence_that_it_waits_for(
    detection: ServerVad | SemanticVad, silence_ms: int
) -> None:
    talk = Talk(detection)
    talk.dialogue.append_audio(SECOND)
    talk.dialogue.end_turn(0.0)

    _, silence = await talk.sent()
    assert isinstance(silence, events.InputAudioAppend)
    assert duration_ms(silence.audio) == silence_ms + SETTLING_MS
    assert not any(silence.audio)
    talk.hear(*speech(0, 1_500), created("own"), done("own"))
    assert await talk.sent() == []


async def test_words_behind_sound_are_part_of_the_servers_own_answer() -> None:
    talk = Talk()
    talk.dialogue.append_audio(SECOND)
    talk.dialogue.end_turn(0.0, "Briefly.")
    sent = await talk.sent()
    assert kinds(sent) == ["InputAudioAppend", "ItemCreate", "InputAudioAppend"]
    (item,) = (each for each in sent if isinstance(each, events.ItemCreate))
    added = events.ItemAdded(events.WireItem(item.item_id, role="user"))

    talk.hear(added, *speech(0, 1_500), created("own"), done("own"))
    assert await talk.sent() == []


async def test_words_that_come_too_late_for_the_servers_own_answer_get_the_next() -> (
    None
):
    talk = Talk()
    talk.dialogue.append_audio(SECOND)
    talk.dialogue.end_turn(0.0, "Briefly.")
    (item,) = (e for e in await talk.sent() if isinstance(e, events.ItemCreate))
    added = events.ItemAdded(events.WireItem(item.item_id, role="user"))

    talk.hear(*speech(0, 900), created("own"), added)
    assert await talk.sent() == []
    talk.hear(done("own"))
    assert kinds(await talk.sent()) == ["ResponseCreate"]


async def test_words_behind_a_turn_that_the_server_has_taken_are_asked_next() -> None:
    talk = Talk()
    talk.dialogue.append_audio(SECOND)
    talk.hear(*speech(0, 900), created("own"))
    talk.dialogue.end_turn(0.0, "And then?")
    sent = await talk.sent()
    assert "ResponseCreate" not in kinds(sent)
    talk.hear(done("own"))

    assert texts(sent) == ["And then?"]
    assert kinds(await talk.sent()) == ["ResponseCreate"]


async def test_a_server_that_does_not_answer_is_asked_once_it_has_the_sound() -> None:
    talk = Talk(LISTENS)
    talk.dialogue.append_audio(SECOND, before="Hm.")
    talk.dialogue.end_turn(0.0, "Well?")
    assert "ResponseCreate" not in kinds(await talk.sent())
    talk.hear(*speech(0, 1_400))

    assert kinds(await talk.sent()) == ["ResponseCreate"]
    talk.hear(*speech(2_000, 2_400, "of the microphone"))
    assert await talk.sent() == []


async def test_a_server_that_has_the_sound_already_is_asked_at_once() -> None:
    talk = Talk(LISTENS)
    talk.dialogue.append_audio(SECOND)
    talk.hear(*speech(0, 900))
    assert kinds(await talk.sent()) == ["InputAudioAppend"]
    talk.dialogue.end_turn(0.0)

    assert "ResponseCreate" in kinds(await talk.sent())
    talk.hear(*speech(2_000, 2_400, "of the microphone"))
    assert await talk.sent() == []


async def test_each_of_two_turns_in_a_row_is_asked_for() -> None:
    talk = Talk(LISTENS)
    for _ in range(2):
        talk.dialogue.append_audio(SECOND)
        talk.dialogue.end_turn(0.0)
    await talk.sent()
    talk.hear(*speech(0, 1_400, "one"))
    first = await talk.request()
    talk.hear(*speech(1_700, 3_000, "two"), created("resp", first), done("resp"))

    assert kinds(await talk.sent()) == ["ResponseCreate"]


async def test_a_turn_without_speech_asks_nothing_later() -> None:
    talk = Talk(LISTENS)
    talk.dialogue.append_audio(SECOND)
    talk.dialogue.end_turn(0.0)
    await talk.sent()
    talk.dialogue.append_audio(SECOND, is_live=True)
    talk.hear(*speech(1_700, 2_500, "of the microphone"))

    assert kinds(await talk.sent()) == ["InputAudioAppend"]
