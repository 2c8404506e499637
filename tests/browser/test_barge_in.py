"""Speech over an answer in JupyterLab: what is heard, and what the server is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.fades import without_fades
from tests.browser.interruptions import (
    APART_S,
    RATE,
    TURN_S,
    answers,
    is_silent,
    is_sounding,
    judge,
    page_says,
    provoke,
    write_bursts,
)
from tests.browser.sound import MICROPHONE_TAP, PLAIN_MICROPHONE, heard
from tests.browser.talk import type_in, widget_cells
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.jupyter import Notebook
    from tests.servers.process import RealtimeServerProcess

    OpenNotebook = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCRIPTS = (MICROPHONE_TAP, PLAIN_MICROPHONE)
INTERRUPTIONS = 12
COUGHS = 4
COUGHED_S = 13
"""Of an answer: all coughs come within it, and its end after them."""


def test_speech_at_any_moment_ends_the_answer_where_the_server_is_told(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(3)
    gaps = TURN_S + rng.uniform(-0.2, 2, INTERRUPTIONS)
    lengths = rng.uniform(1.2, 1.4, INTERRUPTIONS)
    wav = write_bursts(tmp_path / "voice.wav", list(lengths), list(gaps))
    process = server("counter", duration=12, apart=APART_S, pace=4, heard="no|stop")
    shown = notebook(widget_cells(process), microphone=wav, scripts=SCRIPTS)
    provoke(shown.page, process, INTERRUPTIONS)
    assert len(judge(shown.page, process)) == INTERRUPTIONS + 1
    assert shown.value("w.error") == {}
    roles = shown.texts("[item.role for item in w.conversation if item.text]")
    assert roles.count("user") == INTERRUPTIONS + 1


@pytest.mark.parametrize("transcript", ["late", "early"])
def test_a_short_noise_pauses_the_answer_which_goes_on_where_it_stopped(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    tmp_path: Path,
    transcript: str,
) -> None:
    """That there were no words is known before or after the server's own answer."""
    rng = np.random.default_rng(5)
    gaps = 1.5 + rng.uniform(0, 1.5, COUGHS)
    wav = write_bursts(tmp_path / "coughs.wav", [0.25] * COUGHS, list(gaps))
    options = {"duration": COUGHED_S, "apart": APART_S, "pace": 3, "heard": ""}
    process = server("counter", **options, transcript=transcript)
    shown = notebook(widget_cells(process), microphone=wav, scripts=SCRIPTS)
    type_in(shown, "Count")
    is_sounding(shown.page)
    shown.card.get_by_role("button", name="Start microphone").click()
    played = f"window.__sound.sounding >= {(COUGHED_S - 0.1) * RATE}"
    page_says(shown.page, played)
    is_silent(shown.page)
    samples, _ = heard(shown.page)
    report = check_counter(without_fades(samples), expected=COUGHED_S * RATE, lead=True)
    assert (report.lost, report.repeated, report.reordered) == (0, 0, 0)
    assert report.received == COUGHED_S * RATE
    assert len(report.pieces) == COUGHS + 1
    [first, *others] = answers(process)
    assert (first.status, first.truncated_ms, first.deleted) == ("completed", (), 0)
    assert {answer.deleted for answer in others} <= {1}
    assert shown.texts("[i.role for i in w.conversation]") == ["user", "assistant"]


def is_told_of(count: int, process: RealtimeServerProcess) -> bool:
    """Whether a server has been told the ends of so many answers."""
    return len(process.received("conversation.item.truncate")) >= count


def test_python_interrupts_as_a_person_does(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    process = server("counter", duration=12, apart=APART_S, pace=2)
    shown = notebook(widget_cells(process))
    for number in range(3):
        type_in(shown, "Count")
        is_sounding(shown.page)
        shown.run("w.interrupt()")
        is_silent(shown.page)
        process.wait_for(partial(is_told_of, number + 1))
    given = judge(shown.page, process)
    assert [answer.cancelled for answer in given] == [1, 1, 1]
    assert {answer.status for answer in given} == {"cancelled"}
