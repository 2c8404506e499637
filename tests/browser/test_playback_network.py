"""Long answers over a line that is not even: every sample is heard, once, in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.fades import without_fades
from tests.browser.sound import FAST, heard
from tests.browser.talk import (
    type_in,
    wait_until_counted,
    widget_cells,
    widget_cells_at,
)
from tests.servers.chaos import ChaosProxy, Line
from tests.servers.signals import check_counter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.jupyter import Notebook
    from tests.servers.process import RealtimeServerProcess

    OpenNotebook = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RATE = 24_000
MINUTES_S = 600
STREAM_S = 30
ADAPTED_S = 20
"""By then the buffer has met what the line can do."""
UNEVEN = Line(latency=0.02, jitter=0.2, loss=0.01, resend_after=0.25, seed=11)


def says_gaps(shown: Notebook, count: int) -> None:
    """The card's counter is what the recorder beside the speakers has seen."""
    gaps = shown.card.get_by_text(re.compile(rf"^{count or '.*'} gaps?$"))
    expect(gaps).to_be_visible(visible=count > 0)


def test_ten_minutes_in_bursts_are_played_to_the_sample(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    """At 32 times the speed, and so with pauses where a burst comes late."""
    process = server("burst", duration=MINUTES_S, bursts=12, gap=0.5)
    shown = notebook(widget_cells(process), scripts=[FAST])
    type_in(shown, "Count")
    wait_until_counted(shown, MINUTES_S)
    samples, rate = heard(shown.page)
    assert rate == RATE
    report = check_counter(without_fades(samples), expected=MINUTES_S * RATE, lead=True)
    assert (report.lost, report.repeated, report.reordered) == (0, 0, 0)
    assert report.received == MINUTES_S * RATE
    says_gaps(shown, len(report.pieces) - 1)


def test_a_line_with_loss_and_jitter_costs_no_sample(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    process = server("counter", duration=STREAM_S, pace=1)
    with ChaosProxy(process.port, UNEVEN) as proxy:
        shown = notebook(widget_cells_at(proxy.url))
        type_in(shown, "Count")
        wait_until_counted(shown, STREAM_S)
    samples, _ = heard(shown.page)
    report = check_counter(without_fades(samples), expected=STREAM_S * RATE, lead=True)
    assert (report.lost, report.repeated, report.reordered) == (0, 0, 0)
    assert report.received == STREAM_S * RATE
    holes = [piece.position / RATE for piece in report.pieces[1:]]
    assert max(holes, default=0) < ADAPTED_S, f"it ran dry at {holes} s"
    says_gaps(shown, len(holes))


def test_a_gap_is_counted_on_the_card(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    process = server("burst", duration=2, bursts=2, gap=3)
    shown = notebook(widget_cells(process))
    type_in(shown, "Count")
    wait_until_counted(shown, 2)
    samples, _ = heard(shown.page)
    report = check_counter(without_fades(samples), expected=2 * RATE, lead=True)
    assert (report.lost, report.repeated, report.received) == (0, 0, 2 * RATE)
    assert len(report.pieces) > 1
    says_gaps(shown, len(report.pieces) - 1)
