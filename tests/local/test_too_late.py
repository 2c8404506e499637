"""Requests and results that come a little late do no harm to what came since."""

from __future__ import annotations

from rt_widget.backends.local.protocol.outcome import Glimpse, Respond
from rt_widget.backends.local.requests.values import CancelResponse, ClearAudio
from tests.local.client import Client


def test_to_cancel_an_answer_that_is_over_leaves_the_next_one_alone() -> None:
    client = Client()
    client.speak()
    client.ask(CancelResponse(response_id="resp_before"))
    assert client.last_error().code == "response_cancel_not_active"
    client.recognise_all("what is up")
    assert client.kinds[-1] == "response.created"


def test_to_cancel_whatever_is_active_cancels_the_answer_that_is_due() -> None:
    client = Client()
    client.speak()
    client.ask(CancelResponse())
    assert client.last_error().code == "response_cancel_not_active"
    client.recognise_all("what is up")
    assert "response.created" not in client.kinds
    assert [a for a in client.asked if isinstance(a, Respond)]


def test_words_of_sound_that_was_cleared_are_not_told() -> None:
    client = Client()
    client.hear(*[0.9] * 45)
    glimpse = next(a for a in client.asked if isinstance(a, Glimpse))
    client.ask(ClearAudio())
    before = list(client.kinds)
    client.keep(client.protocol.read(glimpse.item_id, "what is up"))
    assert client.kinds == before
    client.hear(*[0.9] * 10)
    assert client.raw[-1]["item_id"] != glimpse.item_id
