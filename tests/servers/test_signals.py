"""The counter signal finds every lost, doubled, moved and foreign sample."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.dialogue import session
from tests.servers.signals import COUNTER_LIMIT, MIN_RUN, check_counter, counter, tone


def test_the_untouched_signal_is_intact() -> None:
    report = check_counter(counter(0, 100_000), expected=100_000)
    assert report.intact
    assert (report.first_index, report.last_index) == (0, 99_999)
    assert len(report.pieces) == 1


def test_samples_are_odd_and_never_the_lowest() -> None:
    signal = counter(0, 200_000)
    assert np.all(signal % 2 == 1)
    assert signal.min() >= -32_767


@given(start=st.integers(0, COUNTER_LIMIT - 100), count=st.integers(MIN_RUN, 100))
def test_any_part_tells_where_it_belongs(start: int, count: int) -> None:
    report = check_counter(counter(start, count))
    assert report.intact
    assert report.first_index == start
    assert report.received == count


def test_float_samples_survive_exactly() -> None:
    signal = counter(0, 70_000)
    as_float = (signal / np.float32(32_768.0)).astype(np.float32)
    assert check_counter(as_float, expected=70_000).intact


@given(at=st.integers(MIN_RUN, 900), size=st.integers(1, 90))
def test_lost_samples_are_counted(at: int, size: int) -> None:
    signal = counter(0, 1_000)
    report = check_counter(np.delete(signal, slice(at, at + size)), expected=1_000)
    assert (report.lost, report.repeated, report.foreign) == (size, 0, 0)


@given(at=st.integers(MIN_RUN, 900), size=st.integers(MIN_RUN, 90))
def test_repeated_samples_are_counted(at: int, size: int) -> None:
    signal = counter(0, 1_000)
    again = np.concatenate((signal[: at + size], signal[at:]))
    report = check_counter(again, expected=1_000)
    assert (report.lost, report.repeated, report.reordered) == (0, size, 0)


@given(at=st.integers(MIN_RUN, 900), size=st.integers(1, 500))
def test_inserted_silence_is_foreign(at: int, size: int) -> None:
    signal = counter(0, 1_000)
    zeros = np.zeros(size, np.int16)
    report = check_counter(np.concatenate((signal[:at], zeros, signal[at:])))
    assert (report.lost, report.foreign) == (0, size)
    padded = check_counter(np.concatenate((zeros, signal, zeros)), lead=True)
    assert padded.intact


def test_swapped_blocks_are_reordered() -> None:
    signal = counter(0, 1_000)
    swapped = np.concatenate((signal[:200], signal[500:], signal[200:500]))
    report = check_counter(swapped, expected=1_000)
    assert (report.lost, report.repeated, report.reordered) == (0, 0, 300)
    assert not report.intact


def test_a_loss_of_65536_samples_is_no_blind_spot() -> None:
    signal = counter(0, 200_000)
    report = check_counter(np.delete(signal, slice(1_000, 1_000 + 65_536)))
    assert report.lost == 65_536


def test_other_sounds_and_nothing_are_not_the_signal() -> None:
    noise = np.frombuffer(tone(0.5), "<i2")
    assert check_counter(noise).foreign == len(noise)
    assert not check_counter(np.zeros(0, np.int16)).intact
    with pytest.raises(ValueError, match="shape"):
        check_counter(np.zeros((2, 3), np.int16))


@pytest.mark.parametrize(
    ("model", "seconds"),
    [
        ("counter,duration=4,pace=0", 4),
        ("counter,duration=1,delta_ms=40,pace=20", 1),
        ("burst,duration=20,bursts=4,gap=0.01", 20),
    ],
)
async def test_the_server_sends_it_whole(url: str, model: str, seconds: int) -> None:
    async with session(url, model) as dialogue:
        await dialogue.send("response.create")
        events = await dialogue.until("response.done")
    kind = "response.output_audio.delta"
    deltas = [base64.b64decode(e["delta"]) for e in events if e["type"] == kind]
    samples = np.frombuffer(b"".join(deltas), "<i2")
    assert check_counter(samples, expected=24_000 * seconds).intact


async def test_answers_may_be_told_apart_by_their_samples(url: str) -> None:
    kind = "response.output_audio.delta"
    starts = []
    async with session(url, "counter,duration=1,apart=30,pace=0") as dialogue:
        for _ in range(3):
            events = await dialogue.ask("hi")
            [first, *_] = (e["delta"] for e in events if e["type"] == kind)
            samples = np.frombuffer(base64.b64decode(first), "<i2")
            starts.append(check_counter(samples).first_index)
    assert starts == [0, 30 * 24_000, 60 * 24_000]


async def test_the_other_sounds_of_the_server(url: str) -> None:
    kind = "response.output_audio.delta"
    found = {}
    for model in ("equal,count=7,pace=0", "silent,duration=0.5,pace=0", "record"):
        async with session(url, model) as dialogue:
            await dialogue.send("response.create")
            events = await dialogue.until("response.done")
        deltas = [base64.b64decode(e["delta"]) for e in events if e["type"] == kind]
        found[model.partition(",")[0]] = deltas
    assert len(found["equal"]) == 7
    assert len(set(found["equal"])) == 1
    assert b"".join(found["silent"]) == bytes(24_000)
    assert found["record"] == []


async def test_slow_text_comes_word_by_word(url: str) -> None:
    async with session(url, "slow_text,words=4,interval=0.02") as dialogue:
        events = await dialogue.ask("go", output_modalities=["text"])
    deltas = [event["delta"] for event in events if "delta" in event]
    assert deltas == ["word0", " word1", " word2", " word3"]
