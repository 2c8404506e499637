from __future__ import annotations

from html.parser import HTMLParser

import numpy as np

from rt_widget import Audio, Reply
from rt_widget.calls import Call
from rt_widget.meters import Latency

EVIL = '<script>alert(1)</script> & "quotes" \u202e \x1b[31m'
CALL = Call("call_1", EVIL, EVIL * 100, "timed_out", seconds=30.04)


def reply(**given: object) -> Reply:
    fields: dict[str, object] = {
        "text": "Hello",
        "audio": Audio(np.zeros(24_000, np.float32)),
        "status": "completed",
        "usage": None,
        "latency": Latency(),
    }
    return Reply(**{**fields, **given})  # type: ignore[arg-type] # any of its fields


class Shown(HTMLParser):
    """What of HTML is markup, and what is read."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_reply_shows_its_text_and_a_player() -> None:
    shown = Shown(reply()._repr_html_())

    assert "Hello" in shown.text
    assert "completed" not in shown.text
    assert shown.tags.count("audio") == 1
    assert "audio" not in Shown(reply(audio=Audio([]))._repr_html_()).tags


def test_a_reply_that_is_not_whole_says_why() -> None:
    shown = Shown(reply(status="interrupted", reason="turn_detected")._repr_html_())

    assert "interrupted: turn_detected" in shown.text


def test_a_reply_shows_the_tools_that_ran() -> None:
    call = Call("call_1", "weather", '{"city": "Bern"}', "completed", seconds=0.25)
    shown = Shown(reply(tool_calls=(call,))._repr_html_())

    assert 'weather {"city": "Bern"} (completed, 0.2 s)' in shown.text


def test_all_that_others_wrote_is_text() -> None:
    evil = reply(text=EVIL, status="failed", reason=EVIL, tool_calls=(CALL,))
    tame = reply(text="a", status="failed", reason="a", tool_calls=(CALL,))
    shown = Shown(evil._repr_html_())

    assert "script" not in shown.tags
    assert shown.tags == Shown(tame._repr_html_()).tags
    assert shown.text.count(EVIL) >= 3
    assert "tex2jax_ignore" in evil._repr_html_()


def test_a_reply_is_one_readable_line() -> None:
    assert repr(reply()) == "Reply('Hello', completed, 1.0 s)"
    evil = repr(reply(text=f"two\nlines {EVIL}" * 50, tool_calls=(CALL,)))
    assert "\n" not in evil
    assert "\x1b" not in evil
    assert "\u202e" not in evil
    assert len(evil) < 300


def test_a_reply_prints_as_its_text() -> None:
    assert str(reply(text="two\nlines")) == "two\nlines"
