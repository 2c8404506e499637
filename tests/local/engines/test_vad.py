"""The ear that tells speech from silence leaves the cores to the other engines."""

from __future__ import annotations

import subprocess
import sys

import pytest

THREADS = """
import os
from threading import Thread
import numpy as np
from rt_widget.backends.local.engines.base import VAD_FRAME
from rt_widget.backends.local.engines.vad import SileroVad

def listen():
    vad, frame = SileroVad(), np.zeros(VAD_FRAME, np.int16)
    before = set(os.listdir("/proc/self/task"))
    for _ in range(3):
        vad.probability(frame)
    print(len(set(os.listdir("/proc/self/task")) - before))

for listener in (Thread(target=listen), Thread(target=listen)):
    listener.start()
    listener.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_a_frame_is_heard_in_the_thread_that_asks() -> None:
    command = [sys.executable, "-c", THREADS]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert told.stdout.split() == ["0", "0"]
