from __future__ import annotations

import importlib
import io
import os
import struct
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rt_widget.audio import Audio, duration_ms, float_from_pcm16, pcm16_from_float
from rt_widget.errors import InputError, RealtimeWidgetError
from rt_widget.wav import FILE_LIMIT, MOST_SAMPLES
from rt_widget.waveform import WIDTH, drawing, envelope

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
        (np.array([0.0, 0.5, -1.0], np.longdouble), [0.0, 0.5, -1.0]),
        (np.array([0.0, 0.5, -1.0], ">f8"), [0.0, 0.5, -1.0]),
        (np.array([2**63, 2**63 + 2**62, 0], np.uint64), [0.0, 0.5, -1.0]),
        (np.broadcast_to(np.float32(0.5), 3), [0.5, 0.5, 0.5]),
        (np.zeros((4, 32), np.float32).T[:2], [0.0, 0.0]),
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
        [10**400, 0.5],
        np.array(["2026-11-27"], "datetime64[D]"),
        np.zeros(3, [("left", "f4"), ("right", "f4")]),
        np.broadcast_to(np.float32(0), MOST_SAMPLES + 1),
        np.broadcast_to(np.float32(0), (10**12, 2)),
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


@pytest.mark.parametrize("rate", [8_000, 24_000, 48_000])
def test_samples_louder_than_any_sound_are_clipped_too(rate: int) -> None:
    audio = Audio(np.full(4_800, 3e38), rate)

    assert np.frombuffer(audio.to_pcm16(), "<i2").max() == 32767
    assert np.frombuffer(audio.to_wav()[44:], "<i2").tolist() == [32767] * 4_800


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


def riff(
    frames: bytes, tag: int, bits: int, *, channels: int = 1, subformat: int = 0
) -> bytes:
    """A file as other programs write it, with a chunk that nobody needs."""
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, 8_000, 8_000 * width, width, bits)
    if tag == 0xFFFE:
        form += struct.pack("<HHIH", 22, bits, 0, subformat)
        form += bytes.fromhex("000000001000800000aa00389b71")
    parts = [(b"fmt ", form), (b"LIST", b"odd"), (b"data", frames)]
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in parts
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (riff(struct.pack("<3f", 0, 0.5, -1), 3, 32), [0.0, 0.5, -1.0]),
        (riff(struct.pack("<3d", 0, 0.5, -1), 3, 64), [0.0, 0.5, -1.0]),
        (riff(struct.pack("<2h", 16384, 0), 0xFFFE, 16, subformat=1), [0.5, 0.0]),
        (riff(struct.pack("<2f", 0.5, 0), 0xFFFE, 32, subformat=3), [0.5, 0.0]),
        (
            riff(struct.pack("<4f", 0.5, 0, 1, 0), 3, 32, channels=2),
            [0.25, 0.5],
        ),
        (
            riff(bytes([0xD5, 0x55, 0x80, 0x00, 0xAA, 0x2A]), 6, 8),
            [n / 32768 for n in (8, -8, 5504, -5504, 32256, -32256)],
        ),
        (
            riff(bytes([0xFF, 0x7F, 0x80, 0x00, 0xF0, 0x70]), 7, 8),
            [n / 32768 for n in (0, 0, 32124, -32124, 120, -120)],
        ),
    ],
)
def test_wav_files_of_each_encoding_are_read(
    data: bytes, expected: list[float]
) -> None:
    audio = Audio.from_wav(data)

    assert audio.samples.tolist() == expected
    assert audio.sample_rate == 8_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (riff(b"", 2, 4), "encoding 2 of 4 bit is not known"),
        (riff(b"", 0xFFFE, 16, subformat=85), "encoding 85 of 16 bit is not known"),
        (riff(b"", 1, 16).replace(b"fmt ", b"fm2 "), "sound comes before its header"),
        (riff(b"", 1, 16).replace(b"data", b"dat2"), "has no sound in it"),
        (riff(b"", 1, 16, channels=0), "tells of 0 channels"),
        (riff(b"", 1, 16, channels=33), "tells of 33 channels"),
        (b"RIFF\0\0\0\0WAVEfmt \2\0\0\0\1\0", "its header is cut off"),
        (b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 2_000, "has no sound in it"),
        (b"ID3\x04", "looks like an MP3 file"),
        (b"OggS", "looks like an Ogg file"),
        (b"fLaC", "looks like a FLAC file"),
        (b"RF64", "more than 4 GB"),
        (b"", "it is empty"),
        (bytes(100), "does not begin as one"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Audio.from_wav(data)


def test_a_header_with_an_impossible_rate_is_refused() -> None:
    data = riff(bytes(4), 1, 16).replace(struct.pack("<I", 8_000), bytes(4), 1)
    with pytest.raises(InputError, match=r"sample_rate is 0\..*from 8000"):
        Audio.from_wav(data)


def test_floats_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="NaN or infinite"):
        Audio.from_wav(riff(struct.pack("<2f", np.nan, 0), 3, 32))


