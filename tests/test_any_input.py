"""Whatever a person or a page gives is taken, or refused with an error that says why.

What is taken is then judged as a strict server would judge it. `RT_WIDGET_CASES` says
how many cases each test tries.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import typing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rt_widget import Audio, PushToTalk, RealtimeWidget, SemanticVad, ServerVad, events
from rt_widget.backends.local.requests.values import RequestError
from rt_widget.backends.openai import OpenAIBackend
from rt_widget.backends.wire import Dialect, encode
from rt_widget.chunk_turn import ChunkTurn, Ended, Spoken, Typed
from rt_widget.chunks import check_chunk, clean_text, empty_chunk
from rt_widget.errors import InputError
from rt_widget.live_settings import LiveSettings
from rt_widget.questions import check_question
from rt_widget.samples import RATE_LIMITS_HZ
from rt_widget.settings import SETTINGS, SettingError, Settings
from tests.conftest import make_widget
from tests.dialogues import Talk
from tests.servers.dialects import DIALECTS
from tests.servers.items import make_item
from tests.servers.wire import decode_pcm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rt_widget.chunk_turn import Part
    from rt_widget.config import SessionConfig, TurnDetection
    from tests.servers.wire import JsonObject

CASES = int(os.environ.get("RT_WIDGET_CASES", "300"))
UNREACHABLE = "ws://127.0.0.1:1/v1"
BOTH: tuple[Dialect, ...] = ("ga", "beta")

pytestmark = pytest.mark.timeout(60 + CASES)
many = settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)
ANYTHING = (
    JSON
    | st.binary(max_size=10)
    | st.complex_numbers()
    | st.sampled_from([object(), int, np.float32(1), np.array([1, 2]), {1: 2}])
)
# Lone halves of characters are texts too.
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


def judge(sent: events.AnyClientEvent, dialect: Dialect) -> JsonObject:
    """The frame of an event as a strict server reads it.

    Raises:
        RequestError: the server refuses it.
    """

    def refuse(name: str) -> None:
        pytest.fail(f"{name} is no JSON")

    frame = encode(sent, dialect, "gpt-transcribe")
    read: JsonObject = json.loads(frame, parse_constant=refuse)
    json.dumps(read, ensure_ascii=False).encode("utf-8")
    server = DIALECTS[dialect]
    server.events[read["type"]].check(read, "")
    if "item" in read:
        make_item(server.items, read["item"], "item")
    if "audio" in read:
        decode_pcm(read["audio"], "audio")
    return read


def check_refusal(error: InputError) -> None:
    """It says in a few words what is wrong."""
    assert error.message.endswith(".")
    assert len(str(error)) < 400


# --- chunks ----------------------------------------------------------------------


def base64_of(pcm: bytes) -> str:
    return base64.b64encode(pcm).decode()


AUDIO_CONTENT = st.binary(max_size=40).map(base64_of) | st.integers(0, 6_000).map(
    lambda count: base64_of(b"\1\2" * count)
)
CHUNKS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("chunk"),
        "node_id": st.none() | st.text(max_size=5),
        "content_type": st.just("text"),
        "content": TEXT | st.just("Hello"),
        "content_metadata": st.just({}) | st.dictionaries(TEXT, JSON, max_size=2),
        "done": st.booleans(),
    },
) | st.fixed_dictionaries(
    {"content_type": st.just("audio"), "content": AUDIO_CONTENT},
    optional={
        "content_metadata": st.fixed_dictionaries(
            {}, optional={"sample_rate": st.sampled_from([24_000, 16_000])}
        ),
        "done": st.booleans(),
    },
)


def spoiled(given: JsonObject, name: str, value: object) -> JsonObject:
    return {**given, name: value}


CHUNK_LIKE = st.one_of(
    CHUNKS,
    CHUNKS,
    st.builds(spoiled, CHUNKS, st.sampled_from(list(empty_chunk())), ANYTHING),
    ANYTHING,
)
DETECTIONS: list[TurnDetection] = [
    PushToTalk(),
    ServerVad(),
    ServerVad(create_response=False),
    SemanticVad("high"),
]


def accepted(values: list[object]) -> Iterator[tuple[Part, ...]]:
    turn = ChunkTurn()
    for value in values:
        try:
            piece = check_chunk(value)
        except InputError as error:
            check_refusal(error)
        else:
            yield tuple(turn.take(piece))


async def sent_of(
    values: list[object], detection: TurnDetection
) -> tuple[list[Part], list[events.AnyClientEvent]]:
    """What is taken of the values, and what goes on the wire of it."""
    talk = Talk(detection)
    await talk.sent()
    taken: list[Part] = []
    sent: list[events.AnyClientEvent] = []
    for parts in accepted(values):
        for part in parts:
            taken.append(part)
            match part:
                case Typed(text=text):
                    talk.dialogue.ask(text, 0.0)
                case Spoken(pcm=pcm, before=before):
                    talk.dialogue.append_audio(pcm, before=before)
                case Ended(after=after):
                    talk.dialogue.end_turn(0.0, after)
            sent += await talk.sent()
    return taken, sent


@given(
    values=st.lists(CHUNK_LIKE, min_size=1, max_size=6).map(
        lambda values: [*values, {"done": True}]
    ),
    detection=st.sampled_from(DETECTIONS),
)
@many
def test_any_chunk_is_taken_or_refused_and_none_reaches_the_wire_wrong(
    values: list[object], detection: TurnDetection
) -> None:
    taken, sent = asyncio.run(sent_of(values, detection))

    event("on the wire" if sent else "nothing sent")
    for each in sent:
        for dialect in BOTH:
            judge(each, dialect)
    texts = [
        text
        for part in taken
        for text in (
            getattr(part, "before", ""),
            getattr(part, "text", ""),
            getattr(part, "after", ""),
        )
        if text
    ]
    items = [each.text for each in sent if isinstance(each, events.ItemCreate)]
    # A question behind the next waits in Python until its turn has come.
    assert items == texts[: len(items)]
    assert texts == [clean_text(text) for text in texts]
    assert all(text.strip() for text in texts)
    sounds = [part.pcm for part in taken if isinstance(part, Spoken)]
    appended = [e.audio for e in sent if isinstance(e, events.InputAudioAppend)]
    assert [pcm for pcm in appended if any(pcm)] == [pcm for pcm in sounds if any(pcm)]
    ends = sum(isinstance(part, Typed | Ended) for part in taken)
    asked = sum(isinstance(each, events.ResponseCreate) for each in sent)
    assert asked <= min(ends, 1), "no second answer beside one that was asked for"


# --- settings --------------------------------------------------------------------

VALID: dict[str, st.SearchStrategy[object]] = {
    "model": TEXT | st.sampled_from(["gpt-realtime", "gpt-4o-realtime-preview"]),
    "voice": TEXT.filter(str.strip) | st.sampled_from(["none", "nova", "voice_1"]),
    "system": TEXT | st.integers(63_990, 64_000).map(lambda size: "x" * size),
    "speed": st.floats(0.25, 1.5) | st.just(1),
    "temperature": st.floats(0.6, 1.2) | st.just(np.float32(1)),
    "turn_detection": st.one_of(
        st.sampled_from(["server_vad", "semantic_vad", "push_to_talk"]),
        st.fixed_dictionaries(
            {"type": st.just("server_vad")},
            optional={
                "threshold": st.floats(0, 1),
                "prefix_padding_ms": st.floats(0, 5_000),
                "silence_duration_ms": st.integers(0, 10_000),
                "create_response": st.booleans(),
                "interrupt_response": st.booleans(),
                "false_alarm_ms": st.integers(0, 10_000),
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("semantic_vad")},
            optional={"eagerness": st.sampled_from(["low", "medium", "high", "auto"])},
        ),
    ),
    "noise_reduction": st.sampled_from(["none", "near_field", "far_field"]),
}
STRANGE_DETECTIONS = st.dictionaries(
    st.sampled_from(
        ["type", "threshold", "silence_duration_ms", "eagerness", "create_response"]
    ),
    st.sampled_from(["server_vad", "semantic_vad"]) | st.floats() | JSON,
)
STRANGE_NUMBERS = st.floats() | st.integers() | st.floats(0, 2)


def given_settings(strange: st.SearchStrategy[object]) -> st.SearchStrategy[JsonObject]:
    """Some settings that are as they must be, or of which one is not."""
    valid = st.fixed_dictionaries({}, optional=VALID)
    wrong = strange | STRANGE_DETECTIONS | STRANGE_NUMBERS | TEXT
    one_wrong = st.builds(spoiled, valid, st.sampled_from(SETTINGS), wrong)
    return valid | one_wrong


def check_settings(config: SessionConfig) -> None:
    """They would set up a session of a strict server, of either dialect."""
    for dialect in BOTH:
        backend = OpenAIBackend(UNREACHABLE, dialect=dialect)
        adjusted = backend.adjust(config).config
        first = LiveSettings(adjusted, backend.capabilities).first()
        try:
            judge(first, dialect)
        except RequestError as refusal:
            # Only a server knows all voices: an unknown name is its to refuse.
            assert str(refusal.param).endswith("voice"), refusal  # noqa: PT017 - it may also be taken
        assert 0 < len(adjusted.model) <= 256


def values_of(widget: RealtimeWidget) -> JsonObject:
    return {name: getattr(widget, name) for name in SETTINGS}


@pytest.fixture(scope="module")
def widget() -> Iterator[RealtimeWidget]:
    made = RealtimeWidget(base_url=UNREACHABLE)
    yield made
    made.close()


@given(changes=given_settings(ANYTHING))
@many
def test_any_assignment_is_taken_or_refused(
    widget: RealtimeWidget, changes: JsonObject
) -> None:
    for name, value in changes.items():
        before = values_of(widget)
        try:
            setattr(widget, name, value)
        except SettingError as error:
            event("refused")
            check_refusal(error)
            after = values_of(widget)
        else:
            event("taken")
            continue
        assert after == before
    check_settings(widget.session_config)


@given(changes=given_settings(JSON))
@many
def test_any_change_of_a_page_is_taken_or_refused(
    widget: RealtimeWidget, changes: JsonObject
) -> None:
    before = values_of(widget)
    widget.error = {}
    widget.set_state({**changes, "status": "hacked", "nonsense": 1})

    after = values_of(widget)
    for name in SETTINGS:
        if name not in changes:
            assert after[name] == before[name]
    refused = [name for name in changes if not is_valid(name, changes[name])]
    event("refused" if refused else "taken")
    assert bool(widget.error) == bool(refused)
    for name in refused:
        assert after[name] == before[name]
    assert widget.status == "disconnected"
    check_settings(widget.session_config)


def is_valid(name: str, value: object) -> bool:
    """Whether the setting takes it from Python."""
    try:
        setattr(Settings(), name, value)
    except InputError:
        return False
    return True


@given(keywords=given_settings(ANYTHING))
@many
def test_any_keyword_is_taken_or_refused(keywords: JsonObject) -> None:
    try:
        made = make_widget(base_url=UNREACHABLE, **keywords)
    except InputError as error:
        event("refused")
        check_refusal(error)
        return
    event("taken")
    try:
        check_settings(made.session_config)
    finally:
        made.close()


# --- sound -----------------------------------------------------------------------

SHAPES = st.one_of(
    hnp.array_shapes(min_dims=1, max_dims=1, min_side=0, max_side=300),
    st.tuples(st.integers(0, 60), st.integers(0, 4)),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
)
REAL = st.one_of(
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    st.just(np.dtype(np.longdouble)),
)
DTYPES = REAL | hnp.scalar_dtypes()
LOUD = st.floats(-1, 1, width=16)


def arranged(array: NDArray[typing.Any], how: str) -> NDArray[typing.Any]:
    """The same samples, otherwise laid out in memory."""
    match how:
        case "reversed":
            return array[::-1] if array.ndim else array
        case "strided":
            return np.repeat(array, 2, axis=0)[::2] if array.ndim else array
        case "fortran":
            return np.asfortranarray(array)
        case "read only":
            array.flags.writeable = False
    return array


ARRAYS = st.builds(
    arranged,
    st.one_of(
        hnp.arrays(REAL, SHAPES),
        hnp.arrays(DTYPES, SHAPES),
        hnp.arrays(hnp.floating_dtypes(), SHAPES, elements=LOUD),
    ),
    st.sampled_from(["as it is", "reversed", "strided", "fortran", "read only"]),
)
RATES = (
    st.integers(*RATE_LIMITS_HZ)
    | st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000, 192_000])
    | ANYTHING
)


@given(samples=ARRAYS, rate=RATES)
@many
def test_any_array_is_sound_or_refused_and_none_reaches_the_wire_wrong(
    samples: NDArray[typing.Any], rate: int
) -> None:
    try:
        audio = Audio(samples, rate)
    except InputError as error:
        event("refused")
        check_refusal(error)
        return
    event("taken")
    assert samples.dtype.kind in "iuf"
    assert audio.samples.shape == (len(samples),)
    assert np.isfinite(audio.samples).all()
    if samples.dtype.kind != "f":
        assert np.abs(audio.samples).max(initial=0) <= 1
    pcm = audio.to_pcm16()
    assert len(pcm) // 2 == pytest.approx(len(samples) * 24_000 / rate, abs=1)
    again = Audio.from_wav(audio.to_wav())
    assert (len(again.samples), again.sample_rate) == (len(samples), rate)
    if not pcm:
        return
    assert check_question(audio) is audio
    item = events.ItemCreate(item_id="item_1", audio=pcm)
    for each in (item, events.InputAudioAppend(audio=pcm)):
        for dialect in BOTH:
            judge(each, dialect)
