"""After any burst of requests a whole session, with engines at work, still answers.

`RT_WIDGET_CASES` says how many bursts are tried.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.requests import RequestError, read
from tests.local.any_request import ITEMS, RESPONSES
from tests.local.promises import Promises
from tests.local.requests.patches import PATCHES
from tests.local.scripted import PATIENCE_S, loud, silence, talk

if TYPE_CHECKING:
    from tests.local.scripted import ScriptedTalk

Burst: TypeAlias = tuple[list[dict[str, Any]], int]

CASES = int(os.environ.get("RT_WIDGET_CASES", "40"))

IDS = st.sampled_from("ab")
SOUNDS = [base64.b64encode(each).decode() for each in (loud(0.6), silence(0.7))]
LAST: list[dict[str, Any]] = [
    {"type": "response.cancel"},
    {
        "type": "session.update",
        "session": {
            "type": "realtime",
            "audio": {"input": {"turn_detection": None}},
            "output_modalities": ["text"],
            "tools": [],
        },
    },
    {
        "type": "conversation.item.create",
        "item": {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "Are you there?"}],
        },
    },
    {"type": "response.create", "response": {"metadata": {"which": "last"}}},
]


def event(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"type": st.just(kind), **fields})


HEARD = {"role": "user", "content": [{"type": "input_audio", "audio": SOUNDS[0]}]}
ITEM = st.builds(
    lambda item, name: {**item, "id": name},
    ITEMS | st.just({"type": "message", **HEARD}),
    IDS,
)
EVENTS = st.one_of(
    event("session.update", session=PATCHES),
    event("input_audio_buffer.append", audio=st.sampled_from(SOUNDS)),
    event("input_audio_buffer.commit"),
    event("input_audio_buffer.clear"),
    event("conversation.item.create", item=ITEM),
    event("conversation.item.create", item=ITEM, previous_item_id=IDS),
    event("conversation.item.retrieve", item_id=IDS),
    event("conversation.item.delete", item_id=IDS),
    event("response.create", response=RESPONSES),
    event("response.create"),
    event("response.cancel"),
)


# What comes at one go, and how far its work gets before the next: rounds of the loop.
BURSTS = st.tuples(
    st.lists(EVENTS, min_size=1, max_size=8), st.sampled_from([0, 1, 5, 50, 500])
)


def submit(session: ScriptedTalk, sent: dict[str, Any]) -> None:
    with suppress(RequestError):
        session.submit(read(json.dumps(sent)))


async def hold(bursts: list[Burst]) -> None:
    promises = Promises()

    async def listen() -> dict[str, Any]:
        while True:
            wire: dict[str, Any] = await session.connection.session.next()
            promises.take(wire)
            response: dict[str, Any] = wire.get("response", {})
            is_last = response.get("metadata") == {"which": "last"}
            if wire["type"] == "response.done" and is_last:
                return response

    async with talk() as session, asyncio.timeout(PATIENCE_S):
        listening = asyncio.create_task(listen())
        for burst, rounds in [*bursts, (LAST, 0)]:
            for sent in burst:
                submit(session, sent)
            for _ in range(rounds):
                await asyncio.sleep(0)
        response = await listening
    assert response["status"] == "completed"
    assert response["output"]
    assert all(each.is_beside for each in promises.responses.values())


@pytest.mark.timeout(60 + 5 * CASES)
@settings(
    max_examples=CASES,
    deadline=None,
    # Not `explain`: it traces every line.
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(BURSTS, max_size=4))
def test_a_session_answers_after_any_burst(bursts: list[Burst]) -> None:
    asyncio.run(hold(bursts))