def test_only_files_of_a_bearable_size_are_read(tmp_path: Path) -> None:
    large, pipe = tmp_path / "large.wav", tmp_path / "pipe"
    with large.open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    os.mkfifo(pipe)

    with pytest.raises(InputError, match="the limit is 1,000,000,000"):
        Audio.from_wav(large)
    for endless in (pipe, Path("/dev/zero")):
        with pytest.raises(InputError, match="there is no file"):
            Audio.from_wav(endless)


def test_whatever_holds_sound_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    audio = Audio([0.5, -0.5], 16_000)
    path.write_bytes(audio.to_wav())

    assert Audio.of(audio) is audio
    for value in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        taken = Audio.of(value)
        assert (taken.samples.tolist(), taken.sample_rate) == ([0.5, -0.5], 16_000)
    assert Audio.of(np.zeros(3), 8_000).sample_rate == 8_000
    for silent in (None, 5, object(), {}, [None]):
        with pytest.raises(InputError):
            Audio.of(silent)


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
        "",
        "a\0b.wav",
        ".",
        None,
        17,
    ],
)
def test_what_is_no_wav_file_is_refused(source: bytes) -> None:
    with pytest.raises(InputError, match=r"cannot be read: .+\. Give a WAV file: PCM"):
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


def test_a_cell_can_play_it_and_shows_its_shape() -> None:
    audio = Audio(tone(440, 24_000))
    shown = audio._repr_html_()

    assert "<audio controls" in shown
    assert "data:audio/wav;base64,UklGR" in shown
    assert 'role="img" aria-label="Waveform of 0.5 seconds"' in shown
    assert 'stroke="currentColor"' in shown


def test_a_sound_that_is_too_long_for_a_notebook_is_not_put_into_it() -> None:
    audio = Audio(np.broadcast_to(np.float32(0.1), 24_000 * 601))

    assert len(audio._repr_html_()) < 20_000
    assert "save `.to_wav()`" in audio._repr_html_()


def columns(svg: str) -> list[tuple[float, float]]:
    """Tops and bottoms of what is drawn."""
    path = ET.fromstring(svg).find("path")  # noqa: S314 - it is our own
    assert path is not None
    bars = path.attrib["d"].split("M")[1:]
    pairs = (bar.split(" ")[1].split("V") for bar in bars)
    return [(float(top), float(bottom)) for top, bottom in pairs]


def test_a_waveform_is_as_high_as_the_sound_is_loud() -> None:
    quiet, loud = np.zeros(5_000, np.float32), tone(440, 24_000)[:5_000] * 8
    bars = columns(drawing(np.append(quiet, loud).astype(np.float32), "A tone"))

    assert len(bars) == WIDTH
    heights = [bottom - top for top, bottom in bars]
    assert max(heights[: WIDTH // 2]) == pytest.approx(0.96, abs=0.11)
    assert min(heights[-WIDTH // 2 :]) > 40
    assert all(0 <= top < bottom <= 48 for top, bottom in bars)


@pytest.mark.parametrize("count", [0, 1, 2, WIDTH - 1])
def test_a_short_sound_has_a_shape_too(count: int) -> None:
    assert len(columns(drawing(np.ones(count, np.float32), "Short"))) == count


@given(
    samples=hnp.arrays(
        np.float32, st.integers(0, 50), elements=st.floats(-1, 1, width=32)
    ),
    count=st.integers(1, 60),
)
def test_an_envelope_leaves_out_no_sample(
    samples: NDArray[np.float32], count: int
) -> None:
    low, high = envelope(samples, count)

    assert len(low) == len(high) == min(count, len(samples))
    if len(samples):
        assert (low.min(), high.max()) == (samples.min(), samples.max())


def test_it_plots_its_waveform() -> None:
    pyplot = importlib.import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    drawn = Audio(tone(440, 16_000), 16_000).plot(axes, color="red")

    assert drawn is axes
    (shape,) = axes.collections
    edges = shape.get_paths()[0].vertices
    assert edges[:, 0].max() == pytest.approx(0.5, abs=0.01)
    assert edges[:, 1].max() == pytest.approx(0.5, abs=0.01)
    assert axes.get_xlabel() == "Seconds"
    pyplot.close(figure)


def test_without_matplotlib_a_plot_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(RealtimeWidgetError, match="pip install matplotlib") as caught:
        Audio([0.0]).plot()
    assert caught.value.code == "package_missing"
