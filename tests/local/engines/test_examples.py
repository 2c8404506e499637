from __future__ import annotations

from rt_widget.backends.local.calling.deciding import deciding_messages
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.engines.examples import EXAMPLES, with_examples
from rt_widget.config import ToolSpec

SYSTEM = ChatMessage("system", "Be kind.")
HELLO = ChatMessage("user", "Hello.")


def test_instructions_end_with_examples() -> None:
    first, second = with_examples([SYSTEM, HELLO])
    assert first == ChatMessage("system", f"Be kind.{EXAMPLES}")
    assert second == HELLO


def test_where_nobody_instructs_nothing_is_added() -> None:
    assert with_examples([HELLO]) == [HELLO]
    assert with_examples([]) == []


def test_a_decision_about_tools_is_left_as_it_was_measured() -> None:
    tool = ToolSpec("beep", "Make a sound.", {"type": "object", "properties": {}})
    messages = deciding_messages([tool], "Beep, please.")
    assert with_examples(messages) == list(messages)
