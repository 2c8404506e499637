from __future__ import annotations

import io
import os
import pickle
from pathlib import Path

import pytest

from rt_widget.backends.local.engine_process import frames
from rt_widget.backends.local.engine_process.frames import packed, read_frame
from rt_widget.backends.local.loading import Recipe
from rt_widget.backends.local.requests import values
from rt_widget.backends.local.weights import ModelFiles
from rt_widget.config import (
    PushToTalk,
    SemanticVad,
    ServerVad,
    SessionConfig,
    ToolSpec,
)
from rt_widget.errors import ProtocolError

TOOL = ToolSpec("look", "Looks.", {"type": "object", "properties": {}})
PARTS = (values.TextPart(text="hi"), values.AudioPart(audio=b"\0\1"))
MESSAGE = values.NewMessage(id="a", role="user", parts=PARTS)
CALL = values.NewCall(id="b", name="look", call_id="c", arguments="{}")
OUTPUT = values.NewOutput(id="d", call_id="c", output="ü")
FRAMES: list[frames.Down | frames.Up] = [
    frames.Begin(Recipe(ModelFiles(Path("a"), None), 2, "http://x/v1", "m", "key")),
    *(
        frames.Open(1, SessionConfig(turn_detection=detection, tools=(TOOL,)))
        for detection in (ServerVad(), SemanticVad(), PushToTalk())
    ),
    frames.Ask(1, values.UpdateSession(patch={"tools": [{"name": "look"}]})),
    frames.Ask(1, values.AppendAudio(audio=b"\0\1" * 2_400, event_id="e")),
    *(
        frames.Ask(1, values.InsertItem(item=item, previous_item_id="root"))
        for item in (MESSAGE, CALL, OUTPUT)
    ),
    frames.Ask(1, values.CreateResponse(input=(values.ItemReference(id="a"),))),
    frames.Close(1),
    frames.Ready(("heart",)),
    frames.Failed("WeightsError", "torn", "weights_missing", "fetch"),
    frames.Told(1, {"type": "response.output_audio.delta", "text_end": 3}),
    frames.Ended(1, "why"),
]


class Foreign:
    def __reduce__(self) -> tuple[object, ...]:
        return os.getpid, ()


def body(value: object) -> io.BytesIO:
    pickled = pickle.dumps(value)
    return io.BytesIO(len(pickled).to_bytes(4, "big") + pickled)


def test_frames_come_as_they_went_and_then_the_end() -> None:
    pipe = io.BytesIO(b"".join(packed(frame) for frame in FRAMES))
    assert [read_frame(pipe) for _ in FRAMES] == FRAMES
    assert read_frame(pipe) is None


@pytest.mark.parametrize("kind", values.Request.__args__)
def test_every_request_has_a_place(kind: type) -> None:
    name = kind.__module__, kind.__qualname__
    assert frames._BY_NAME[name] is kind


@pytest.mark.parametrize("kept", [0, 3, 4, 20])
def test_a_torn_frame_is_the_end(kept: int) -> None:
    assert read_frame(io.BytesIO(packed(FRAMES[0])[:kept])) is None


@pytest.mark.parametrize(
    "pipe", [body(Foreign()), body(os.getpid), io.BytesIO(b"\0\0\0\3odd")]
)
def test_what_is_no_frame_is_refused_and_not_run(pipe: io.BytesIO) -> None:
    with pytest.raises(ProtocolError, match="no frame"):
        read_frame(pipe)
