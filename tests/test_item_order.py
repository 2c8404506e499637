from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from rt_widget.item_order import ItemOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

Claim = tuple[str, str | None]
NAMES = [f"item_{n}" for n in range(8)]


def order_of(*news: Claim) -> ItemOrder:
    order = ItemOrder()
    for item_id, previous in news:
        order.place(item_id, previous)
    return order


def test_an_item_moves_once_the_one_before_it_has_come() -> None:
    order = order_of(("b", "a"), ("c", "b"), ("a", None))

    assert list(order) == ["a", "b", "c"]


def test_what_follows_moves_along() -> None:
    order = order_of(("c", "b"), ("d", "c"), ("x", None), ("a", None), ("b", "a"))

    assert list(order) == ["x", "a", "b", "c", "d"]


def test_a_place_that_was_guessed_gives_way_to_the_servers() -> None:
    order = order_of(("a", None), ("said", None), ("b", "a"), ("said", "b"))

    assert list(order) == ["a", "b", "said"]


def test_what_follows_an_item_that_is_gone_follows_the_one_before_it() -> None:
    order = order_of(("a", None), ("b", "a"), ("z", None))
    order.remove("b")
    order.place("c", "b")

    assert list(order) == ["a", "c", "z"]


def test_items_that_follow_each_other_stay_where_they_are() -> None:
    order = order_of(("a", None), ("b", "a"), ("a", "b"), ("b", "b"))

    assert list(order) == ["a", "b"]


def test_those_before_an_item_come_nearest_first() -> None:
    assert list(order_of(("a", None), ("b", "a"), ("c", "b")).before("c")) == ["b", "a"]


@given(data=st.data(), length=st.integers(1, len(NAMES)))
def test_news_in_any_order_gives_the_order_of_the_server(
    data: st.DataObject, length: int
) -> None:
    """Items may be spoken of, without their place, before and between the news."""
    chain = [(NAMES[n], NAMES[n - 1] if n else None) for n in range(length)]
    mentions = data.draw(st.lists(st.sampled_from(NAMES[:length]), max_size=6))
    news: list[Claim] = [*chain, *((name, None) for name in mentions)]

    assert list(order_of(*data.draw(st.permutations(news)))) == NAMES[:length]


@given(data=st.data())
def test_news_in_time_does_what_the_server_does(data: st.DataObject) -> None:
    order, servers = ItemOrder(), list[str]()
    for name in NAMES:
        previous = data.draw(st.sampled_from([None, *servers]))
        servers.insert(servers.index(previous) + 1 if previous else len(servers), name)
        order.place(name, previous)
        assert list(order) == servers
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(servers))
            servers.remove(gone)
            order.remove(gone)
        assert list(order) == servers


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.none() | st.sampled_from(NAMES)),
        max_size=30,
    ),
    st.sets(st.integers(0, 29)),
)
def test_news_that_make_no_sense_lose_no_item(
    news: Sequence[Claim], removals: set[int]
) -> None:
    order, here = ItemOrder(), set[str]()
    for number, (item_id, previous) in enumerate(news):
        if number in removals and item_id in here:
            order.remove(item_id)
            here.discard(item_id)
        else:
            order.place(item_id, previous)
            here.add(item_id)
        assert sorted(order) == sorted(here)
