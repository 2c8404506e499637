"""A widget that is the transport and nothing else: what any such widget has to pay."""

from __future__ import annotations

import base64
import itertools
import threading
import time
from pathlib import Path

import anywidget
import traitlets

from tests.servers.signals import counter

PIECE_S = 0.1
SAMPLES = 2400


class Bare(anywidget.AnyWidget):
    """Takes microphone messages; sends sound at real time as a trait, once asked."""

    _esm = Path(__file__).with_name("_bare.js")
    audio = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.received = 0
        self.on_msg(self._take)
        # As the product does it: ipykernel 7.4 sends messages to whoever spoke last.
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = lambda _, default: default  # noqa: SLF001 - there is no public way

    def _take(self, _: object, content: dict[str, object], __: object) -> None:
        if "start" in content:
            threading.Thread(target=self._push, daemon=True).start()
        else:
            self.received += len(base64.b64decode(str(content["audio"])))

    def _push(self) -> None:
        due = time.monotonic()
        for seq in itertools.count():
            pcm = counter(seq * SAMPLES, SAMPLES).tobytes()
            content = base64.b64encode(pcm).decode("ascii")
            self.audio = {"seq": seq, "content": content}
            due += PIECE_S
            time.sleep(max(0, due - time.monotonic()))
