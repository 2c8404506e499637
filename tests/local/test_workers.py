from __future__ import annotations

import gc
import threading
import weakref

from rt_widget.backends.local.engines.base import Engines
from rt_widget.backends.local.workers import Workers
from tests.local.scripted import LoudnessVad, ScriptedAsr, ScriptedLlm, ToneTts


def engines() -> Engines:
    asr, llm, tts = ScriptedAsr(), ScriptedLlm(), ToneTts()
    return Engines(LoudnessVad, asr, llm, tts, "scripted", new_llm=ScriptedLlm)


def test_each_session_has_lines_and_a_language_model_of_its_own() -> None:
    shared = Workers(engines())
    one, other = shared.for_session(), shared.for_session()
    assert one.engines.asr is other.engines.asr is shared.engines.asr
    assert one.engines.llm is not other.engines.llm
    assert one.llm is not other.llm
    # The thread is the same.
    threads = {w.tts.submit(threading.get_ident).result() for w in (one, other)}
    assert len(threads) == 1


def test_a_session_keeps_what_it_shares_alive() -> None:
    shared = Workers(engines())
    there = weakref.ref(shared)
    session = shared.for_session()
    del shared
    gc.collect()
    assert there() is not None
    del session
    gc.collect()
    assert there() is None
