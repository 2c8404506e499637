"""A chat completions server on loopback, as a process of its own.

Prints its port, and then each request as a line of JSON. What it does depends on the
model's name in the request; `stall` waits until a line comes in.
"""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REFUSALS = {
    "refuse": (HTTPStatus.NOT_FOUND, '{"message": "No such model for KEY."}'),
    "denied": (HTTPStatus.UNAUTHORIZED, '{"message": "Incorrect key: KEY."}'),
    "busy": (HTTPStatus.TOO_MANY_REQUESTS, '{"message": "Rate limit."}'),
    "ollama": (HTTPStatus.NOT_FOUND, '"model not found"'),
}
ENDINGS = {
    "cut": [],
    "breaks": ['data: {"error": {"message": "Out of memory."}}\n\n'],
}
"""What comes after the first words of an answer that breaks off."""
WORDS = ("Grüße", ", ", "you", " 🙂")


class ChatDouble(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing on standard error."""

    def do_GET(self) -> None:
        say({"path": self.path})
        empty = self.path.startswith("/empty/")
        models = [] if empty else [{"id": "talker", "object": "model"}]
        self._send({"object": "list", "data": models})

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        request = json.loads(self.rfile.read(length))
        key = self.headers["Authorization"]
        say({"path": self.path, "key": key, **request})
        match request["model"]:
            case str(name) if name in REFUSALS:
                status, words = REFUSALS[name]
                self._send({"error": json.loads(words.replace("KEY", key))}, status)
            case str(name) if name in ENDINGS:
                self._stream(self._answer(with_usage=False)[:3] + ENDINGS[name])
            case "old" if "stream_options" in request:
                error = {"message": "Unknown field stream_options."}
                self._send({"error": error}, HTTPStatus.BAD_REQUEST)
            case "toolless" if "tools" in request:
                error = {"message": "toolless does not support tools"}
                self._send({"error": error}, HTTPStatus.BAD_REQUEST)
            case "caller":
                self._stream(self._calls(one_index=False))
            case "ollama caller":
                self._stream(self._calls(one_index=True))
            case "garbage":
                self._stream(["data: {not json\n\n"])
            case "page":
                self._send("<html>hello</html>")
            case "stall":
                sys.stdin.readline()
                self._stream(self._answer(with_usage=True))
            case _:
                self._stream(self._answer(with_usage="stream_options" in request))

    def _answer(self, *, with_usage: bool) -> list[str]:
        frames: list[object] = [_choice({"role": "assistant", "content": ""})]
        frames += [_choice({"content": word}) for word in WORDS]
        frames.append(_choice({}, "length"))
        if with_usage:
            counted = {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9}
            frames.append({**_chunk(), "choices": [], "usage": counted})
        lines = [f"data: {json.dumps(frame)}\n\n" for frame in frames]
        return [*lines, "data: [DONE]\n\n"]

    def _calls(self, *, one_index: bool) -> list[str]:
        """Two calls, the first in two pieces unless all have one index."""
        first = ('{"city": "Os', 'lo"}') if not one_index else ('{"city": "Oslo"}',)
        parts = [
            _part(0, "a", "look", first[0]),
            *(_part(0, None, None, more) for more in first[1:]),
            _part(0 if one_index else 1, "b", "wait", ""),
        ]
        frames: list[object] = [_choice({"content": "Well. "})]
        frames += [_choice({"tool_calls": [part]}) for part in parts]
        frames.append(_choice({}, "tool_calls"))
        lines = [f"data: {json.dumps(frame)}\n\n" for frame in frames]
        return [*lines, "data: [DONE]\n\n"]

    def _stream(self, lines: list[str]) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for line in lines:
            self.wfile.write(line.encode())
            self.wfile.flush()

    def _send(self, body: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _chunk() -> dict[str, object]:
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def _part(
    index: int, name_id: str | None, name: str | None, arguments: str
) -> dict[str, object]:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": name_id, "type": "function", "function": function}


def _choice(
    delta: Mapping[str, object], reason: str | None = None
) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {**_chunk(), "choices": [choice]}


def say(line: object) -> None:
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ChatDouble)
    server.daemon_threads = True
    say(server.server_address[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
