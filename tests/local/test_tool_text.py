from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.calling.lenient_json import LONGEST, object_in
from rt_widget.backends.local.calling.tool_text import Found, TextCall, ToolText

GO = TextCall("go", {"to": "Oslo"})
CALL = '{"name": "go", "arguments": {"to": "Oslo"}}'
BITS = (
    CALL,
    "<tool_call>",
    "</tool_call>",
    "```",
    "```json\n",
    "{",
    "}",
    '"',
    "'",
    "\\",
    " ",
    "\n",
    "<",
    "words",
    '{"name": "other"}',
    '{"name": "stay", "arguments": {}',
)


def sorted_out(*deltas: str, cut: bool = False) -> list[Found]:
    """What the fold gives, neighbouring words joined."""
    text = ToolText(["go", "stay"])
    found = [piece for delta in deltas for piece in text.feed(delta)]
    joined: list[Found] = []
    for piece in [*found, *text.flush(cut=cut)]:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


@pytest.mark.parametrize(
    "written",
    [
        CALL,
        f"\n {CALL}\n",
        f"<tool_call>\n{CALL}\n</tool_call>",
        f"{CALL}\n</tool_call>",
        f"```json\n{CALL}\n```",
        f"```\n{CALL}\n```",
        CALL[:-1],
        f"<tool_call>{CALL[:-2]}",
        "{'name': 'go', 'arguments': {'to': 'Oslo',},}",
        '{"name": "go(to)", "parameters": {"to": "Oslo"}}',
        '{"name": "go", "arguments": "{\\"to\\": \\"Oslo\\"}"}',
    ],
)
def test_a_call_is_understood_however_it_is_written(written: str) -> None:
    assert sorted_out(written) == [GO]


@pytest.mark.parametrize(
    "written",
    [
        "Just words.",
        '{"name": "fly", "arguments": {}}',
        '{"to": "Oslo"}',
        '{"name": "go", "arguments": ["Oslo"]}',
        f"You could write {CALL} for that.",
        "```python\nx = {}\n```",
        "a < b, `x`, <tool",
        "{ not an object",
        '{"name": "go", "arguments": {"to": "Os',
    ],
)
def test_what_is_no_call_of_an_offered_tool_stays_words(written: str) -> None:
    assert sorted_out(written) == [written]


def test_words_and_calls_keep_their_order() -> None:
    written = f"Let me see. <tool_call>{CALL}</tool_call>{CALL} There."
    assert sorted_out(written) == ["Let me see. ", GO, GO, "There."]


def test_a_call_that_was_cut_off_is_none() -> None:
    assert sorted_out(CALL[:-1], cut=True) == [CALL[:-1]]
    assert sorted_out(CALL, cut=True) == [GO]


def test_words_are_passed_on_as_they_come() -> None:
    text = ToolText(["go"])
    assert text.feed("It is <b") == ["It is <b"]
    assert text.feed(" and `") == [" and "]
    assert text.feed("x` there") == ["`x` there"]


def test_without_tools_nothing_is_held_back() -> None:
    text = ToolText([])
    assert text.feed(CALL[:9]) == [CALL[:9]]
    assert text.flush() == []


def test_an_object_without_end_is_not_waited_for() -> None:
    text = ToolText(["go"])
    held = [text.feed("{" + "x" * 99) for _ in range(LONGEST // 90)]
    assert held[0] == []
    assert any(held)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=12), st.data())
def test_how_the_stream_is_split_makes_no_difference(
    bits: list[str], data: st.DataObject
) -> None:
    written = "".join(bits)
    places = st.lists(st.integers(0, len(written)), max_size=8)
    cuts = [0, *sorted(data.draw(places)), len(written)]
    deltas = [written[a:b] for a, b in pairwise(cuts)]
    whole = sorted_out(written)
    assert sorted_out(*deltas) == whole
    assert sorted_out(*written) == whole


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='ab <`"{}', max_size=60))
def test_words_are_never_lost(written: str) -> None:
    assert "".join(map(str, sorted_out(written))) == written


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('{"a": 1, "b": [1, 2,],}', {"a": 1, "b": [1, 2]}),
        ("{'a': 'it is \"so\"', 'b': True, 'c': None}", None),
        ('{"a": {"b": [1', {"a": {"b": [1]}}),
        ('{"a": "it\'s"}', {"a": "it's"}),
        ('{"a": "True, None,}"}', {"a": "True, None,}"}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
    ],
)
def test_json_that_is_nearly_right_is_mended(
    written: str, meant: dict[str, object] | None
) -> None:
    python = {"a": 'it is "so"', "b": True, "c": None}
    assert object_in(written) == (python if meant is None else meant)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[1]",
        "3",
        '{"a"',
        '{"a": NaN}',
        "{a: 1}",
        "[" * 3_000,
        '{"a": "' + "x" * 4_000,
    ],
)
def test_what_is_no_object_is_none(written: str) -> None:
    assert object_in(written) is None


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=12),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=6,
        ),
        max_size=4,
    )
)
def test_right_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert object_in(json.dumps(value)) == value
