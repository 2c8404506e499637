"""Eight conversations at once in one kernel."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tests.conftest import Wire

if TYPE_CHECKING:
    from tests.kernel.kernel import Kernel
    from tests.servers.process import RealtimeServerProcess
    from tests.servers.wire import JsonObject

COUNT = 8
QUESTIONS = 4
SCENARIO = "slow_text,words=3,interval=0.05,run=eight"

TALK = """
import asyncio
from rt_widget import RealtimeWidget
ws = [
    RealtimeWidget(base_url={url!r}, model={model!r} + str(n), voice="none")
    for n in range({count})
]
await asyncio.gather(*(w.connect() for w in ws))
texts = [[f"{{n}}-{{q}}" for q in range({questions})] for n in range(len(ws))]
replies = await asyncio.gather(
    *(w.ask(text) for w, mine in zip(ws, texts) for text in mine)
)
print({{reply.text for reply in replies}})
print([[item.text for item in w.conversation if item.role == "user"] for w in ws]
    == texts)
print([len(w.replies) for w in ws])
for w in ws: w.close()
"""


def spans(server: RealtimeServerProcess, wire: Wire) -> list[tuple[float, float]]:
    """When each answer of a conversation began and ended."""
    (connection,) = wire.connections
    begun, ended = (
        [line["t"] for line in server.sent(kind) if line["connection"] == connection]
        for kind in ("response.created", "response.done")
    )
    return list(zip(begun, ended, strict=True))


def asked(wire: Wire) -> list[str]:
    items: list[JsonObject] = wire.received("conversation.item.create")
    return [event["item"]["content"][0]["text"] for event in items]


def test_eight_widgets_hold_eight_conversations_at_once_each_in_its_order(
    kernel: Kernel, server: RealtimeServerProcess
) -> None:
    code = TALK.format(url=server.url, model=SCENARIO, count=COUNT, questions=QUESTIONS)
    words, in_order, counts = kernel.run(code).splitlines()
    wires = [Wire(server, f"{SCENARIO}{number}") for number in range(COUNT)]

    assert words == "{'word0 word1 word2'}"
    assert in_order == "True"
    assert counts == str([QUESTIONS] * COUNT)
    for number, wire in enumerate(wires):
        assert asked(wire) == [f"{number}-{q}" for q in range(QUESTIONS)]
        assert wire.sent("error") == []
    talks = [spans(server, wire) for wire in wires]
    for talk in talks:
        assert all(e <= b for (_, e), (b, _) in pairwise(talk))
    # All were under way before the first one was over.
    assert max(talk[0][0] for talk in talks) < min(talk[-1][1] for talk in talks)
