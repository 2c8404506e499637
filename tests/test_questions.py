from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget import Audio
from rt_widget.errors import InputError
from rt_widget.questions import SPEECH_LIMIT, Lines, check_lines, check_question
from tests.conftest import speech

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import StartTalk

SOUND = Audio.from_pcm16(speech(0.5))


def test_a_question_is_a_text_or_sound_in_any_form(tmp_path: Path) -> None:
    file = tmp_path / "question.wav"
    file.write_bytes(SOUND.to_wav())
    for given in (SOUND, SOUND.samples, SOUND.to_wav(), file):
        question = check_question(given)
        assert isinstance(question, Audio)
        assert question.to_pcm16() == SOUND.to_pcm16()
    assert check_question(" Why? ") == " Why? "


@pytest.mark.parametrize(
    "wrong", [5, object(), np.array([1j]), np.array([np.nan]), b"hi", [[1, 2], [3]]]
)
def test_what_is_neither_is_refused_with_the_reason(wrong: object) -> None:
    with pytest.raises(InputError) as refused:
        check_question(wrong)
    assert len(refused.value.message) > 20


def test_halves_of_characters_do_not_reach_the_wire() -> None:
    assert check_question("a\ud83d") == "a\ufffd"
    assert check_lines("a\ud83d\ude00").text == "a😀"


@pytest.mark.parametrize("wrong", ["", "  ", None, 5, "x" * (SPEECH_LIMIT + 1)])
def test_what_cannot_be_said_is_refused(wrong: object) -> None:
    with pytest.raises(InputError):
        check_lines(wrong)
    assert check_lines(" Hello ") == Lines("Hello")


async def test_samples_are_asked_bit_for_bit(talk: StartTalk) -> None:
    widget, _ = talk("mirror")
    reply = await widget.ask(SOUND.samples)

    assert reply.audio.to_pcm16() == SOUND.to_pcm16()
