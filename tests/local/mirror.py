"""A package index, an npm registry and a model hub on loopback, as one process.

    python mirror.py ROOT JOURNAL [HELD]

Serves the wheels in ROOT/wheels as an index, the packages in ROOT/packages as a
registry, and the files below ROOT/hub as a hub.
Prints its port, then writes each request as a line to JOURNAL. Of the file named
HELD it sends half, prints `held`, and goes on when a line comes in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

_COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Mirror(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: Path
    journal: Path
    held: str
    _writing = threading.Lock()

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing on standard error."""

    def _answer(self, *, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        with self._writing, self.journal.open("a") as journal:
            journal.write(f"{self.command} {path}\n")
        match path.strip("/").split("/"):
            case ["simple", name]:
                self._send(self._links(name), "text/html", with_body=with_body)
            case ["wheels", name]:
                self._send_file(self.root / "wheels" / name, with_body=with_body)
            case ["packages", name]:
                self._send_file(self.root / "packages" / name, with_body=with_body)
            case [scope, name] if scope.startswith("@"):
                known = self._versions(scope, name)
                self._send(known, "application/json", with_body=with_body)
            case [_, _, "resolve", _, *rest]:
                place = self.root / "hub" / Path(*rest)
                self._send_file(place, with_body=with_body)
            case _:
                self._send(b"", "text/plain", HTTPStatus.NOT_FOUND, with_body=False)

    def _links(self, name: str) -> bytes:
        wheels = (self.root / "wheels").glob(f"{name.replace('-', '_')}-*.whl")
        links = (f'<a href="/wheels/{path.name}">{path.name}</a>' for path in wheels)
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()

    def _versions(self, scope: str, name: str) -> bytes:
        at = f"http://{self.headers['Host']}/packages"
        versions = {}
        for path in (self.root / "packages").glob(f"{scope[1:]}-{name}-*.tgz"):
            version = path.stem.rpartition("-")[2]
            digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest())
            dist = {
                "tarball": f"{at}/{path.name}",
                "integrity": f"sha512-{digest.decode()}",
            }
            versions[version] = {
                "name": f"{scope}/{name}",
                "version": version,
                "dist": dist,
            }
        return json.dumps({"name": f"{scope}/{name}", "versions": versions}).encode()

    def _send_file(self, path: Path, *, with_body: bool) -> None:
        if not path.is_file():
            self._send(b"", "text/plain", HTTPStatus.NOT_FOUND, with_body=False)
            return
        body = path.read_bytes()
        self._send(
            body,
            "application/octet-stream",
            with_body=with_body,
            hold=path.name == self.held,
        )

    def _send(
        self,
        body: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        with_body: bool,
        hold: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", _COMMIT)
        self.end_headers()
        if not with_body:
            return
        half = len(body) // 2
        self.wfile.write(body[:half])
        if hold:
            self.wfile.flush()
            say("held")
            sys.stdin.readline()
        self.wfile.write(body[half:])


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    root, journal, *held = sys.argv[1:]
    Mirror.root = Path(root)
    Mirror.journal = Path(journal)
    Mirror.held = held[0] if held else ""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.daemon_threads = True
    say(str(server.server_address[1]))
    server.serve_forever()


if __name__ == "__main__":
    main()
