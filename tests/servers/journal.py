"""A log of everything, one JSON object a line, flushed at once."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.wire import JsonObject


_AUDIO_DELTAS = ("response.output_audio.delta", "response.audio.delta")


class Journal:
    """Writes lines with `kind`, `t` (`time.time()`) and `connection` (1, 2, ...).

    `opened`: `model`, `query`, `headers` (the key replaced by whether it was right).
    `received`: `type`, `bytes`, `event` (or `text`, if it was not a JSON object).
    `sent`: `type`, `index` (counts a connection's messages), `bytes`, `event` without
    an audio delta's base64, and for those `delta_index` (counts within the item) and
    `samples`; `t` is taken right before the message is given to the socket.
    `closed`: `code`, `reason`.
    `refused`: `status`, `headers`.

    Args:
        path: Where to write; None writes nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("a", encoding="utf-8")

    def write(self, kind: str, connection: int, **fields: object) -> None:
        """Write one line; `t` may be given, else it is now."""
        if self._file is None:
            return
        line: JsonObject = {"kind": kind, "t": time.time(), "connection": connection}
        self._file.write(json.dumps({**line, **fields}) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class JournalReader:
    """Reads a journal that is still being written: each line once.

    Tests ask for it again and again while they wait, and it grows with each of them.

    Args:
        path: The file; there may be none yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[JsonObject] = []
        self._read = 0
        self._lock = threading.Lock()

    def lines(self) -> list[JsonObject]:
        """Give all lines that are complete so far, oldest first."""
        with self._lock:
            if self._path.exists():
                with self._path.open("rb") as file:
                    file.seek(self._read)
                    new = file.read()
                complete = new[: new.rfind(b"\n") + 1]
                self._read += len(complete)
                self._lines += map(json.loads, complete.splitlines())
            return list(self._lines)


class Notes:
    """Writes what one connection receives and sends.

    Args:
        journal: Where it is written.
        connection: Its number.
    """

    def __init__(self, journal: Journal, connection: int) -> None:
        self._journal = journal
        self._connection = connection
        self._sent = 0
        self._deltas: dict[str, int] = {}

    def received(
        self, event: JsonObject | None, message: str | bytes, arrived: float
    ) -> None:
        """Note a client's message; `event` is None if it is no JSON object."""
        text = message if isinstance(message, str) else repr(message)
        seen: JsonObject = {"text": text} if event is None else {"event": event}
        self._journal.write(
            "received",
            self._connection,
            t=arrived,
            type=None if event is None else event.get("type"),
            bytes=len(message),
            **seen,
        )

    def sent(self, event: JsonObject, size: int) -> None:
        """Note a message that is about to be sent."""
        note: JsonObject = {"type": event["type"], "index": self._sent, "bytes": size}
        self._sent += 1
        if event["type"] in _AUDIO_DELTAS:
            item_id = str(event["item_id"])
            note["delta_index"] = self._deltas.get(item_id, 0)
            self._deltas[item_id] = note["delta_index"] + 1
            note["samples"] = _samples(event["delta"])
            event = {name: event[name] for name in event if name != "delta"}
        self._journal.write("sent", self._connection, **note, event=event)


def _samples(delta: object) -> int | None:
    """Count the samples of an audio delta; None if it is none."""
    try:
        return len(base64.b64decode(str(delta), validate=True)) // 2
    except ValueError:
        return None
