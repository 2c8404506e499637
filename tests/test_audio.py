from __future__ import annotations

import io
import struct
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rt_widget.audio import Audio, duration_ms, float_from_pcm16, pcm16_from_float
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def tone(hertz: float, rate: int, seconds: float = 0.5) -> NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def wav(frames: bytes, width: int, channels: int = 1, rate: int = 24_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)
    return out.getvalue()


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([0.0, 0.5, -1.0], [0.0, 0.5, -1.0]),
        (np.array([0, 16384, -32768], "<i2"), [0.0, 0.5, -1.0]),
        (np.array([0, 16384, -32768], ">i2"), [0.0, 0.5, -1.0]),
        (np.array([128, 192, 0], np.uint8), [0.0, 0.5, -1.0]),
        (np.array([0, 64, -128], np.int8), [0.0, 0.5, -1.0]),
        (np.array([0, 2**30, -(2**31)], np.int32), [0.0, 0.5, -1.0]),
        (np.array([0, 2**62, -(2**63)], np.int64), [0.0, 0.5, -1.0]),
        (np.array([0.0, 0.5, -1.0], np.float16), [0.0, 0.5, -1.0]),
        (np.array([[0.0, 1.0], [0.25, 0.75], [-1.0, -1.0]]), [0.5, 0.5, -1.0]),
        (np.arange(6.0)[::2] / 4, [0.0, 0.5, 1.0]),
        ([], []),
    ],
)
def test_samples_of_any_real_kind_become_float32(
    samples: ArrayLike, expected: list[float]
) -> None:
    audio = Audio(samples)

    assert audio.samples.dtype == np.float32
    assert audio.samples.shape == (len(expected),)
    assert audio.samples == pytest.approx(expected, abs=1e-7)
    assert audio.sample_rate == 24_000


@pytest.mark.parametrize(
    "samples",
    [
        [0.0, np.nan],
        [np.inf],
        [[np.inf, -np.inf]],
        [[3e38, 3e38]],
        np.array([1e300]),
        ["a"],
        None,
        "text",
        [None],
        np.array([True]),
        np.array([1j]),
        np.array(0.5),
        np.zeros((2, 2, 2)),
        np.zeros((5, 0)),
        np.zeros((2, 48_000)),
        [[0.0, 1.0], [0.0]],
    ],
)
def test_what_is_no_sound_is_refused(samples: ArrayLike) -> None:
    with pytest.raises(InputError) as caught:
        Audio(samples)
    assert str(caught.value)


@pytest.mark.parametrize(
    "rate", [0, -1, 7_999, 192_001, 10**9, 24_000.0, True, "24000", None, int]
)
def test_an_impossible_rate_is_refused(rate: int) -> None:
    with pytest.raises(InputError, match="from 8000 to 192000"):
        Audio([0.0], rate)


def test_numpy_rates_are_rates() -> None:
    int_like: Any = np.int32(16_000)
    assert Audio([0.0], int_like).sample_rate == 16_000


def test_samples_are_the_audios_own() -> None:
    mine = np.zeros(4, np.float32)
    audio = Audio(mine)
    mine[0] = 1.0

    assert audio.samples[0] == 0.0


