"""Speech over answers: a microphone that interrupts, and what became of each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.browser.sound import heard
from tests.servers.signals import check_counter
from tests.speech import write_wav

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.servers.process import RealtimeServerProcess

RATE = 24_000
APART_S = 60
"""What separates the sample numbers of two answers; pass it as the option `apart`."""
TURN_S = 0.9
"""From the end of speech until its answer is heard, about."""
FATES = ("conversation.item.truncate", "conversation.item.delete")
TOLERANCE_MS = 20
"""How well the position on the wire must agree with what was heard."""


def voice(seconds: float, seed: int) -> NDArray[np.float64]:
    """Something like a voice: harmonics in syllables, with a sharp beginning."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE)) / RATE
    pitch = rng.uniform(110, 220)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.05 * np.sin(2 * np.pi * 3 * t))) / RATE
    sound = sum(np.sin(n * phase) / n for n in range(1, 20))
    syllables = 0.55 + 0.45 * np.cos(2 * np.pi * 4 * t)
    return 0.25 * syllables * (sound + 0.1 * rng.normal(size=len(t)))


def write_speech(
    path: Path,
    sounds: Sequence[NDArray[np.floating]],
    gaps: Sequence[float],
    tail: float = 8,
) -> Path:
    """A WAV for the fake microphone: after each gap of some seconds a sound."""
    parts: list[NDArray[np.floating]] = []
    for gap, sound in zip(gaps, sounds, strict=True):
        parts += [np.zeros(round(gap * RATE)), sound]
    whole = np.concatenate([*parts, np.zeros(round(tail * RATE))])
    noise = np.random.default_rng(1).normal(0, 0.0005, len(whole))
    return write_wav(path, whole + noise, RATE)


def write_bursts(
    path: Path, lengths: Sequence[float], gaps: Sequence[float], tail: float = 8
) -> Path:
    """The same with so many seconds of something like a voice for sounds."""
    sounds = [voice(length, seed) for seed, length in enumerate(lengths)]
    return write_speech(path, sounds, gaps, tail)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server knows of an answer."""

    response_id: str
    item_id: str
    received_ms: int
    """Sound that was sent."""
    status: str
    truncated_ms: tuple[int, ...]
    """Each position at which it was truncated."""
    deleted: int
    """How often it was deleted."""
    cancelled: int
    """How often it was cancelled by name."""


def answers(process: RealtimeServerProcess) -> list[Answer]:
    """The answers of a server's one session, oldest first."""
    items: dict[str, str] = {}
    samples: dict[str, int] = {}
    status: dict[str, str] = {}
    for line in process.sent():
        event = line["event"]
        match line["type"]:
            case "response.created":
                items[event["response"]["id"]] = ""
            case "response.output_item.added":
                items[event["response_id"]] = event["item"]["id"]
            case "response.output_audio.delta":
                name = event["item_id"]
                samples[name] = samples.get(name, 0) + line["samples"]
            case "response.done":
                status[event["response"]["id"]] = event["response"]["status"]
    asked = [line["event"] for line in process.received()]

    def of(kind: str, name: str, value: str) -> list[dict[str, object]]:
        return [e for e in asked if e["type"] == kind and e.get(name) == value]

    return [
        Answer(
            response_id=response,
            item_id=item,
            received_ms=samples.get(item, 0) // (RATE // 1000),
            status=status.get(response, ""),
            truncated_ms=tuple(
                int(str(event["audio_end_ms"]))
                for event in of("conversation.item.truncate", "item_id", item)
            ),
            deleted=len(of("conversation.item.delete", "item_id", item)),
            cancelled=len(of("response.cancel", "response_id", response)),
        )
        for response, item in items.items()
    ]


def provoke(page: Page, process: RealtimeServerProcess, count: int) -> None:
    """Ask for an answer, let the microphone interrupt `count` of them, then Stop.

    Returns when the server knows the fate of all of them.
    """
    card = page.locator(".rt-widget").first
    card.get_by_role("textbox", name="Message").fill("Count")
    card.get_by_role("button", name="Send").click()
    is_sounding(page)
    card.get_by_role("button", name="Start microphone").click()
    spoken = f"window.__voice.filter(({{ loud }}) => !loud).length >= {count}"
    page_says(page, spoken, 5 * count + 30)
    process.wait_for(lambda s: len(s.sent("response.created")) > count, 20)
    is_sounding(page)
    card.get_by_role("button", name="Stop microphone").click()
    card.get_by_role("button", name="Stop speaking").click()
    is_silent(page)
    process.wait_for(
        lambda s: sum(line["type"] in FATES for line in s.received()) > count, 20
    )


def page_says(page: Page, condition: str, seconds: float = 60) -> None:
    """Until a JavaScript expression is true."""
    page.wait_for_function(f"() => {condition}", timeout=seconds * 1000, polling=100)


def is_sounding(page: Page) -> None:
    """Until an answer can be heard."""
    page_says(page, "window.__sound.edges.at(-1)?.loud")


def is_silent(page: Page) -> None:
    """Until nothing can be heard, and the recorder has written that."""
    page_says(page, "window.__sound.edges.at(-1)?.loud === false")
    page_says(page, "window.__sound.blocks.at(-1).every((x) => x === 0)")


def judge(page: Page, process: RealtimeServerProcess) -> list[Answer]:
    """Each answer's end, which the server must have been told truly, and once.

    Returns:
        The answers, oldest first.

    Raises:
        AssertionError: it was not.
    """
    samples, rate = heard(page)
    assert rate == RATE
    played = heard_ms(samples)
    given = answers(process)
    for number, answer in enumerate(given):
        length = played.get(number, 0.0)
        assert answer.cancelled <= 1, answer
        if length == 0:
            assert (answer.truncated_ms, answer.deleted) == ((), 1), answer
            continue
        assert (len(answer.truncated_ms), answer.deleted) == (1, 0), answer
        assert answer.truncated_ms[0] <= answer.received_ms, answer
        assert abs(answer.truncated_ms[0] - length) <= TOLERANCE_MS, (answer, length)
    return given


def heard_ms(samples: NDArray[np.float32]) -> dict[int, float]:
    """How much of each answer the page has played, in ms, by the answer's number.

    Raises:
        AssertionError: something was played twice, or after a later answer.
    """
    report = check_counter(samples)
    assert (report.repeated, report.reordered) == (0, 0)
    ends: dict[int, float] = {}
    for piece in report.pieces:
        number, position = divmod(piece.position, APART_S * RATE)
        ends[number] = (position + piece.length) / RATE * 1000
    return ends


def stop_ms(page: Page) -> list[float]:
    """For each burst that hit an answer: from its first loud sample to silence."""
    spoken = page.evaluate("() => window.__voice")
    edges = page.evaluate("() => window.__sound.edges")
    took = []
    for begun in (edge["at"] for edge in spoken if edge["loud"]):
        before = [edge for edge in edges if edge["at"] <= begun]
        after = [edge for edge in edges if edge["at"] > begun]
        if before and before[-1]["loud"] and after:
            took.append(after[0]["at"] - begun)
    return took
