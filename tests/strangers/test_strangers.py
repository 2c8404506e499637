"""Stock clients speak with `rt-widget serve`: a tool call, and an interruption."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget.audio import Audio
from tests.local.serving.command import serve_command
from tests.servers.judge import judge
from tests.speech import recognise, speak, words
from tests.strangers.clients import Client, javascript, python
from tests.strangers.talking import RATE_HZ, Act, Plan, calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from tests.local.serving.command import Command
    from tests.servers.wire import JsonObject
    from tests.strangers.conversation import Conversation

pytestmark = [pytest.mark.weights, pytest.mark.timeout(420)]

TEMPERATURE = "What is the temperature in Paris?"
BREAD = "Please explain how bread is made, step by step."
CAPITAL = "What is the capital of Italy?"
ASKED = (TEMPERATURE, BREAD, CAPITAL)
AUDIBLE = 0.02
"""Root mean square of speech that nobody has to strain to hear; 1 is full scale."""

CLIENTS: dict[str, Callable[[Path], Client]] = {
    "openai": lambda _: python("openai_client"),
    "openai-agents": lambda _: python("agents_client"),
    "@openai/agents": javascript,
}


@pytest.fixture(scope="module")
def served() -> Iterator[Command]:
    """A server that has made its own token."""
    with serve_command(RT_WIDGET_TOKEN="") as running:
        yield running


@pytest.fixture(scope="module")
def acts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Act, ...]:
    folder = tmp_path_factory.mktemp("spoken")

    def spoken(text: str) -> str:
        file = folder / f"{words(text)[-1]}.pcm"
        file.write_bytes(trimmed(speak(text)).resample(RATE_HZ).to_pcm16())
        return str(file)

    return Act(spoken(TEMPERATURE)), Act(spoken(BREAD), over=spoken(CAPITAL))


@pytest.fixture(scope="module")
def talks(
    served: Command,
    acts: tuple[Act, ...],
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Future[Conversation]]:
    """The conversations of all clients, held at the same time."""
    plan = tmp_path_factory.mktemp("plan") / "plan.json"
    told = asdict(Plan(served.url, served.token, "gpt-realtime-2.1", acts))
    plan.write_text(json.dumps(told), "utf-8")
    packages = pytestconfig.cache.mkdir("strangers")

    def held(client: Callable[[Path], Client]) -> Conversation:
        return client(packages).perform(plan)

    with ThreadPoolExecutor(len(CLIENTS)) as pool:
        return {name: pool.submit(held, client) for name, client in CLIENTS.items()}


@pytest.fixture(params=CLIENTS)
def talk(
    talks: Mapping[str, Future[Conversation]], request: pytest.FixtureRequest
) -> Conversation:
    """A whole conversation of one client."""
    return talks[request.param].result()


def trimmed(audio: Audio) -> Audio:
    """From its first sound to its last."""
    loud = np.flatnonzero(np.abs(audio.samples) > 0.01 * np.abs(audio.samples).max())
    return Audio(audio.samples[loud[0] : loud[-1]], audio.sample_rate)


def loudness(audio: Audio) -> float:
    return float(np.sqrt(np.mean(audio.samples**2)))


def check_is_said(talk: Conversation, answer: JsonObject) -> None:
    """The answer is complete, can be heard, and is what its transcript tells."""
    assert answer["status"] == "completed"
    said = words(talk.transcript(answer))
    assert loudness(trimmed(talk.sound(answer))) > AUDIBLE
    heard = set(words(recognise(talk.sound(answer))))
    assert len(heard & set(said)) >= 0.7 * len(set(said)), (said, heard)


def test_nothing_is_complained_of_on_either_side(talk: Conversation) -> None:
    assert talk.of("complaint") == []
    assert talk.events("error") == []


def test_the_client_hands_on_all_sound_that_comes(talk: Conversation) -> None:
    sounds = [talk.sound(response).to_pcm16() for response in talk.responses]
    assert sum(line["bytes"] for line in talk.of("audio")) == sum(map(len, sounds))


def test_every_event_is_as_published(talk: Conversation) -> None:
    for event in talk.events():
        judge(event)


def test_what_was_asked_is_understood(talk: Conversation) -> None:
    assert [words(heard) for heard in talk.heard] == [words(text) for text in ASKED]


def test_the_tool_is_called_once_and_what_it_gave_is_told(talk: Conversation) -> None:
    calling, telling = talk.responses[:2]
    (call,) = calls_of(calling)
    assert json.loads(call["arguments"]) == {"city": "Paris"}
    (ran,) = talk.of("tool")
    assert (ran["name"], ran["arguments"]) == ("get_temperature", {"city": "Paris"})
    assert "21" in words(talk.transcript(telling))
    check_is_said(talk, telling)


def test_an_answer_that_is_spoken_over_is_silent_at_once(
    talk: Conversation, request: pytest.FixtureRequest
) -> None:
    long = talk.responses[2]
    details = {"type": "cancelled", "reason": "turn_detected"}
    assert (long["status"], long["status_details"]) == ("cancelled", details)
    assert talk.transcript(long)
    events = talk.events()
    kinds = [event["type"] for event in events]
    over = max(at for at, kind in enumerate(kinds) if kind.endswith("speech_started"))
    assert not [late for late in events[over:] if late in talk.deltas(long)]

    (done,) = (line for line in talk.of("server") if response_of(line) == long)
    started = talk.of("server")[over]
    late = done["at"] - started["at"]
    print(f"{request.node.name}: its last event {late:.1f} ms after speech_started")  # noqa: T201 - a figure to look at, not to judge


def test_the_client_says_how_much_of_it_was_heard(talk: Conversation) -> None:
    long = talk.responses[2]
    (cut,) = talk.events("conversation.item.truncated")
    assert cut["item_id"] == long["output"][0]["id"]
    assert 0 < cut["audio_end_ms"] <= 1000 * talk.sound(long).duration
    assert talk.of("interrupted")


def test_the_question_that_was_spoken_over_it_is_answered(talk: Conversation) -> None:
    assert len(talk.responses) == 4
    assert "rome" in words(talk.transcript(talk.responses[3]))
    check_is_said(talk, talk.responses[3])


def test_the_client_has_the_conversation_as_it_was(talk: Conversation) -> None:
    (kept,) = talk.of("history")
    told, cut, last = map(talk.transcript, talk.responses[1:])
    texts = [message["text"] for message in kept["messages"]]
    roles = [message["role"] for message in kept["messages"]]
    assert roles == ["user", "assistant"] * 3
    assert [words(text) for text in texts[::2]] == [words(text) for text in ASKED]
    assert (texts[1], texts[5]) == (told, last)
    assert cut.startswith(texts[3])


def response_of(line: JsonObject) -> JsonObject | None:
    response: JsonObject | None = line["event"].get("response")
    return response if line["event"]["type"] == "response.done" else None
