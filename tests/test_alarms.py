from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.alarms import WAY_MS, Alarms, Scene, has_words
from rt_widget.config import PushToTalk, SemanticVad, ServerVad, TurnDetection
from rt_widget.grace import Grace, grace_of
from rt_widget.verdicts import (
    Discard,
    Dismiss,
    Expect,
    FalseAlarm,
    Hold,
    Interrupt,
    Respond,
    Verdict,
)

GRACE = Grace(false_alarm_ms=500, lead_ms=300, tail_ms=400, answers=True)
PATIENCE_MS = 500 + 400 + WAY_MS
TALKING = Scene(appended_ms=10_000, is_given=True, is_active=True)
PLAYING = Scene(appended_ms=10_000, is_given=True, is_active=False)
SILENT = Scene(appended_ms=10_000, is_given=False, is_active=False)
STARTED = events.SpeechStarted("said", 9_600)
CREATED = events.ResponseCreated(events.WireResponse("resp"))
WORDS = events.InputTranscriptDone("said", "Stop it.")
NOISE = events.InputTranscriptDone("said", "(coughs)")


def stopped(spoken_ms: int) -> events.SpeechStopped:
    return events.SpeechStopped("said", 9_600 + 300 + spoken_ms + 400)


def verdicts(
    alarms: Alarms, *news: events.ServerEvent, scene: Scene = TALKING
) -> list[Verdict]:
    return [each for event in news for each in alarms.apply(event, GRACE, scene)]


def after_a_short_sound(scene: Scene = TALKING) -> Alarms:
    alarms = Alarms()
    heard = verdicts(alarms, STARTED, stopped(200), scene=scene)
    assert heard == [Hold(), FalseAlarm()]
    return alarms


def own(scene: Scene = PLAYING) -> Scene:
    return Scene(scene.appended_ms, scene.is_given, scene.is_active, is_own=True)


def test_speech_that_lasts_is_an_interruption_and_only_once() -> None:
    alarms = Alarms()
    verdicts(alarms, STARTED)

    assert list(alarms.appended(GRACE, 9_900 + PATIENCE_MS - 1)) == []
    assert list(alarms.appended(GRACE, 9_900 + PATIENCE_MS)) == [Interrupt()]
    assert list(alarms.appended(GRACE, 9_900 + PATIENCE_MS + 100)) == []
    assert verdicts(alarms, stopped(1_200)) == []


@pytest.mark.parametrize(
    ("spoken_ms", "verdict"), [(499, FalseAlarm()), (500, Interrupt())]
)
def test_speech_is_measured_without_what_the_server_adds(
    spoken_ms: int, verdict: Verdict
) -> None:
    assert verdicts(Alarms(), STARTED, stopped(spoken_ms)) == [Hold(), verdict]


@pytest.mark.parametrize("start_ms", [0, 5_000, 20_000])
def test_figures_that_cannot_be_are_not_counted_from(start_ms: int) -> None:
    alarms = Alarms()
    verdicts(alarms, events.SpeechStarted("said", start_ms))

    assert list(alarms.appended(GRACE, 10_000 + PATIENCE_MS - 1)) == []
    assert list(alarms.appended(GRACE, 10_000 + PATIENCE_MS)) == [Interrupt()]


@pytest.mark.parametrize(
    ("appended_ms", "verdict"),
    [(10_000 + 500 + 400 + WAY_MS, Interrupt()), (10_800, FalseAlarm())],
)
def test_without_figures_the_appended_sound_counts(
    appended_ms: int, verdict: Verdict
) -> None:
    alarms = Alarms()
    verdicts(alarms, events.SpeechStarted("said"))
    later = Scene(appended_ms, is_given=True, is_active=True)

    assert verdicts(alarms, events.SpeechStopped("said"), scene=later) == [verdict]


def test_speech_with_nothing_to_interrupt_is_a_turn_of_any_length() -> None:
    alarms = Alarms()

    assert verdicts(alarms, STARTED, stopped(100), WORDS, scene=SILENT) == []
    assert not alarms.is_short("said")


@pytest.mark.parametrize("scene", [TALKING, PLAYING])
def test_an_answer_that_begins_after_a_sound_without_words_is_dismissed(
    scene: Scene,
) -> None:
    alarms = after_a_short_sound(scene)

    assert verdicts(alarms, NOISE, scene=PLAYING) == [Discard("said")]
    assert verdicts(alarms, CREATED, scene=own()) == [Dismiss()]
    assert verdicts(alarms, CREATED, scene=own()) == []


def test_the_turn_after_a_sound_without_words_is_answered() -> None:
    alarms = after_a_short_sound()
    verdicts(alarms, NOISE)
    verdicts(alarms, STARTED, stopped(1_500), scene=SILENT)

    assert verdicts(alarms, CREATED, scene=own(SILENT)) == []


def test_a_sound_without_words_is_discarded() -> None:
    assert verdicts(after_a_short_sound(), NOISE) == [Discard("said")]


def test_words_make_a_turn_that_the_server_cannot_answer_while_it_talks() -> None:
    assert verdicts(after_a_short_sound(), WORDS) == [Interrupt(), Respond()]


def test_words_make_a_turn_that_an_idle_server_is_about_to_answer() -> None:
    alarms = after_a_short_sound(PLAYING)

    assert verdicts(alarms, WORDS, scene=PLAYING) == [Interrupt(), Expect()]
    assert verdicts(alarms, CREATED, scene=own()) == []


