from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.engines.history import shortened
from rt_widget.errors import BackendError

SYSTEM = ChatMessage("system", "Be kind.")


def talk(turns: int) -> list[ChatMessage]:
    history = [SYSTEM]
    for number in range(turns):
        history.append(ChatMessage("user", f"Question {number} " + "why " * 10))
        history.append(ChatMessage("assistant", f"Answer {number} " + "so " * 10))
    return [*history, ChatMessage("user", "And now?")]


@given(turns=st.integers(1, 40), tokens=st.integers(101, 4_000))
def test_oldest_turns_go_first(turns: int, tokens: int) -> None:
    history = talk(turns)
    kept = shortened(history, tokens=tokens, budget=100)
    assert kept[0] == SYSTEM
    assert kept[1].role == "user"
    assert kept[1:] == history[len(history) - len(kept) + 1 :]
    assert 2 <= len(kept) < len(history)


def test_no_more_goes_than_must() -> None:
    history = talk(10)
    assert shortened(history, tokens=101, budget=100) == [SYSTEM, *history[3:]]


def test_a_single_turn_that_is_too_long_is_an_error() -> None:
    for history in ([ChatMessage("user", "long")], [SYSTEM]):
        with pytest.raises(BackendError, match="300 tokens") as failure:
            shortened(history, tokens=300, budget=100)
        assert failure.value.code == "context_exceeded"
