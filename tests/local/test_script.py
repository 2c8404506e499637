"""The local voice in a plain script: no display, no kernel, no key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.weights, pytest.mark.timeout(180)]

SCRIPT = """
import base64
from rt_widget import Audio, RealtimeWidget

with RealtimeWidget() as w:
    typed = w.ask_sync("What is the capital of France?")
    print(typed.status, typed.text)
    print(typed.audio.duration > 0.5, abs(typed.audio.samples).max() > 0.05)
    spoken = w.ask_sync(Audio(typed.audio.samples, typed.audio.sample_rate))
    print(spoken.status)
    print(w.transcript)
    # Streamed sound, cut off by the end of the script.
    piece = base64.b64encode(typed.audio.to_pcm16()[:48_000]).decode()
    w.send({"content_type": "audio", "content": piece})
"""


def test_a_script_asks_in_words_and_in_sound() -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "OPENAI_API_KEY": "", "PYTHONPATH": str(root)}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    answered, sounded, again, *transcript = run.stdout.splitlines()
    assert answered.startswith("completed ")
    assert "Paris" in answered
    assert sounded == "True True"
    assert again == "completed"
    # What the local voice has said, the local ears have heard.
    assert "Paris" in transcript[2]
