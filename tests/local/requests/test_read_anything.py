"""Whatever arrives is a request or a refusal, never another error.

`RT_WIDGET_CASES` says how many cases are tried.
"""

from __future__ import annotations

import copy
import json
import os
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.requests import Request, RequestError, read
from tests.local.requests.samples import GOOD
from tests.servers.judge import judge

CASES = int(os.environ.get("RT_WIDGET_CASES", "300"))

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - JSON
    """Every container in the value with each of its keys."""
    match value:
        case dict():
            keys = list(value)
        case list():
            keys = list(range(len(value)))
        case _:
            keys = []
    inner = [place for key in keys for place in places(value[key])]
    return [(value, key) for key in keys] + inner


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good event with something else in some places."""
    event = copy.deepcopy(draw(st.sampled_from(GOOD))[0])
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from(places(event)))
        if draw(st.booleans()):
            holder[key] = draw(JSON)
        elif isinstance(holder, dict):
            holder[draw(TEXT)] = draw(JSON)
    return json.dumps(event, ensure_ascii=draw(st.booleans()))


@settings(max_examples=CASES, deadline=None)
@given(damaged() | JSON.map(json.dumps) | st.text() | st.binary())
def test_anything_is_a_request_or_a_refusal(message: str | bytes) -> None:
    try:
        request = read(message)
    except RequestError as error:
        refusal = {"event_id": "event_1", **error.event()}
        judge(refusal)
        json.dumps(refusal, allow_nan=False, ensure_ascii=False).encode()
    else:
        assert isinstance(request, get_args(Request))
