"""Functions of a notebook that a voice calls, as a person sees it in JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.talk import type_in, widget_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.jupyter import Notebook
    from tests.servers.process import RealtimeServerProcess

    OpenNotebook = Callable[..., Notebook]
    StartServer = Callable[..., RealtimeServerProcess]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WEATHER = """
@w.tool
def weather(city: str, days: int = 1) -> str:
    "Look out of a window."
    print("looking out of a window of", city)
    return f"sunny in {city}"
"""

PLOT = """
import matplotlib.pyplot as plt

@w.tool
def plot_speed(minutes: int = 20):
    "Plot how the train speeds up."
    figure, axes = plt.subplots()
    axes.plot([250 * (1 - 0.8**minute) for minute in range(minutes)])
    axes.set_title("Speed")
    return figure
"""

TABLE = """
import pandas as pd

@w.tool
def stops() -> pd.DataFrame:
    "List the stops."
    return pd.DataFrame({"station": ["Ulm", "Augsburg"], "minutes": [3, 2]})
"""

MAIL = """
sent = []

@w.tool(confirm=True)
def send_mail(to: str) -> str:
    "Send a mail."
    sent.append(to)
    return "sent"
"""

WEATHER_AND_MAIL = """
sent = []

@w.tool
def weather(city: str, to: str = "") -> str:
    return f"sunny in {city}"

@w.tool(confirm=True)
def send_mail(to: str, city: str = "") -> str:
    "Send a mail."
    sent.append(to)
    return "sent"
"""

FAILING = """
@w.tool
def broken() -> str:
    "Never works."
    print("trying")
    raise RuntimeError("no such train")
"""

ADA = '{"to": "ada"}'


def call(shown: Notebook, name: str) -> Locator:
    """The row of a call in the conversation."""
    line = shown.page.locator("summary", has_text=re.compile(rf"^{name}\("))
    return shown.card.locator(".rt-turn[data-role=tool]", has=line)


def state(row: Locator, words: str | re.Pattern[str]) -> None:
    """Wait until a call says so of itself."""
    expect(row.locator(".rt-call-state")).to_have_text(words, timeout=30_000)


def answer(shown: Notebook, words: str) -> None:
    """Wait until the assistant has said so."""
    log = shown.card.get_by_role("log", name="Conversation")
    expect(log).to_contain_text(words, timeout=30_000)


def reach(shown: Notebook, control: Locator) -> None:
    """Go with the Tab key from the card to a control."""
    shown.card.focus()
    for _ in range(20):
        shown.page.keyboard.press("Tab")
        if control.evaluate("(control) => control.matches(':focus')"):
            break
    expect(control).to_be_focused()


def opened(
    notebook: OpenNotebook,
    server: RealtimeServerProcess,
    *cells: str,
    fresh: bool = False,
) -> Notebook:
    """A notebook whose cells have been run."""
    told = 'print("all", "has", "run")'
    shown = notebook(widget_cells(server, *cells, told), fresh=fresh)
    expect(shown.page.get_by_text("all has run", exact=True)).to_be_visible(
        timeout=60_000
    )
    return shown


def test_a_function_of_the_notebook_answers(
    server: StartServer, notebook: OpenNotebook
) -> None:
    shown = opened(notebook, server("tool"), WEATHER)
    type_in(shown, '{"city": "Paris"}')
    answer(shown, "The tool said: sunny in Paris")
    row = call(shown, "weather")
    state(row, re.compile(r"^Done · \d+\.\d+ s$"))
    line = row.locator("summary")
    expect(line).to_contain_text('weather(city: "Paris")→ sunny in Paris')
    line.click()
    printed = row.get_by_role("group", name="Printed")
    expect(printed).to_have_text("looking out of a window of Paris\n")
    roles = "(rows) => rows.map((row) => row.dataset.role)"
    order = shown.card.locator(".rt-turn").evaluate_all(roles)
    assert order == ["user", "tool", "assistant"]


def test_a_plot_and_a_table_are_seen(
    server: StartServer, notebook: OpenNotebook
) -> None:
    shown = opened(notebook, server("tool", calls=2), PLOT, TABLE)
    type_in(shown, "{}")
    answer(shown, "The tool said: ")
    image = call(shown, "plot_speed").get_by_role("img")
    expect(image).to_be_visible(timeout=30_000)
    shown.page.wait_for_function(
        "() => document.querySelector('.rt-shown img').naturalWidth > 100"
    )
    assert image.get_attribute("alt")
    table = call(shown, "stops").get_by_role("table")
    expect(table.get_by_role("columnheader", name="station")).to_be_visible()
    expect(table.get_by_role("cell", name="Augsburg")).to_be_visible()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_call_runs_only_when_the_person_allows_it(
    server: StartServer, notebook: OpenNotebook, by: str
) -> None:
    shown = opened(notebook, server("tool"), MAIL)
    type_in(shown, ADA)
    row = call(shown, "send_mail")
    state(row, "Asks you")
    expect(shown.card.get_by_role("status")).to_have_text("Waiting for you")
    assert shown.value("sent") == []
    allow = row.get_by_role("button", name="Allow send_mail", exact=True)
    if by == "mouse":
        allow.click()
    else:
        reach(shown, allow)
        shown.page.keyboard.press("Enter")
    answer(shown, "The tool said: sent")
    state(row, re.compile("^Done"))
    expect(allow).to_be_hidden()
    assert shown.value("sent") == ["ada"]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_call_that_is_declined_does_not_run(
    server: StartServer, notebook: OpenNotebook, by: str
) -> None:
    shown = opened(notebook, server("tool"), MAIL)
    type_in(shown, ADA)
    row = call(shown, "send_mail")
    decline = row.get_by_role("button", name="Decline send_mail", exact=True)
    expect(decline).to_be_visible(timeout=30_000)
    if by == "mouse":
        decline.click()
    else:
        reach(shown, decline)
        shown.page.keyboard.press("Space")
    answer(shown, "The tool said: ")
    state(row, re.compile("^Declined"))
    assert shown.value("sent") == []


def test_a_reload_of_the_page_keeps_calls_and_open_questions(
    server: StartServer, notebook: OpenNotebook
) -> None:
    shown = opened(notebook, server("tool", calls=2), WEATHER_AND_MAIL, fresh=True)
    type_in(shown, '{"city": "Paris", "to": "ada"}')
    state(call(shown, "weather"), re.compile("^Done"))
    state(call(shown, "send_mail"), "Asks you")
    shown.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    shown.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    shown.page.reload()
    state(call(shown, "weather"), re.compile("^Done"))
    row = call(shown, "send_mail")
    state(row, "Asks you")
    expect(shown.card.get_by_role("status")).to_have_text("Waiting for you")
    row.get_by_role("button", name="Allow send_mail", exact=True).click()
    answer(shown, "The tool said: ")
    state(row, re.compile("^Done"))
    assert shown.value("sent") == ["ada"]


def test_a_function_that_raises_is_seen_with_what_it_printed(
    server: StartServer, notebook: OpenNotebook
) -> None:
    shown = opened(notebook, server("tool"), FAILING)
    type_in(shown, "{}")
    answer(shown, "The tool said: ")
    row = call(shown, "broken")
    state(row, re.compile("^Failed"))
    expect(row.locator("summary")).to_contain_text("no such train")
    row.locator("summary").click()
    expect(row.get_by_role("group", name="Printed")).to_contain_text("trying")
    expect(shown.card.get_by_role("status")).to_have_text("Ready", timeout=30_000)
