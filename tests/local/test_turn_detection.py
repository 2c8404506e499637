from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.hearing.turn_detection import (
    FRAME_MS,
    ONSET_FRAMES,
    PAUSE_FRAMES,
    Paused,
    Resumed,
    Signal,
    Started,
    Stopped,
    TurnDetector,
    milliseconds,
)
from rt_widget.config import ServerVad

SPEECH, BETWEEN, SILENCE = 0.9, 0.4, 0.05


def signals(
    probabilities: list[float], settings: ServerVad | None = None
) -> list[tuple[int, Signal]]:
    """Each signal with the number of frames after which it came."""
    detector = TurnDetector(settings or ServerVad())
    pushed = enumerate(map(detector.push, probabilities), start=1)
    return [(count, signal) for count, signal in pushed if signal is not None]


def test_a_turn_starts_where_its_first_frame_began() -> None:
    assert signals([SILENCE] * 4 + [SPEECH] * 5) == [
        (4 + ONSET_FRAMES, Started(4 * VAD_FRAME))
    ]


def test_a_click_is_no_turn() -> None:
    assert signals([SILENCE, SPEECH, SPEECH, SILENCE] * 10) == []


def test_an_unsure_frame_neither_starts_nor_ends_anything() -> None:
    assert signals([BETWEEN] * 50) == []
    assert len(signals([SPEECH] * 3 + [BETWEEN] * 50)) == 1


def test_a_pause_is_told_before_the_end() -> None:
    said = signals([SPEECH] * 10 + [SILENCE] * 20, ServerVad(silence_duration_ms=400))
    stop_frames = 13  # 400 ms in frames of 32 ms, rounded up
    assert [type(signal) for _, signal in said] == [Started, Paused, Stopped]
    assert said[1][0] == 10 + PAUSE_FRAMES
    assert said[2] == (10 + stop_frames, Stopped((10 + stop_frames) * VAD_FRAME))


def test_speech_that_goes_on_resumes_the_turn() -> None:
    said = signals([SPEECH] * 5 + [SILENCE] * 6 + [SPEECH] * 3 + [SILENCE] * 13)
    kinds = [type(signal) for _, signal in said]
    assert kinds == [Started, Paused, Resumed, Paused, Stopped]


def test_one_loud_frame_in_the_silence_resumes_nothing() -> None:
    quiet = [SILENCE] * 6 + [SPEECH] + [SILENCE] * 6
    said = signals([SPEECH] * 5 + quiet)
    assert [type(signal) for _, signal in said] == [Started, Paused, Stopped]


def test_a_short_silence_ends_the_turn_without_a_pause_first() -> None:
    settings = ServerVad(silence_duration_ms=PAUSE_FRAMES * FRAME_MS)
    said = signals([SPEECH] * 5 + [SILENCE] * 10, settings)
    assert [type(signal) for _, signal in said] == [Started, Stopped]
    assert said[1][0] == 5 + PAUSE_FRAMES


def test_the_threshold_is_the_sessions() -> None:
    assert signals([0.6] * 10, ServerVad(threshold=0.7)) == []
    assert len(signals([0.6] * 10, ServerVad(threshold=0.55))) == 1
    assert len(signals([0.1] * 10, ServerVad(threshold=0.0))) == 1


def test_positions_count_from_where_the_detector_came_in() -> None:
    detector = TurnDetector(ServerVad(), position=16_000)
    started = [detector.push(SPEECH) for _ in range(ONSET_FRAMES)][-1]
    assert started == Started(16_000)
    assert milliseconds(detector.position) == 1000 + ONSET_FRAMES * FRAME_MS


def test_a_pause_can_be_given_more_or_less_time() -> None:
    for wait_ms, frames in ((100, 4), (1000, 32)):
        detector = TurnDetector(ServerVad(silence_duration_ms=400))
        for probability in [SPEECH] * 5 + [SILENCE] * PAUSE_FRAMES:
            detector.push(probability)
        detector.wait(wait_ms)
        assert detector.settle() is None
        later = [detector.push(SILENCE) for _ in range(frames - PAUSE_FRAMES)]
        assert later[:-1] == [None] * (len(later) - 1)
        assert isinstance(later[-1], Stopped)


def test_the_time_of_a_pause_that_is_long_enough_is_over_at_once() -> None:
    detector = TurnDetector(ServerVad(silence_duration_ms=4000))
    for probability in [SPEECH] * 5 + [SILENCE] * 20:
        detector.push(probability)
    detector.wait(200)
    assert detector.settle() == Stopped(25 * VAD_FRAME)
    assert detector.settle() is None


def test_the_next_pause_has_its_own_time() -> None:
    detector = TurnDetector(ServerVad(silence_duration_ms=400))
    for probability in [SPEECH] * 5 + [SILENCE] * 5:
        detector.push(probability)
    detector.wait(4000)
    said = [detector.push(p) for p in [SPEECH] * 5 + [SILENCE] * 13]
    assert isinstance(said[-1], Stopped)
    detector.wait(4000)
    assert detector.settle() is None


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 20)), max_size=40),
    st.floats(0, 1),
    st.integers(0, 2000),
)
def test_signals_always_come_in_an_order_that_makes_sense(
    runs: list[tuple[float, int]], threshold: float, silence_ms: int
) -> None:
    after: dict[type, set[type]] = {
        Started: {Paused, Stopped},
        Paused: {Resumed, Stopped},
        Resumed: {Paused, Stopped},
        Stopped: {Started},
    }
    settings = ServerVad(threshold=threshold, silence_duration_ms=silence_ms)
    said = signals([p for p, count in runs for _ in range(count)], settings)
    assert not said or isinstance(said[0][1], Started)
    for (_, first), (_, second) in pairwise(said):
        assert type(second) in after[type(first)]
        if isinstance(first, Stopped) and isinstance(second, Started):
            assert first.end <= second.start
