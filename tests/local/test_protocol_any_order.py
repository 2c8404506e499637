from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget import events
from rt_widget.backends.local.response import Finished, Words
from tests.local.client import BY_HAND, VAD, Client

STEPS = st.one_of(
    st.builds(events.ResponseCreate),
    st.builds(events.ResponseCancel),
    st.builds(events.InputAudioCommit),
    st.builds(events.InputAudioClear),
    st.builds(events.ItemCreate, item_id=st.sampled_from("abc"), text=st.just("hi")),
    st.builds(events.ItemDelete, item_id=st.sampled_from("abc")),
    st.builds(
        events.SessionUpdate,
        config=st.sampled_from([VAD, BY_HAND]),
        changed=st.just(frozenset({"turn_detection"})),
    ),
    st.just(Words("well")),
    st.just(Finished()),
    st.sampled_from(["speech", "silence", "answer"]),
)


def act(client: Client, step: events.AnyClientEvent | Words | Finished | str) -> None:
    match step:
        case Words() | Finished():
            client.keep(client.protocol.progress(step))
        case "speech":
            client.hear(*[0.9] * 8)
        case "silence":
            client.hear(*[0.0] * 16)
        case str():
            client.recognise_all("yes")
        case _:
            client.send(step)


@settings(deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_there_is_one_response_at_a_time(
    steps: list[events.AnyClientEvent | Words | Finished | str],
) -> None:
    client = Client()
    for step in steps:
        act(client, step)
    active: str | None = None
    for event in client.told:
        match event:
            case events.ResponseCreated(response):
                assert active is None
                active = response.id
            case events.ResponseDone(response):
                assert response.id == active
                active = None
            case events.TranscriptDelta(response_id):
                assert response_id == active
            case _:
                pass


@settings(deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_a_message_follows_one_that_is_known(
    steps: list[events.AnyClientEvent | Words | Finished | str],
) -> None:
    client = Client()
    for step in steps:
        act(client, step)
    known: set[str | None] = {None}
    for event in client.told:
        if isinstance(event, events.ItemAdded):
            assert event.previous_item_id in known
            known.add(event.item.id)
