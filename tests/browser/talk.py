"""A widget in a notebook, and what a person and the server do about it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.jupyter import Notebook
    from tests.servers.process import RealtimeServerProcess


def widget_cells(
    server: RealtimeServerProcess, *more: str, settings: str = ""
) -> list[str]:
    """Cells that show a widget `w`; `settings` are more of its arguments."""
    return widget_cells_at(server.url, *more, settings=settings)


def widget_cells_at(url: str, *more: str, settings: str = "") -> list[str]:
    """The same for a server's URL, such as a proxy's."""
    return [
        "from rt_widget import RealtimeWidget",
        f"w = RealtimeWidget(base_url={url!r}, api_key='local', {settings})\nw",
        *more,
    ]


def arrivals(process: RealtimeServerProcess) -> list[bytes]:
    """The microphone's pieces on the server's socket."""
    lines = process.received("input_audio_buffer.append")
    return [base64.b64decode(line["event"]["audio"]) for line in lines]


def type_in(notebook: Notebook, text: str) -> None:
    """Type a message and send it."""
    notebook.card.get_by_role("textbox", name="Message").fill(text)
    notebook.card.get_by_role("button", name="Send").click()


def wait_until_played(notebook: Notebook, seconds: float) -> None:
    """Until the page has played about that much sound, and is silent after it."""
    notebook.page.wait_for_function(
        """(wanted) => {
          const { loud, quiet, rate } = window.__sound;
          return rate > 0 && quiet && loud >= (wanted - 0.2) * rate;
        }""",
        arg=seconds,
        polling=200,
        timeout=120_000,
    )


def wait_until_counted(notebook: Notebook, seconds: float) -> None:
    """Until that much of a counter signal was played, and nothing after it.

    Pauses do not count, however many; a fade at each edge may make a sample nothing.
    """
    notebook.page.wait_for_function(
        """(wanted) => {
          const { edges, sounding, quiet, rate } = window.__sound;
          const least = wanted * rate - edges.length;
          return rate > 0 && quiet && sounding >= least;
        }""",
        arg=seconds,
        polling=100,
        timeout=200_000,
    )
