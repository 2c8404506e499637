"""What the server answers: scenarios by name.

A model name in the query, or `--scenario`, reads `name[:argument][,option=value...]`,
such as `counter,duration=5,pace=0` or `fault:close_1011,after=2,times=1`.

Options that all scenarios share: `pace` (audio is sent at this multiple of real
time; 0 is at once; default 2), `delta_ms` (length of an audio delta; default 100),
`heard` (what spoken input says; several, separated by `|`, take turns),
`transcript` (`early`, `late`: after the response, or `failed`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tests.servers import signals
from tests.servers.calling import calling, told
from tests.servers.steps import Pause, Play, Question, Say, Step
from tests.servers.wire import BYTES_PER_MS, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Scenario = Callable[[Question], Iterator[Step]]

DELTA_MS = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario's name, what follows its colon, and its options."""

    name: str
    argument: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def parse_plan(text: str) -> Plan:
    """Read `name[:argument][,option=value...]`.

    Raises:
        ValueError: an option has no `=`.
    """
    head, *pairs = text.split(",")
    name, _, argument = head.partition(":")
    options = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"option without a value: {pair!r}")
        options[key] = value
    return Plan(name, argument, options)


def pieces(pcm: bytes, question: Question) -> list[bytes]:
    """Cut PCM16 into deltas."""
    size = int(question.number("delta_ms", DELTA_MS)) * BYTES_PER_MS
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def counted(seconds: float, question: Question) -> list[Callable[[], bytes]]:
    """Cut the counter signal into deltas, each made when it is due.

    Option `apart` (0 s): each answer of a session begins so much further on.
    """
    size = int(question.number("delta_ms", DELTA_MS)) * SAMPLE_RATE_HZ // 1000
    first = question.turn * round(question.number("apart", 0) * SAMPLE_RATE_HZ)
    end = first + round(seconds * SAMPLE_RATE_HZ)
    return [
        partial(_counter_pcm, at, min(size, end - at)) for at in range(first, end, size)
    ]


def _counter_pcm(start: int, count: int) -> bytes:
    return signals.counter(start, count).tobytes()


def spoken(text: str, deltas: Sequence[bytes | Callable[[], bytes]]) -> Iterator[Step]:
    """Words spread evenly over audio deltas, each word before its audio."""
    words = [word if n == 0 else f" {word}" for n, word in enumerate(text.split(" "))]
    said = 0
    for index, pcm in enumerate(deltas):
        due = -(-len(words) * (index + 1) // len(deltas))
        yield from (Say(word) for word in words[said:due])
        said = due
        yield Play(pcm if isinstance(pcm, bytes) else pcm())
    yield from (Say(word) for word in words[said:])


def echo(question: Question) -> Iterator[Step]:
    """Say "You said: ..."; a tone of 0.2 s / speed for each word."""
    text = f"You said: {question.text}"
    speed = question.config["audio"]["output"]["speed"]
    pcm = signals.bursts(len(text.split()), 0.2 / speed)
    return spoken(text, pieces(pcm, question))


def counter(question: Question) -> Iterator[Step]:
    """Play the counter signal; options `duration` (60 s) and `apart` (0 s)."""
    seconds = question.number("duration", 60)
    deltas = counted(seconds, question)
    return spoken(f"Counting for {seconds:g} seconds.", deltas)


def equal(question: Question) -> Iterator[Step]:
    """Play byte-identical deltas; option `count` (50)."""
    delta = signals.tone(question.number("delta_ms", DELTA_MS) / 1000)
    count = int(question.number("count", 50))
    return spoken("The same, again and again.", [delta] * count)


def burst(question: Question) -> Iterator[Step]:
    """Play the counter signal in bursts.

    Options `duration` (600 s), `bursts` (12) and `gap` (0.5 s between them); use it
    with `pace=0` (its default), which sends each burst at once.
    """
    seconds = question.number("duration", 600)
    count = int(question.number("bursts", 12))
    deltas = counted(seconds, question)
    size = -(-len(deltas) // count)
    yield Say("Counting in bursts.")
    for at in range(0, len(deltas), size):
        if at:
            yield Pause(question.number("gap", 0.5))
        yield from (Play(pcm()) for pcm in deltas[at : at + size])


def silent(question: Question) -> Iterator[Step]:
    """Play digital zeros; option `duration` (3 s)."""
    seconds = question.number("duration", 3)
    pcm = bytes(2 * round(seconds * SAMPLE_RATE_HZ))
    return spoken("Nothing to hear.", pieces(pcm, question))


def slow_text(question: Question) -> Iterator[Step]:
    """Say words one by one; options `words` (20) and `interval` (0.15 s)."""
    interval = question.number("interval", 0.15)
    for number in range(int(question.number("words", 20))):
        yield Say(f"{' ' if number else ''}word{number}")
        yield Play(signals.tone(interval))
        yield Pause(interval)


def as_asked(question: Question) -> Iterator[Step]:
    """Answer as `slow_text` where the question or the instructions say "slowly"."""
    is_slow = question.text == "slowly" or "slowly" in question.config["instructions"]
    return slow_text(question) if is_slow else echo(question)


def mirror(question: Question) -> Iterator[Step]:
    """Play the user's own audio back."""
    return spoken("Listen to yourself.", pieces(question.audio, question))


def record(_question: Question) -> Iterator[Step]:
    """Answer nothing: the log is the point."""
    return iter(())


def tool(question: Question) -> Iterator[Step]:
    """Call tools as `calling` says, then say what they gave."""
    plan = calling(question)
    rounds = len(question.tool_outputs) // max(1, len(plan.calls))
    if plan.calls and rounds < plan.rounds:
        yield from plan.steps()
    elif question.tool_outputs:
        text = told(question)
        pcm = signals.bursts(len(text.split()), 0.2)
        yield from spoken(text, pieces(pcm, question))
    else:
        yield from echo(question)


SCENARIOS: Mapping[str, Scenario] = {
    "echo": echo,
    "counter": counter,
    "equal": equal,
    "burst": burst,
    "silent": silent,
    "slow_text": slow_text,
    "as_asked": as_asked,
    "mirror": mirror,
    "record": record,
    "tool": tool,
}
DEFAULT_PACE = {"burst": "0"}
