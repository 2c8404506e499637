"""A child with scripted engines; some questions have a meaning of their own."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt_widget.backends.local.engine_process.child import main
from rt_widget.backends.local.engines.base import Engines
from rt_widget.backends.local.loading import _llm
from rt_widget.backends.local.workers import Workers
from rt_widget.errors import WeightsError
from tests.local.scripted import LoudnessVad, ScriptedAsr, ScriptedLlm, ToneTts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rt_widget.backends.local.engines.base import ChatMessage, LlmUsage, Offer
    from rt_widget.backends.local.loading import Recipe


@dataclass
class Brain(ScriptedLlm):
    """Says what it was asked."""

    def chat(
        self,
        messages: Sequence[ChatMessage],
        *,
        temperature: float,
        max_tokens: int,
        on_delta: Callable[[str], bool],
        offer: Offer | None = None,
    ) -> LlmUsage:
        del temperature, max_tokens, offer
        asked = messages[-1].content
        match asked:
            case "crash":
                ctypes.string_at(0)
            case "print":
                os.write(1, b"loaded model\n" * 10_000)
                sys.stdout.write("loaded model\n")
        on_delta(f"You asked: {asked}.")
        return self.usage


async def load(recipe: Recipe) -> Workers:
    if recipe.threads == 99:
        raise WeightsError("The file is torn.")
    tts = ToneTts(voices=("heart", "emma"))
    brain = _llm(recipe) or Brain()
    return Workers(Engines(LoudnessVad, ScriptedAsr(), brain, tts, "scripted"))


if __name__ == "__main__":
    main(load)
