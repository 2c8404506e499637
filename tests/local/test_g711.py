from __future__ import annotations

import importlib
import sys
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_widget.audio import SAMPLE_RATE_HZ
from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ
from rt_widget.backends.local.hearing.ear import Ear, resampled
from rt_widget.backends.local.hearing.g711 import (
    Encoder,
    decode,
    encode,
    pieces,
    recording,
    sound_ms,
    to_pcm,
)
from tests.local.scripted import LoudnessVad, loud

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.backends.local.hearing.g711 import AudioFormat

LAWS: tuple[AudioFormat, ...] = ("audio/pcmu", "audio/pcma")
EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)
EVERY_CODE = bytes(range(256))


def tone(hertz: float, seconds: float = 1.0, rate: int = SAMPLE_RATE_HZ) -> bytes:
    at = np.arange(round(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def loudness(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def reference(name: str) -> Callable[[bytes, int], bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found: Callable[[bytes, int], bytes]
        found = getattr(importlib.import_module("audioop"), name)
        return found


@pytest.mark.parametrize(
    ("law", "codes"),
    [
        # Values of the tables of ITU-T G.711, in 16 bits: loudest, a step, silence.
        ("audio/pcmu", {0x00: -32_124, 0x80: 32_124, 0xFE: 8, 0xFF: 0, 0x7E: -8}),
        ("audio/pcma", {0x2A: -32_256, 0xAA: 32_256, 0xD5: 8, 0x55: -8, 0xD4: 24}),
    ],
)
def test_codes_are_those_of_the_standard(
    law: AudioFormat, codes: dict[int, int]
) -> None:
    assert decode(bytes(codes), law).tolist() == list(codes.values())
    assert encode(np.array(list(codes.values()), np.int16), law) == bytes(codes)


@pytest.mark.parametrize("law", LAWS)
def test_every_code_comes_back_as_it_was(law: AudioFormat) -> None:
    again = encode(decode(EVERY_CODE, law), law)
    minus_zero = {0x7F: 0xFF} if law == "audio/pcmu" else {}
    assert list(again) == [minus_zero.get(code, code) for code in EVERY_CODE]


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="audioop, the other program, left Python"
)
@pytest.mark.parametrize("law", LAWS)
def test_every_sample_is_coded_alike_by_another_program(law: AudioFormat) -> None:
    short = "ulaw" if law == "audio/pcmu" else "alaw"
    coded = encode(EVERY_SAMPLE, law)
    theirs = reference(f"lin2{short}")(EVERY_SAMPLE.astype("<i2").tobytes(), 2)
    plus = EVERY_SAMPLE >= 0
    ours, others = np.frombuffer(coded, np.uint8), np.frombuffer(theirs, np.uint8)
    assert (ours[plus] == others[plus]).all()
    # Below zero it rounds mu-law otherwise than the standard, which mirrors.
    assert (ours == ours[::-1] ^ 0x80).all()
    decoded = reference(f"{short}2lin")(coded, 2)
    assert decode(coded, law).astype("<i2").tobytes() == decoded


@pytest.mark.parametrize("law", LAWS)
def test_no_sample_is_further_off_than_half_a_step(law: AudioFormat) -> None:
    off = np.abs(decode(encode(EVERY_SAMPLE, law), law).astype(int) - EVERY_SAMPLE)
    step = np.maximum(16, np.abs(EVERY_SAMPLE.astype(int)) / 16)
    assert (off <= np.where(np.abs(EVERY_SAMPLE.astype(int)) > 32_000, 660, step)).all()


@pytest.mark.parametrize("law", LAWS)
@settings(deadline=None, max_examples=30)
@given(cuts=st.lists(st.integers(0, 4_000), max_size=12))
def test_an_answer_is_coded_the_same_whatever_the_pieces(
    law: AudioFormat, cuts: list[int]
) -> None:
    pcm = tone(440, 0.25)
    whole = Encoder(law)
    wanted = decode(whole.encode(pcm) + whole.flush(), law)
    assert len(wanted) == len(pcm) // 6
    encoder = Encoder(law)
    edges = [0, *sorted(2 * cut for cut in cuts), len(pcm)]
    coded = [encoder.encode(pcm[a:b]) for a, b in pairwise(edges)]
    got = decode(b"".join([*coded, encoder.flush()]), law)
    # Sums of floats may end in another bit, which is one step of the law.
    assert np.abs(got.astype(int) - wanted).max() <= 512
    assert np.count_nonzero(got != wanted) <= 4


@pytest.mark.parametrize("law", LAWS)
def test_an_answer_comes_two_milliseconds_late_and_whole(law: AudioFormat) -> None:
    encoder = Encoder(law)
    pcm = tone(1000) + bytes(2)
    sent = b"".join(encoder.encode(piece) for piece in pieces(pcm, "audio/pcm"))
    assert sound_ms(pcm, "audio/pcm") - sound_ms(sent, law) <= 2.2
    tail = encoder.flush()
    assert len(sent + tail) == 8_001
    heard = decode(sent + tail, law)
    at = np.arange(8_001) / 8_000
    wanted = 8000 * np.sin(2 * np.pi * 1000 * at)
    off = np.abs(heard - wanted)
    # Neither late nor with a click, as far as the law's steps can tell; where the
    # tone begins and ends at once, the lower rate cannot follow.
    assert off[16:-16].max() < 300
    assert off.max() < 700


def test_an_encoder_begins_anew_after_the_end_of_an_answer() -> None:
    encoder = Encoder("audio/pcmu")
    first = encoder.encode(tone(700, 0.1)) + encoder.flush()
    again = encoder.encode(tone(700, 0.1)) + encoder.flush()
    assert first == again
    assert encoder.flush() == b""


def test_what_a_telephone_cannot_hold_is_left_out_and_not_folded_back() -> None:
    def through(hertz: float) -> float:
        encoder = Encoder("audio/pcma")
        return loudness(decode(encoder.encode(tone(hertz)), "audio/pcma")[100:-100])

    assert through(300) == pytest.approx(8000 / 2**0.5, rel=0.02)
    assert through(3200) == pytest.approx(8000 / 2**0.5, rel=0.03)
    for lost in (4600, 6000, 9000, 11_000):
        assert through(lost) < 20


def test_pcm_passes_as_it_is() -> None:
    pcm = tone(440, 0.1)
    encoder = Encoder("audio/pcm")
    assert encoder.encode(pcm) is pcm
    assert encoder.flush() == b""
    assert to_pcm(pcm, "audio/pcm") is pcm


@pytest.mark.parametrize("law", LAWS)
def test_a_recording_goes_to_a_telephone_and_back(law: AudioFormat) -> None:
    pcm = tone(1000)
    coded = recording(decode(pcm, "audio/pcm"), SAMPLE_RATE_HZ, law)
    assert sound_ms(coded, law) == 1000
    back = to_pcm(coded, law)
    assert len(back) == len(pcm)
    inside = slice(500, -500)
    lost = decode(back, "audio/pcm").astype(int) - decode(pcm, "audio/pcm")
    assert np.abs(lost[inside]).max() < 400


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("piece", [7, 160, 8_000])
def test_an_ear_hears_a_telephone(law: AudioFormat, piece: int) -> None:
    pcm = tone(1000)
    coded = recording(decode(pcm, "audio/pcm"), SAMPLE_RATE_HZ, law)
    ear = Ear(LoudnessVad())
    heard = np.concatenate(
        [
            ear.hear(coded[at : at + piece], law, detect=False).samples
            for at in range(0, len(coded), piece)
        ]
    )
    assert SPEECH_RATE_HZ - len(heard) <= 2 * SPEECH_RATE_HZ // 1000
    difference = heard[500:15_500].astype(int) - resampled(pcm)[500:15_500]
    assert np.abs(difference).max() < 400


def test_an_ear_loses_nothing_when_the_format_changes() -> None:
    ear = Ear(LoudnessVad())
    sound, coded = loud(0.2), bytes([0xFF]) * 1_600
    first = ear.hear(sound, detect=True)
    then = ear.hear(coded, "audio/pcmu", detect=True)
    last = ear.hear(sound, "audio/pcma", detect=True)
    back = ear.hear(sound, detect=True)
    lengths = [len(heard.samples) for heard in (first, then, last, back)]
    # Its first and last piece stand at the same offset: what was late came later.
    assert sum(lengths[:2]) == pytest.approx(6_400, abs=40)
    assert sum(lengths) == pytest.approx(3_200 + 3_200 + 2 * 9_600 + 3_200, abs=40)
