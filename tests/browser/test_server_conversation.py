"""A conversation in JupyterLab with a Realtime server in a process of its own."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.fades import without_fades
from tests.browser.sound import heard, trimmed
from tests.browser.talk import (
    arrivals,
    type_in,
    wait_until_counted,
    wait_until_played,
    widget_cells,
)
from tests.servers.signals import check_counter
from tests.speech import write_wav

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.jupyter import Notebook
    from tests.servers.process import RealtimeServerProcess

    OpenNotebook = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_typed_question_is_answered_in_words_and_sound(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    shown = notebook(widget_cells(server("echo")))
    type_in(shown, "Hello from the page")
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said: Hello from the page", timeout=20_000)
    wait_until_played(shown, 1.0)
    assert shown.value("w.status") == "ready"
    assert shown.value("w.error") == {}
    assert shown.value("w.text") == "You said: Hello from the page"


def test_spoken_turn_reaches_the_server_whole(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    tmp_path: Path,
) -> None:
    """The fake microphone says 1.5 s of noise bursts; the server's VAD hears a turn."""
    rng = np.random.default_rng(7)
    burst = rng.normal(0, 0.2, 36_000)
    sound = np.concatenate([np.zeros(48_000), burst, np.zeros(96_000)])
    wav = write_wav(tmp_path / "said.wav", sound, 24_000)
    process = server("echo", heard="a burst of noise")
    shown = notebook(widget_cells(process), microphone=wav)
    shown.card.get_by_role("button", name="Start microphone").click()
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said: a burst of noise", timeout=30_000)
    shown.card.get_by_role("button", name="Stop microphone").click()
    expect(shown.card.get_by_role("button", name="Start microphone")).to_be_visible()
    pcm = b"".join(arrivals(process))
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    assert len(samples) / 24_000 > 3
    # Echo cancellation and noise suppression shape the sound, not its length.
    assert len(trimmed(samples, 0.02)) / 24_000 == pytest.approx(1.5, abs=0.4)


def test_equal_chunks_are_all_played(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    """Equal values are where synced traits drop updates."""
    shown = notebook(widget_cells(server("equal", count=50, pace=2)))
    type_in(shown, "The same again")
    wait_until_played(shown, 5)
    samples, rate = heard(shown.page)
    assert rate == 24_000
    seconds = len(trimmed(samples)) / rate
    assert seconds == pytest.approx(5.0, abs=0.005)


COMPUTES = """
import time
end = time.monotonic() + 30
while time.monotonic() < end:
    pass
done += ["computed"]
"""
SLEEPS = """
import time
time.sleep(30)
done += ["slept"]
"""


def test_busy_cells_cost_no_sample_of_a_minute_either_way(
    server: Callable[..., RealtimeServerProcess],
    notebook: OpenNotebook,
    tmp_path: Path,
) -> None:
    """A cell computes for 30 s and another sleeps for 30 s.

    Meanwhile no microphone piece is lost, and of 60 s of numbered samples none is
    lost, repeated or reordered.
    """
    rng = np.random.default_rng(3)
    wav = write_wav(tmp_path / "said.wav", rng.normal(0, 0.001, 90 * 24_000), 24_000)
    process = server("counter", duration=60, pace=1.5)
    shown = notebook([*widget_cells(process), "done = []"], microphone=wav)
    shown.card.get_by_role("button", name="Start microphone").click()
    process.wait_for(lambda s: len(s.received("input_audio_buffer.append")) > 20, 20)
    shown.page.evaluate(
        """(cells) => {
          const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
          for (const code of cells) session.kernel.requestExecute({ code });
        }""",
        [COMPUTES, SLEEPS],
    )
    before = len(arrivals(process))
    type_in(shown, "Count while the cells are busy")
    wait_until_counted(shown, 60)
    process.wait_for(lambda s: len(arrivals(s)) >= before + 600, 30)
    assert shown.texts("done") == ["computed", "slept"]
    shown.card.get_by_role("button", name="Stop microphone").click()
    expect(shown.card.get_by_role("button", name="Start microphone")).to_be_visible()
    sent = shown.page.evaluate("() => window.__microphone")
    process.wait_for(lambda s: len(arrivals(s)) >= len(sent), 10)
    assert [base64.b64decode(piece) for piece in sent] == arrivals(process)
    samples, rate = heard(shown.page)
    assert rate == 24_000
    # Where a browser got no time at all, sound pauses: it fades, and is not lost.
    report = check_counter(without_fades(samples), expected=60 * rate, lead=True)
    assert (report.lost, report.repeated, report.reordered) == (0, 0, 0)
    assert report.received == 60 * rate
    assert shown.value("len(w.audio.samples)") == 60 * rate


def test_the_temperature_slider_says_why_it_is_off(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    process = server("echo")
    shown = notebook(widget_cells(process))
    shown.card.get_by_role("button", name="Settings").click()
    slider = shown.card.get_by_role("slider", name="Temperature")
    expect(slider).to_be_disabled()
    expect(shown.card).to_contain_text("takes no temperature")
    expect(shown.card.get_by_role("slider", name="Speed")).to_be_enabled()
    type_in(shown, "Hello")
    expect(shown.card).to_contain_text("You said: Hello", timeout=20_000)
    shown.run("w.temperature = 1.1")
    type_in(shown, "Once more")
    expect(shown.card).to_contain_text("You said: Once more", timeout=20_000)
    assert "temperature" not in json.dumps(process.received())


def test_a_refused_microphone_says_what_to_do_and_text_still_works(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    shown = notebook(widget_cells(server("echo")), grant=False)
    shown.card.get_by_role("button", name="Start microphone").click()
    expect(shown.card.get_by_role("alert")).to_contain_text("icrophone")
    type_in(shown, "Then I type")
    expect(shown.card).to_contain_text("You said: Then I type", timeout=20_000)


def test_the_key_never_reaches_the_page_or_the_file(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    process = server("echo")
    secret = f"sk-{secrets.token_hex(12)}"
    cells = [
        "from rt_widget import RealtimeWidget",
        f"key = ''.join({list(secret)!r})",
        f"w = RealtimeWidget(base_url={process.url!r}, api_key=key)\nw",
        "repr(w), str(w)",
    ]
    shown = notebook(cells, fresh=True)
    frames: list[str] = []

    type_in(shown, "Hello")
    expect(shown.card).to_contain_text("You said: Hello", timeout=20_000)
    frames.extend(shown.page.evaluate("() => window.__frames"))
    assert any("You said" in frame for frame in frames)
    assert not any(secret in frame for frame in frames)
    shown.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    shown.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    assert secret not in shown.page.content()
    assert secret not in shown.path.read_text()


def test_a_script_and_cells_ask_the_same(
    server: Callable[..., RealtimeServerProcess], notebook: OpenNotebook
) -> None:
    cells = widget_cells(
        server("echo"),
        "first = await w.ask('From an awaiting cell')",
        "second = w.ask_sync('From a plain cell')",
    )
    shown = notebook(cells)
    expect(shown.card).to_contain_text("You said: From a plain cell", timeout=30_000)
    assert shown.value("[first.text, second.text]") == [
        "You said: From an awaiting cell",
        "You said: From a plain cell",
    ]
