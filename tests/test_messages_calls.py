"""Calls of tools on their way to the page."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from rt_widget import messages
from rt_widget.calls import Call, ImageShown, TableShown, TextShown
from rt_widget.conversation import Item
from rt_widget.messages.calls import (
    ARGUMENTS_LIMIT,
    CELL_LIMIT,
    COLUMNS_LIMIT,
    IMAGE_LIMIT,
    MESSAGE_LIMIT,
    OUTPUT_LIMIT,
    PRINTED_LIMIT,
    ROWS_LIMIT,
    TEXT_LIMIT,
    CallWriter,
)

if TYPE_CHECKING:
    from tests.servers.wire import JsonObject

PNG = b"\x89PNG"
CALL = Call("call", "add", "{}", "completed", output="3", seconds=0.5)


def written(call: Call) -> JsonObject:
    return CallWriter().write(call)


def shown(*what: ImageShown | TableShown | TextShown) -> list[JsonObject]:
    call = Call("call", "add", "{}", "completed", shown=what)
    found: list[JsonObject] = written(call)["shown"]
    return found


def test_a_call_crosses_as_the_page_is_typed_for() -> None:
    call = Call(
        "call",
        "add",
        '{"a": 1}',
        "completed",
        output="3",
        printed="on it",
        shown=(
            ImageShown(PNG, "a plot"),
            TableShown(("a", "b"), (("1", "2"),), "1 of 9 rows"),
            TextShown("words"),
        ),
        seconds=0.5,
    )
    item = Item("item", None, "tool", "", "completed", call=call)
    content = messages.items_message([item], frozenset())
    items: list[JsonObject] = content["items"]  # type: ignore[assignment] # it is one
    (crossing,) = items

    assert crossing["role"] == "tool"
    assert crossing["call"] == {
        "call_id": "call",
        "name": "add",
        "arguments": '{"a": 1}',
        "status": "completed",
        "output": "3",
        "printed": "on it",
        "seconds": 0.5,
        "shown": [
            {"kind": "image", "data": base64.b64encode(PNG).decode(), "alt": "a plot"},
            {
                "kind": "table",
                "columns": ["a", "b"],
                "rows": [["1", "2"]],
                "note": "1 of 9 rows",
            },
            {"kind": "text", "text": "words"},
        ],
    }


def test_long_texts_are_cut() -> None:
    long = "x" * 1_000_000
    call = written(Call("call", long, long, "failed", output=long, printed=long))

    lengths = {name: len(call[name]) for name in ("arguments", "output", "printed")}
    assert lengths == {
        "arguments": ARGUMENTS_LIMIT,
        "output": OUTPUT_LIMIT,
        "printed": PRINTED_LIMIT,
    }
    assert call["output"].endswith("x…")
    (text,) = shown(TextShown(long))
    assert len(text["text"]) == TEXT_LIMIT


def test_large_tables_are_cut() -> None:
    row = ("x" * 1_000,) * 100
    (table,) = shown(TableShown(row, (row,) * 1_000, "note"))

    assert len(table["columns"]) == COLUMNS_LIMIT
    assert len(table["rows"]) == ROWS_LIMIT
    assert {len(row) for row in table["rows"]} == {COLUMNS_LIMIT}
    assert {len(cell) for row in table["rows"] for cell in row} == {CELL_LIMIT}


def test_a_picture_that_is_too_large_is_told_of() -> None:
    (picture,) = shown(ImageShown(bytes(IMAGE_LIMIT), "a plot"))
    assert picture["kind"] == "text"
    assert "too large" in picture["text"]


def test_a_message_holds_only_so_much_and_the_newest_of_it() -> None:
    picture = ImageShown(bytes(MESSAGE_LIMIT // 10), "a plot")
    items = [
        Item(
            f"item_{number}",
            None,
            "tool",
            "",
            "completed",
            call=Call(f"call_{number}", "plot", "{}", "completed", shown=(picture,)),
        )
        for number in range(20)
    ]
    content = messages.snapshot_message("e", 0, items, frozenset(), None)
    crossing: list[JsonObject] = content["items"]  # type: ignore[assignment] # it is one

    assert [item["id"] for item in crossing] == [item.id for item in items]
    kinds = [item["call"]["shown"][0]["kind"] for item in crossing]
    assert set(kinds[:10]) == {"text"}
    assert kinds[-1] == "image"
    assert len(json.dumps(content)) < MESSAGE_LIMIT + 100_000


def test_calls_without_any_room_left_are_short() -> None:
    long = "x" * PRINTED_LIMIT
    call = Call("call", "add", long, "completed", output=long, printed=long)
    items = [Item(str(n), None, "tool", "", "completed", call=call) for n in range(999)]
    content = messages.snapshot_message("e", 0, items, frozenset(), None)

    assert len(json.dumps(content)) < 1.5 * MESSAGE_LIMIT
    together = [len(some) for some in messages.portions(items)]
    assert sum(together) == len(items)
    for some in messages.portions(items):
        crossing = json.dumps(messages.items_message(some, frozenset()))
        assert crossing.count(long) == len(some)
        assert len(crossing) < 1.5 * MESSAGE_LIMIT


TEXTS = st.text(st.characters(codec=None), max_size=300)


@given(
    call=st.builds(
        Call,
        call_id=st.just("call"),
        name=TEXTS,
        arguments=TEXTS,
        status=st.just("completed"),
        output=TEXTS,
        printed=TEXTS,
        shown=st.tuples(
            st.builds(TextShown, TEXTS),
            st.builds(ImageShown, st.binary(), TEXTS),
            st.builds(TableShown, st.tuples(TEXTS), st.tuples(st.tuples(TEXTS)), TEXTS),
        ),
    )
)
def test_whatever_a_tool_makes_can_cross(call: Call) -> None:
    json.dumps(written(call), ensure_ascii=False).encode()
