from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rt_widget.sequence import InOrder, Sent


def pushed(order: InOrder[str], *numbers: int) -> list[str]:
    return [
        piece for number in numbers for piece in order.push(number, f"piece {number}")
    ]


def names(*numbers: int) -> list[str]:
    return [f"piece {number}" for number in numbers]


def test_early_pieces_wait_for_the_missing_one() -> None:
    order: InOrder[str] = InOrder()

    assert pushed(order, 0, 2, 3) == names(0)
    assert pushed(order, 1) == names(1, 2, 3)


def test_repeated_pieces_are_delivered_once() -> None:
    order: InOrder[str] = InOrder()

    assert pushed(order, 0, 0, 1, 0, 1, 2) == names(0, 1, 2)


def test_a_gap_is_asked_for_once() -> None:
    order: InOrder[str] = InOrder()
    pushed(order, 0, 3)

    assert order.gap() == (1, 2)
    assert order.gap() is None
    pushed(order, 4)
    assert order.gap() is None


def test_a_later_gap_is_asked_for_too() -> None:
    order: InOrder[str] = InOrder()
    pushed(order, 1)
    assert order.gap() == (0, 0)
    pushed(order, 3)
    assert order.gap() is None
    pushed(order, 0)

    assert order.gap() == (2, 2)


def test_half_a_filled_gap_is_not_asked_for_again() -> None:
    order: InOrder[str] = InOrder()
    pushed(order, 3)
    order.gap()
    pushed(order, 0)

    assert order.gap() is None


def test_a_missing_piece_is_given_up_when_too_many_wait() -> None:
    order: InOrder[str] = InOrder(limit=3)

    assert pushed(order, 5, 6, 7) == []
    assert pushed(order, 8) == names(5, 6, 7, 8)
    assert order.lost == 5
    assert pushed(order, 2, 9) == names(9)


def test_a_number_from_nowhere_costs_nothing() -> None:
    order: InOrder[str] = InOrder()
    pushed(order, 10**15)

    assert order.gap() == (0, 10**15 - 1)
    assert order.gap() is None
    assert pushed(order, 0, 1) == names(0, 1)


@given(numbers=st.lists(st.integers(0, 60), max_size=200))
def test_delivery_is_in_order_and_once(numbers: list[int]) -> None:
    order: InOrder[int] = InOrder(limit=10)
    got = [piece for number in numbers for piece in order.push(number, number)]

    assert got == sorted(set(got))
    assert set(got) <= set(numbers)


@given(
    numbers=st.permutations(range(30)),
    again=st.lists(st.integers(0, 29), max_size=10),
)
def test_whatever_comes_within_the_limit_is_delivered(
    numbers: list[int], again: list[int]
) -> None:
    order: InOrder[int] = InOrder(limit=30)
    got = [n for number in [*numbers, *again] for n in order.push(number, number)]

    assert got == list(range(30))
    assert (order.lost, order.gap()) == (0, None)


def test_sent_pieces_can_be_had_again() -> None:
    sent: Sent[str] = Sent(limit=3)
    for number in range(5):
        assert sent.next_number == number
        sent.add(f"piece {number}")

    assert sent.between(0, 99) == names(2, 3, 4)
    assert sent.between(3, 3) == names(3)
    assert sent.between(4, 2) == []
    assert sent.between(10**15, 10**16) == []
