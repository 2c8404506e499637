from __future__ import annotations

import numpy as np

from rt_widget.backends.local.engines.base import SPEECH_RATE_HZ, Engines
from rt_widget.backends.local.work.recognition import Recognition
from rt_widget.backends.local.workers import Workers
from tests.local.scripted import (
    LoudnessVad,
    ScriptedAsr,
    ScriptedLlm,
    ToneTts,
    happens,
    silence,
)

SECOND = np.zeros(SPEECH_RATE_HZ, np.int16)


def workers(asr: ScriptedAsr) -> Workers:
    return Workers(Engines(LoudnessVad, asr, ScriptedLlm(), ToneTts(), "scripted"))


async def test_a_glimpse_gives_way_to_a_turn_of_another_session() -> None:
    asr = ScriptedAsr(["what is up"])
    asr.gate.clear()
    both = workers(asr)
    one, other = both.for_session(), both.for_session()
    glimpse = Recognition(one, SECOND, gives_way=True)
    await happens(asr.called)
    turn = Recognition(other, SECOND)
    await happens(asr.gave_up)
    assert await glimpse.words() == ""
    asr.gate.set()
    assert await turn.words() == "what is up"


async def test_nothing_is_heard_in_no_sound() -> None:
    asr = ScriptedAsr(["an invention"])
    for sound in (SECOND[:0], b""):
        assert await Recognition(workers(asr), sound).words() == ""
    assert asr.lengths == []
    assert await Recognition(workers(asr), silence(0.5)).words() == "an invention"
    assert asr.lengths == [0.5]