def test_an_expected_answer_that_is_refused_is_asked_for() -> None:
    alarms = after_a_short_sound(PLAYING)
    verdicts(alarms, WORDS, scene=PLAYING)

    assert list(alarms.refused(GRACE)) == [Respond()]
    assert list(alarms.refused(GRACE)) == []


def test_an_answer_to_a_sound_whose_words_are_not_known_is_dismissed() -> None:
    alarms = after_a_short_sound(PLAYING)

    assert verdicts(alarms, CREATED, scene=own()) == [Dismiss()]
    assert verdicts(alarms, WORDS, scene=PLAYING) == [Interrupt(), Respond()]


def test_an_answer_that_was_asked_for_takes_the_short_sound_in() -> None:
    alarms = after_a_short_sound(PLAYING)

    assert verdicts(alarms, CREATED, WORDS, scene=PLAYING) == []


def test_a_longer_turn_takes_the_short_sound_before_it_in() -> None:
    alarms = after_a_short_sound()
    following = events.SpeechStarted("more", 9_600)
    long = events.SpeechStopped("more", 12_000)

    assert verdicts(alarms, following, long) == [Hold(), Interrupt()]
    assert verdicts(alarms, CREATED, scene=own()) == []
    assert verdicts(alarms, WORDS) == []


def test_two_short_turns_ask_for_one_answer() -> None:
    alarms = after_a_short_sound()
    verdicts(
        alarms,
        events.SpeechStarted("again", 9_600),
        events.SpeechStopped("again", 10_500),
    )

    assert verdicts(alarms, WORDS) == [Interrupt(), Respond()]
    assert verdicts(alarms, events.InputTranscriptDone("again", "Stop it!")) == []


def test_an_interruption_that_the_server_could_not_answer_is_asked_for() -> None:
    alarms = Alarms()
    verdicts(alarms, STARTED, stopped(600))

    assert list(alarms.refused(GRACE)) == [Respond()]


def test_a_refusal_of_an_answer_to_a_short_sound_is_awaited() -> None:
    alarms = after_a_short_sound()

    assert list(alarms.refused(GRACE)) == []
    assert alarms.is_short("said")


def test_words_that_come_while_the_person_speaks_need_no_patience() -> None:
    assert verdicts(Alarms(), STARTED, NOISE, WORDS) == [Hold(), Interrupt()]


def test_a_sound_whose_words_cannot_be_had_stays() -> None:
    alarms = after_a_short_sound()
    failed = events.InputTranscriptFailed("said")

    assert verdicts(alarms, failed, NOISE, WORDS) == []


def test_an_answer_that_begins_while_the_person_speaks_is_held() -> None:
    alarms = Alarms()
    verdicts(alarms, STARTED, scene=SILENT)

    assert verdicts(alarms, CREATED, scene=own(SILENT)) == [Hold()]
    assert list(alarms.appended(GRACE, 9_900 + PATIENCE_MS)) == [Interrupt()]


def test_an_answer_that_was_asked_for_while_one_speaks_is_left_alone() -> None:
    alarms = Alarms()
    verdicts(alarms, STARTED, scene=SILENT)

    assert verdicts(alarms, CREATED, scene=SILENT) == []
    assert list(alarms.appended(GRACE, 20_000)) == []


def test_after_an_interruption_by_hand_the_speech_is_a_turn() -> None:
    alarms = Alarms()
    verdicts(alarms, STARTED)
    alarms.interrupted()

    assert list(alarms.appended(GRACE, 20_000)) == []
    assert verdicts(alarms, stopped(100)) == []
    assert not alarms.is_short("said")


def test_servers_without_names_name_the_item_when_it_is_there() -> None:
    alarms = Alarms()
    nameless = events.SpeechStopped("", 10_500)
    verdicts(alarms, events.SpeechStarted("", 9_600), nameless)
    verdicts(alarms, events.InputCommitted("said"))

    assert verdicts(alarms, NOISE) == [Discard("said")]


def test_a_commit_is_the_end_of_speech_where_nothing_else_says_so() -> None:
    heard = verdicts(Alarms(), STARTED, events.InputCommitted("said"))

    assert heard == [Hold(), FalseAlarm()]


def test_a_late_commit_does_not_end_the_speech_that_follows() -> None:
    alarms = Alarms()
    verdicts(alarms, STARTED, events.InputCommitted("earlier"))

    assert list(alarms.appended(GRACE, 9_900 + PATIENCE_MS)) == [Interrupt()]


@pytest.mark.parametrize(
    "detection",
    [PushToTalk(), ServerVad(interrupt_response=False), ServerVad(false_alarm_ms=0)],
)
def test_where_the_server_decides_or_nobody_there_is_no_grace(
    detection: TurnDetection,
) -> None:
    assert grace_of(detection) is None


def test_grace_is_what_the_settings_say() -> None:
    vad = ServerVad(prefix_padding_ms=200, silence_duration_ms=600, false_alarm_ms=300)
    semantic = grace_of(SemanticVad(create_response=False))

    assert grace_of(vad) == Grace(300, 200, 600, answers=True)
    assert semantic is not None
    assert (semantic.false_alarm_ms, semantic.answers) == (500, False)


@pytest.mark.parametrize("transcript", ["Yes", " (coughs) no", "3", "はい", "[a] b."])
def test_words_are_words(transcript: str) -> None:
    assert has_words(transcript)


@pytest.mark.parametrize(
    "transcript",
    ["", " \n", "(coughs)", "[BLANK_AUDIO]", "*door* (steps)", "♪ …", "<noise>", "?!"],
)
def test_noises_are_no_words(transcript: str) -> None:
    assert not has_words(transcript)
