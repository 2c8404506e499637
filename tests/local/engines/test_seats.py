from __future__ import annotations

import threading
from contextlib import ExitStack

from rt_widget.backends.local.engines.seats import Seats

PATIENCE_S = 20.0


def seat_of(seats: Seats, owner: object) -> int:
    with seats.taken(owner) as number:
        return number


def test_each_gets_its_own_again() -> None:
    seats = Seats(3)
    first = [seat_of(seats, owner) for owner in "abc"]
    assert sorted(first) == [0, 1, 2]
    assert [seat_of(seats, owner) for owner in "cba"] == first[::-1]


def test_one_too_many_gets_what_was_left_the_longest_ago() -> None:
    seats = Seats(3)
    a, b, c = (seat_of(seats, owner) for owner in "abc")
    seat_of(seats, "a")
    assert seat_of(seats, "d") == b
    assert seat_of(seats, "a") == a
    assert seat_of(seats, "b") == c


def test_side_by_side_they_differ() -> None:
    seats = Seats(4)
    with ExitStack() as stack:
        taken = {stack.enter_context(seats.taken(owner)) for owner in "abcd"}
    assert taken == {0, 1, 2, 3}


def test_a_busy_seat_is_waited_for() -> None:
    seats = Seats(2)
    got: list[int] = []

    def take(owner: object) -> None:
        with seats.taken(owner) as number:
            got.append(number)

    # One whose own seat is busy waits for that, though another is free.
    with seats.taken("a") as own:
        waiting = threading.Thread(target=take, args=("a",), daemon=True)
        waiting.start()
        other = seat_of(seats, "b")
        assert other != own
        assert got == []
    waiting.join(PATIENCE_S)
    assert got == [own]
    # One that has none waits for the first that is free.
    with seats.taken("a"):
        with seats.taken("b") as free:
            waiting = threading.Thread(target=take, args=("c",), daemon=True)
            waiting.start()
        waiting.join(PATIENCE_S)
    assert got == [own, free]
