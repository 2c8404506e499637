from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.meters import Latency, Meters


def done(usage: events.Usage | None) -> events.ResponseDone:
    return events.ResponseDone(events.WireResponse("resp", "completed", usage=usage))


def test_usage_is_summed_over_the_session() -> None:
    meters = Meters()
    one = events.Usage(30, 20, 10, 5, 15, 3, 4, 6)

    assert meters.apply(done(one), 1.0)
    assert meters.apply(done(events.Usage(total_tokens=7, output_tokens=7)), 2.0)

    assert meters.usage == events.Usage(37, 20, 17, 5, 15, 3, 4, 6)


def test_a_response_that_was_not_counted_changes_nothing() -> None:
    meters = Meters()

    assert not meters.apply(done(None), 1.0)
    assert meters.usage == events.Usage()


@pytest.mark.parametrize(
    "end", [events.SpeechStopped("item"), events.InputCommitted("item")]
)
def test_latency_counts_from_the_end_of_the_turn_to_the_first_of_each_kind(
    end: events.ServerEvent,
) -> None:
    meters = Meters()
    meters.apply(end, 10.0)
    for event, at in (
        (events.TranscriptDelta("resp", "item", "Hi"), 10.25),
        (events.TranscriptDelta("resp", "item", "!"), 10.5),
        (events.AudioDelta("resp", "item", b"\0\0"), 11.0),
        (events.AudioDelta("resp", "item", b"\0\0"), 12.0),
    ):
        meters.apply(event, at)

    assert meters.latency == Latency(first_text=0.25, first_audio=1.0)


def test_only_the_first_delta_is_news() -> None:
    meters = Meters()
    meters.turn_ended(1.0)

    assert meters.apply(events.TextDelta("resp", "item", "a"), 2.0)
    assert not meters.apply(events.TextDelta("resp", "item", "b"), 3.0)


def test_a_new_turn_forgets_the_last_one() -> None:
    meters = Meters()
    meters.turn_ended(1.0)
    meters.apply(events.TextDelta("resp", "item", "a"), 2.0)
    meters.turn_ended(5.0)

    assert meters.latency == Latency()


def test_without_a_turn_there_is_no_latency() -> None:
    meters = Meters()

    assert not meters.apply(events.AudioDelta("resp", "item", b"\0\0"), 2.0)
    assert meters.latency == Latency()
