"""One response, from its first event to its last."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.conversation.items import Message
from rt_widget.backends.local.conversation.parts import Part
from rt_widget.backends.local.engines.base import LlmUsage
from rt_widget.backends.local.protocol import told
from rt_widget.backends.local.protocol.pieces import (
    Called,
    Failed,
    Finished,
    Piece,
    Sound,
    Words,
)
from rt_widget.backends.local.requests.values import (
    CreateResponse,
)

if TYPE_CHECKING:
    from rt_widget.backends.local.requests.values import Wire

from tests.local.asked import HALF_SECOND, TEXT, Asked, response_in


def test_a_spoken_answer_is_told_in_the_order_of_the_protocol() -> None:
    talk = Asked()
    name = talk.create(CreateResponse(metadata={"a": "b"}))
    usage = LlmUsage(30, 5, 20, "stop")
    talk.make(name, Words("Oh "), Words("yes."), Sound(HALF_SECOND, 7))
    talk.make(name, Finished(usage))
    assert talk.order == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    created, _, added, *_ = talk.told
    assert response_in(created) == {
        "object": "realtime.response",
        "id": name,
        "status": "in_progress",
        "status_details": None,
        "output": [],
        "conversation_id": talk.done["conversation_id"],
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "audio": {
            "output": {
                "format": {"type": "audio/pcm", "rate": 24_000},
                "voice": "heart",
            }
        },
        "usage": None,
        "metadata": {"a": "b"},
    }
    item = added["item"]
    assert isinstance(item, dict)
    assert (added["previous_item_id"], item["content"], item["status"]) == (
        "q",
        [],
        "in_progress",
    )
    whole = {
        **item,
        "status": "completed",
        "content": [{"type": "output_audio", "transcript": "Oh yes."}],
    }
    assert talk.told[-2]["item"] == talk.told[-3]["item"] == whole
    assert talk.done["output"] == [whole]
    assert (talk.done["status"], talk.done["status_details"]) == ("completed", None)
    sound = talk.told[6]
    assert base64.b64decode(str(sound["delta"])) == HALF_SECOND
    assert sound["text_end"] == 7
    assert "text_end" not in told.on_socket(sound)


def test_tokens_are_those_of_the_words_and_of_the_sound() -> None:
    talk = Asked()
    heard = Part(is_audio=True, text="well?", audio_ms=1999.0)
    talk.items.add(Message("u", "user", (heard,)))
    name = talk.create()
    talk.make(name, Words("Oh yes."), Sound(HALF_SECOND, 7))
    talk.make(name, Finished(LlmUsage(30, 5, 20, "stop")))
    assert talk.done["usage"] == {
        "total_tokens": 64,
        "input_tokens": 49,
        "output_tokens": 15,
        "input_token_details": {
            "text_tokens": 30,
            "audio_tokens": 19,
            "image_tokens": 0,
            "cached_tokens": 20,
            "cached_tokens_details": {
                "text_tokens": 20,
                "audio_tokens": 0,
                "image_tokens": 0,
            },
        },
        "output_token_details": {"text_tokens": 5, "audio_tokens": 10},
    }


def test_a_text_answer_has_text_events_only() -> None:
    talk = Asked()
    name = talk.create(CreateResponse(overrides=TEXT))
    talk.make(name, Words("Oh "), Words("yes."), Finished(LlmUsage()))
    assert talk.order == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    assert talk.done["output_modalities"] == ["text"]
    item = talk.told[-2]["item"]
    assert isinstance(item, dict)
    assert item["content"] == [{"type": "output_text", "text": "Oh yes."}]


def test_words_and_two_calls_are_items_at_their_places() -> None:
    talk = Asked()
    name = talk.create()
    talk.make(name, Words("Wait."), Called("look", '{"a": 1}'), Words("lost"))
    talk.make(name, Called("look", "{}"), Finished(LlmUsage()))
    assert talk.order[4:] == [
        "response.output_audio_transcript.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        *(
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "conversation.item.done",
            "response.output_item.done",
        )
        * 2,
        "response.done",
    ]
    added = [e for e in talk.told if e["type"] == "response.output_item.added"]
    assert [event["output_index"] for event in added] == [0, 1, 2]
    output = talk.done["output"]
    assert isinstance(output, list)
    assert [item["type"] for item in output] == [
        "message",
        "function_call",
        "function_call",
    ]
    done = next(e for e in talk.told if str(e["type"]).endswith("arguments.done"))
    assert (done["name"], done["arguments"]) == ("look", '{"a": 1}')
    assert done["call_id"] == output[1]["call_id"] != output[2]["call_id"]


@pytest.mark.parametrize(
    ("piece", "status", "details"),
    [
        (
            Finished(LlmUsage(1, 2, 0, "length")),
            "incomplete",
            {"type": "incomplete", "reason": "max_output_tokens"},
        ),
        (
            Failed("engine_failed", "it broke"),
            "failed",
            {
                "type": "failed",
                "error": {
                    "type": "server_error",
                    "code": "engine_failed",
                    "message": "it broke",
                },
            },
        ),
    ],
)
def test_an_answer_that_is_not_whole_says_why_and_keeps_its_words(
    piece: Piece, status: str, details: Wire
) -> None:
    talk = Asked()
    talk.make(talk.create(), Words("Oh"), piece)
    assert (talk.done["status"], talk.done["status_details"]) == (status, details)
    item = talk.told[-2]["item"]
    assert isinstance(item, dict)
    assert item["status"] == "incomplete"
    assert item["content"] == [{"type": "output_audio", "transcript": "Oh"}]
    assert talk.responses.is_idle
