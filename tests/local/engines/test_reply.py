from __future__ import annotations

import json

import pytest

from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.backends.local.engines.reply import Reply
from rt_widget.errors import BackendError


def text(content: str | None, reason: str | None = None) -> str:
    choice = {"delta": {"content": content}, "finish_reason": reason, "index": 0}
    return json.dumps({"choices": [choice]})


def progress(total: int, cache: int) -> str:
    choice = {"delta": {"role": "assistant", "content": None}, "finish_reason": None}
    counts = {"total": total, "cache": cache, "processed": 0, "time_ms": 0}
    return json.dumps({"choices": [choice], "prompt_progress": counts})


def test_text_and_counts_are_read() -> None:
    heard: list[str] = []

    def take(piece: str) -> bool:
        heard.append(piece)
        return True

    reply = Reply(take, longest_prompt=100)
    usage = {"completion_tokens": 7, "prompt_tokens": 30}
    for chunk in (
        progress(30, 12),
        text(None),
        text("Grüße"),
        text(" 🙂"),
        text(None, "stop"),
        json.dumps({"choices": [], "usage": usage}),
    ):
        assert reply.take(chunk) is False
    reply.raise_failure()
    assert heard == ["", "Grüße", " 🙂"]
    assert reply.usage == LlmUsage(30, 7, 12, "stop")


def test_stopping_is_at_once_and_for_good() -> None:
    heard: list[str] = []

    def take(piece: str) -> bool:
        heard.append(piece)
        return len(heard) < 2

    reply = Reply(take, longest_prompt=100)
    answers = [reply.take(text(word)) for word in ("one", " two", " three")]
    assert answers == [False, True, True]
    assert heard == ["one", " two"]
    assert reply.usage == LlmUsage(output_tokens=2)


def test_too_long_a_prompt_is_stopped_before_it_is_read() -> None:
    reply = Reply(lambda _: True, longest_prompt=100)
    assert reply.take(progress(101, 0)) is True
    assert reply.overflow == 101
    refused = {"code": 400, "message": "exceeds", "n_prompt_tokens": 3_000}
    reply = Reply(lambda _: True, longest_prompt=100)
    assert reply.take(json.dumps({"error": refused})) is True
    assert reply.overflow == 3_000
    reply.raise_failure()


@pytest.mark.parametrize(
    ("chunk", "said"),
    [
        ('{"error": {"message": "out of paper"}}', "out of paper"),
        ('{"error": "no"}', "no"),
        ('{"choices": [', "not JSON"),
        ("", "not JSON"),
    ],
)
def test_errors_wait_until_they_can_be_raised(chunk: str, said: str) -> None:
    reply = Reply(lambda _: True, longest_prompt=100)
    assert reply.take(chunk) is True
    with pytest.raises(BackendError, match=said):
        reply.raise_failure()


def test_what_the_listener_raises_reaches_the_caller() -> None:
    def fail(_: str) -> bool:
        raise KeyboardInterrupt

    reply = Reply(fail, longest_prompt=100)
    assert reply.take(text("word")) is True
    with pytest.raises(KeyboardInterrupt):
        reply.raise_failure()


@pytest.mark.parametrize("chunk", ["null", "[]", "3", '{"choices": []}', '{"x": 1}'])
def test_unknown_chunks_are_passed_over(chunk: str) -> None:
    reply = Reply(lambda _: True, longest_prompt=100)
    assert reply.take(chunk) is False
    reply.raise_failure()
