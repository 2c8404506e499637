from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget import chunks
from rt_widget.chunk_turn import ChunkTurn, Ended, Spoken, Typed
from rt_widget.chunks import Input
from rt_widget.errors import InputError

if TYPE_CHECKING:
    from rt_widget.chunk_turn import Part

DONE = Input(done=True)
SOUND = Input(audio=b"\1\0", is_audio=True)
SPOKEN_DONE = Input(is_audio=True, done=True)


def parts(*pieces: Input) -> list[Part]:
    turn = ChunkTurn()
    return [part for piece in pieces for part in turn.take(piece)]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([Input("Hel"), Input("lo"), DONE], [Typed("Hello")]),
        ([Input("Hello"), SPOKEN_DONE], [Typed("Hello")]),
        ([Input(" \n"), DONE], []),
        ([DONE, DONE], []),
        ([Input("Hel"), Input("lo")], []),
        ([SOUND, SOUND], [Spoken(b"\1\0"), Spoken(b"\1\0")]),
        ([SOUND, DONE], [Spoken(b"\1\0"), Ended()]),
        ([SOUND, Input("And?"), DONE], [Spoken(b"\1\0"), Ended("And?")]),
        (
            [Input("Look: "), SOUND, Input(" "), SPOKEN_DONE],
            [Spoken(b"\1\0", "Look: "), Ended()],
        ),
        ([SOUND, DONE, Input("Hi"), DONE], [Spoken(b"\1\0"), Ended(), Typed("Hi")]),
        ([Input("\ud83d"), Input("\ude00 \udead"), DONE], [Typed("\U0001f600 \ufffd")]),
    ],
)
def test_pieces_are_put_together_to_turns(
    pieces: list[Input], expected: list[Part]
) -> None:
    assert parts(*pieces) == expected


def test_a_turns_text_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rt_widget.chunk_turn.CHUNK_LIMIT", 10)
    assert chunks.CHUNK_LIMIT > 10
    turn = ChunkTurn()
    assert list(turn.take(Input("12345"))) == []
    with pytest.raises(InputError, match="longer than 10 characters"):
        list(turn.take(Input("678901")))

    assert list(turn.take(Input("67890", done=True))) == [Typed("1234567890")]
    assert list(turn.take(Input("1234567890", done=True))) == [Typed("1234567890")]
