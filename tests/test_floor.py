from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.floor import Floor

STARTED = events.SpeechStarted("said")
STOPPED = events.SpeechStopped("said")
CREATED = events.ResponseCreated(events.WireResponse("resp"))
DONE = events.ResponseDone(events.WireResponse("resp", "completed"))


def status(
    *news: events.ServerEvent, unasked: bool = True, is_idle: bool = True
) -> str:
    floor = Floor()
    for event in news:
        floor.apply(event, answers_unasked=unasked)
    return floor.status(is_speaking=False, is_idle=is_idle)


@pytest.mark.parametrize(
    ("news", "shown"),
    [
        ([], "ready"),
        ([STARTED], "listening"),
        ([STARTED, STOPPED], "thinking"),
        ([STARTED, events.InputCommitted("said")], "thinking"),
        ([STARTED, STOPPED, STARTED], "listening"),
        ([STARTED, STOPPED, events.InputTranscriptDone("said", "Hi")], "thinking"),
        ([STARTED, STOPPED, events.InputTranscriptDone("said", " \n")], "ready"),
        ([STARTED, STOPPED, CREATED], "ready"),
        ([STARTED, STOPPED, DONE], "ready"),
    ],
)
def test_the_floor_goes_from_one_to_the_other(
    news: list[events.ServerEvent], shown: str
) -> None:
    assert status(*news) == shown


def test_nothing_is_awaited_of_a_server_that_answers_only_when_asked() -> None:
    assert status(STARTED, STOPPED, unasked=False) == "ready"


def test_an_answer_is_awaited_from_the_question_on() -> None:
    floor = Floor()
    floor.handed_over()
    assert floor.status(is_speaking=False, is_idle=True) == "thinking"

    floor.apply(CREATED, answers_unasked=False)
    assert floor.status(is_speaking=False, is_idle=False) == "thinking"
    assert floor.status(is_speaking=True, is_idle=False) == "speaking"
    assert floor.status(is_speaking=False, is_idle=True) == "ready"


def test_a_person_who_speaks_has_the_floor_whatever_the_assistant_does() -> None:
    floor = Floor()
    floor.apply(STARTED, answers_unasked=True)

    assert floor.status(is_speaking=True, is_idle=False) == "listening"
