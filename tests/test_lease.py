from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_widget.lease import LONGEST_PAUSE_S, LOST_AFTER_S, Lease


@pytest.fixture
def lease() -> Lease:
    return Lease()


def wait(lease: Lease, seconds: float, start: float = 0.0) -> float:
    """Time passes as a ping timer feeds it."""
    now = start
    while now < start + seconds:
        now += 1.0
        lease.pass_time(now)
    return now


def test_the_first_page_has_microphone_and_sound(lease: Lease) -> None:
    lease.hello("one", 0.0)
    lease.hello("two", 1.0)

    assert lease.owner == "one"
    assert lease.claim("one")
    assert not lease.claim("two")


def test_a_page_can_take_them_over(lease: Lease) -> None:
    lease.hello("one", 0.0)
    lease.hello("two", 1.0)
    lease.take_over("two")

    assert lease.owner == "two"


def test_one_who_is_not_here_gets_nothing(lease: Lease) -> None:
    lease.take_over("stranger")
    assert not lease.claim("stranger")
    assert lease.owner is None
    assert not lease.has_pages


def test_who_leaves_frees_them_for_who_was_seen_last(lease: Lease) -> None:
    for at, page in enumerate(("one", "two", "three")):
        lease.hello(page, at)
    lease.hear("two", 5.0)
    owners = []
    for page in ("one", "three", "two"):
        lease.leave(page)
        owners.append(lease.owner)

    assert owners == ["two", "two", None]
    assert not lease.has_pages


def test_who_is_silent_too_long_is_lost(lease: Lease) -> None:
    lease.hello("one", 0.0)
    lease.hello("two", 0.0)
    wait(lease, LOST_AFTER_S - 1)
    assert lease.hear("two", LOST_AFTER_S - 1)
    assert lease.next_loss == LOST_AFTER_S
    lease.pass_time(LOST_AFTER_S)

    assert lease.owner == "two"
    assert not lease.hear("one", LOST_AFTER_S)
    assert not lease.has_left("one")


def test_time_in_which_the_kernel_stood_still_has_passed_for_nobody(
    lease: Lease,
) -> None:
    lease.hello("one", 0.0)
    now = wait(lease, 2.0)
    lease.pass_time(now + 3_600.0)
    assert lease.owner == "one"

    wait(lease, LOST_AFTER_S, now + 3_600.0)
    assert not lease.has_pages


def test_time_in_which_no_page_could_be_heard_counts_for_none(lease: Lease) -> None:
    lease.hello("one", 0.0)
    for now in range(1, 100):
        lease.pass_time(float(now), could_hear=False)
    assert lease.owner == "one"

    wait(lease, LOST_AFTER_S, 99.0)
    assert not lease.has_pages


def test_a_page_gets_what_the_one_in_its_place_had(lease: Lease) -> None:
    lease.hello("one", 0.0)
    lease.hello("other", 1.0)
    lease.hello("two", 2.0, ["stranger", "one", "two"])

    assert (lease.owner, lease.has_left("one")) == ("two", True)
    assert not lease.hear("one", 3.0)
    lease.hello("three", 4.0, ["other"])
    assert lease.owner == "two"


def test_what_a_page_says_after_it_has_left_is_no_return(lease: Lease) -> None:
    lease.hello("one", 0.0)
    lease.leave("one")

    assert not lease.hear("one", 1.0)
    assert lease.has_left("one")
    assert not lease.has_pages
    lease.hello("one", 2.0)
    assert (lease.has_left("one"), lease.owner) == (False, "one")


def test_what_was_let_go_belongs_to_who_asks_next(lease: Lease) -> None:
    lease.hello("one", 0.0)
    lease.hello("two", 0.0)
    lease.release()
    wait(lease, 3.0)
    lease.hear("one", 3.0)
    assert lease.owner is None

    assert lease.claim("two")
    assert lease.owner == "two"


@dataclass
class Model:
    """What must be true of a lease, told more simply."""

    now: float = 0.0
    seen: dict[str, float] = field(default_factory=dict)


PAGES = st.sampled_from("abc")
# Whole parts of a second that binary numbers have: sums of others, rounded in another
# order, are just below a limit or just above.
PAUSES = st.integers(0, int(LONGEST_PAUSE_S * 64)).map(lambda parts: parts / 64)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["hello", "hear", "leave", "take_over"]), PAGES),
        st.tuples(st.just("pass"), PAUSES),
    ),
    max_size=60,
)


@given(steps=STEPS)
def test_the_owner_is_always_a_page_that_lives(
    steps: list[tuple[str, str | float]],
) -> None:
    lease, model = Lease(), Model()
    for verb, what in steps:
        if isinstance(what, float):
            model.now += what
            lease.pass_time(model.now)
            limit = model.now - LOST_AFTER_S + 1e-6
            model.seen = {p: at for p, at in model.seen.items() if at > limit}
        elif verb == "hello" or (verb == "hear" and what in model.seen):
            model.seen[what] = model.now
            getattr(lease, verb)(what, model.now)
        elif verb == "hear":
            assert not lease.hear(what, model.now)
        else:
            getattr(lease, verb)(what)
            if verb == "leave":
                model.seen.pop(what, None)
            elif what in model.seen:
                assert lease.owner == what

        assert lease.has_pages == bool(model.seen)
        assert (lease.owner in model.seen) == bool(model.seen)
