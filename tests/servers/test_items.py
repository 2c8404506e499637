"""Items of the conversation, as a raw client sees them."""

from __future__ import annotations

import base64

from tests.servers.dialogue import session, user
from tests.servers.signals import tone
from tests.servers.wire import encode_audio


async def test_items_go_where_they_are_put(url: str) -> None:
    async with session(url) as dialogue:
        places = ((None, "b", None), ("root", "a", None), ("a", "x", "a"))
        for after, name, previous in places:
            where = {} if after is None else {"previous_item_id": after}
            item = user(name, id=name)
            await dialogue.send("conversation.item.create", item=item, **where)
            added = await dialogue.expect("conversation.item.added")
            assert added["previous_item_id"] == previous
            await dialogue.expect("conversation.item.done")
        for fields, param in (
            ({"previous_item_id": "nobody"}, "previous_item_id"),
            ({"item": user("again", id="a")}, "item.id"),
            ({"item": user("long", id="i" * 33)}, "item.id"),
            ({"item": {"type": "song"}}, "item.type"),
            ({"item": {"type": "message", "role": "bot"}}, "item.role"),
            ({"item": user("x", colour="red")}, "item.colour"),
        ):
            event = {"item": user("new"), **fields}
            error = await dialogue.refused("conversation.item.create", **event)
            assert error["param"] == param


async def test_clients_cannot_make_assistant_audio(url: str) -> None:
    async with session(url) as dialogue:
        part = {"type": "output_audio", "audio": "AAAA"}
        item = {"type": "message", "role": "assistant", "content": [part]}
        error = await dialogue.refused("conversation.item.create", item=item)
        assert error["param"] == "item.content[0].type"


async def test_roles_and_audio_of_created_items(url: str) -> None:
    async with session(url) as dialogue:
        audio = encode_audio(tone(0.1))
        for role, part in (
            ("system", {"type": "input_text", "text": "Be kind."}),
            ("assistant", {"type": "output_text", "text": "Hello."}),
            ("user", {"type": "input_audio", "audio": audio}),
        ):
            item = {"type": "message", "role": role, "content": [part]}
            await dialogue.send("conversation.item.create", item=item)
            await dialogue.expect("conversation.item.added")
            done = await dialogue.expect("conversation.item.done")
        assert "audio" not in done["item"]["content"][0]
        await dialogue.send("conversation.item.retrieve", item_id=done["item"]["id"])
        found = await dialogue.expect("conversation.item.retrieved")
        assert found["item"]["content"][0]["audio"] == audio


async def test_retrieve_delete_and_truncate_need_an_item(url: str) -> None:
    async with session(url) as dialogue:
        for action in ("retrieve", "delete"):
            kind = f"conversation.item.{action}"
            error = await dialogue.refused(kind, item_id="nobody")
            assert error["code"] == f"item_{action}_invalid_item_id"
        item = user("bye", id="bye")
        await dialogue.send("conversation.item.create", item=item)
        await dialogue.until("conversation.item.done")
        await dialogue.send("conversation.item.delete", item_id="bye")
        await dialogue.expect("conversation.item.deleted")
        error = await dialogue.refused("conversation.item.delete", item_id="bye")
        assert "does not exist" in error["message"]


async def test_only_heard_audio_can_be_truncated(url: str) -> None:
    kind = "conversation.item.truncate"
    async with session(url) as dialogue:
        events = await dialogue.ask("a b")
        item = events[-1]["response"]["output"][0]
        cut = {"item_id": item["id"], "content_index": 0}
        error = await dialogue.refused(kind, **cut, audio_end_ms=5_000)
        assert error["code"] is None
        assert (
            error["message"] == "Audio content of 1040ms is already shorter than 5000ms"
        )
        await dialogue.send(kind, **cut, audio_end_ms=300)
        answer = await dialogue.expect("conversation.item.truncated")
        assert answer["audio_end_ms"] == 300
        await dialogue.send("conversation.item.retrieve", item_id=item["id"])
        found = await dialogue.expect("conversation.item.retrieved")
        part = found["item"]["content"][0]
        assert part["transcript"] == ""
        assert len(base64.b64decode(part["audio"])) == 300 * 48
        question = dialogue.events[1]["item"]["id"]
        cut = {"item_id": question, "content_index": 0}
        error = await dialogue.refused(kind, **cut, audio_end_ms=0)
        assert error["code"] is None
        assert error["message"] == "Only model output audio messages can be truncated"