@given(pcm=st.binary(max_size=200).map(lambda raw: raw[: len(raw) // 2 * 2]))
def test_pcm16_passes_through_float_bit_for_bit(pcm: bytes) -> None:
    assert pcm16_from_float(float_from_pcm16(pcm)) == pcm
    assert Audio.from_pcm16(pcm).to_pcm16() == pcm


def test_loud_samples_are_clipped() -> None:
    pcm = pcm16_from_float(np.array([1.0, 7.5, -1.0, -9.0], np.float32))

    assert np.frombuffer(pcm, "<i2").tolist() == [32767, 32767, -32768, -32768]


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(InputError, match="half a sample"):
        Audio.from_pcm16(b"\0\0\0")


def test_durations() -> None:
    assert duration_ms(bytes(4_800)) == 100
    assert Audio(np.zeros(8_000), 16_000).duration == 0.5
    assert repr(Audio(np.zeros(8_000), 16_000)) == "Audio(0.50 s, 16000 Hz)"


@pytest.mark.parametrize(
    ("width", "frames"),
    [
        (1, bytes([128, 192, 0])),
        (2, struct.pack("<3h", 0, 2**14, -(2**15))),
        (
            3,
            b"".join(
                n.to_bytes(3, "little", signed=True) for n in (0, 2**22, -(2**23))
            ),
        ),
        (4, struct.pack("<3i", 0, 2**30, -(2**31))),
    ],
)
def test_wav_files_of_each_width_are_read(width: int, frames: bytes) -> None:
    audio = Audio.from_wav(wav(frames, width, rate=44_100))

    assert audio.samples.tolist() == [0.0, 0.5, -1.0]
    assert audio.sample_rate == 44_100


def test_wav_channels_are_mixed() -> None:
    audio = Audio.from_wav(wav(struct.pack("<4h", 16384, 0, 8192, 8192), 2, channels=2))

    assert audio.samples.tolist() == [0.25, 0.25]


def test_wav_files_are_read_by_path(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav(struct.pack("<h", 16384), 2))

    assert Audio.from_wav(path).samples.tolist() == [0.5]
    assert Audio.from_wav(str(path)).samples.tolist() == [0.5]


def test_what_is_written_as_wav_is_read_back() -> None:
    audio = Audio(tone(440, 16_000), 16_000)
    again = Audio.from_wav(audio.to_wav())

    assert again.sample_rate == 16_000
    assert again.to_wav() == audio.to_wav()
    assert again.samples == pytest.approx(audio.samples, abs=1 / 32768)


WAV = wav(struct.pack("<8h", *range(8)), 2, channels=2)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"RIFF",
        b"ID3\x04 an mp3",
        WAV[:20],
        Path("/nonexistent.wav"),
        "a\0b.wav",
        ".",
        None,
        17,
    ],
)
def test_what_is_no_wav_file_is_refused(source: bytes) -> None:
    with pytest.raises(InputError, match=r"not a PCM WAV file: .*Give 8, 16, 24 or 32"):
        Audio.from_wav(source)


def test_a_wav_file_that_ends_early_is_read_as_far_as_it_goes() -> None:
    assert len(Audio.from_wav(WAV[:44]).samples) == 0
    assert len(Audio.from_wav(WAV[:51]).samples) == 1


@given(
    data=st.one_of(
        st.binary(max_size=100),
        st.tuples(st.integers(0, len(WAV) - 1), st.integers(0, 255)).map(
            lambda change: WAV[: change[0]] + bytes([change[1]]) + WAV[change[0] + 1 :]
        ),
        st.integers(0, len(WAV)).map(lambda size: WAV[:size]),
    )
)
def test_broken_wav_files_are_input_errors_and_nothing_else(data: bytes) -> None:
    try:
        audio = Audio.from_wav(data)
    except InputError:
        return
    assert audio.samples.ndim == 1


@given(
    samples=hnp.arrays(
        hnp.scalar_dtypes(),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    )
)
def test_any_array_is_sound_or_an_input_error(samples: ArrayLike) -> None:
    try:
        audio = Audio(samples)
    except InputError:
        return
    assert np.isfinite(audio.samples).all()


@pytest.mark.parametrize("source", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_resampling_keeps_a_tone_as_it_is(source: int) -> None:
    resampled = Audio(tone(1_000, source), source).resample(24_000)

    assert resampled.sample_rate == 24_000
    assert len(resampled.samples) == 12_000
    middle = slice(2_000, -2_000)
    wrong = resampled.samples[middle] - tone(1_000, 24_000)[middle]
    assert np.abs(wrong).max() < 0.5 * 10 ** (-60 / 20)


def test_resampling_leaves_out_what_the_rate_cannot_hold() -> None:
    resampled = Audio(tone(15_000, 48_000), 48_000).resample(24_000)

    assert np.abs(resampled.samples[2_000:-2_000]).max() < 0.5 * 10 ** (-60 / 20)


def test_resampling_keeps_a_constant() -> None:
    resampled = Audio(np.full(8_000, 0.5), 16_000).resample(24_000)

    assert resampled.samples[1_000:-1_000] == pytest.approx(0.5, abs=1e-3)


def test_resampling_in_blocks_leaves_no_seams() -> None:
    audio = Audio(tone(300, 48_000, seconds=3.0), 48_000).resample(24_000)

    wrong = audio.samples[1_000:-1_000] - tone(300, 24_000, seconds=3.0)[1_000:-1_000]
    assert np.abs(wrong).max() < 0.5 * 10 ** (-60 / 20)


def test_resampling_of_nothing_and_to_the_same_rate() -> None:
    empty = Audio([], 48_000)
    same = Audio([0.5], 16_000)

    assert len(empty.resample(24_000).samples) == 0
    assert same.resample(16_000) is same
    assert empty.to_pcm16() == b""


def test_a_cell_can_play_it() -> None:
    shown = Audio([0.0])._repr_html_()

    assert shown.startswith("<audio controls")
    assert "data:audio/wav;base64,UklGR" in shown
