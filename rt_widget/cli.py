"""The command `rt-widget`: fetches the model files of the local voice."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rt_widget import __version__
from rt_widget.backends.local import fetch
from rt_widget.errors import RealtimeWidgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.local import FetchProgress

_MEGABYTE = 1_000_000
_BAR_WIDTH = 30
_LINE_EVERY_S = 5.0
_FAILED = 1
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code.

    0 when all files are here, 1 when they could not be fetched, 2 for wrong
    arguments, 130 when it was interrupted.
    """
    asked = _parser().parse_args(arguments)
    shown = Shown(sys.stderr)
    try:
        files = fetch(
            shown if not asked.quiet else lambda _: None,
            source=asked.source,
        )
    except RealtimeWidgetError as error:
        shown.end()
        print(f"rt-widget: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        shown.end()
        print("rt-widget: stopped; what has arrived is kept.", file=sys.stderr)
        return _INTERRUPTED
    shown.end()
    if not asked.quiet:
        print(f"The local voice is ready in {files.whisper.parent}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rt-widget", description="Realtime voice in a notebook cell."
    )
    parser.add_argument(
        "--version", action="version", version=f"rt-widget {__version__}"
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    command = commands.add_parser(
        "fetch",
        help="download the model files of the local voice",
        description="Download the model files of the local voice, and check them. "
        "A download that was broken off goes on where it stopped.",
    )
    command.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help="take them from a directory or a file instead of the network",
    )
    command.add_argument("--quiet", action="store_true", help="print errors only")
    return parser


class Shown:
    """Progress on a stream: a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_open = False
        self._last = (float("-inf"), "")

    def __call__(self, progress: FetchProgress) -> None:
        """Show where the fetch stands."""
        text = (
            f"{progress.done // _MEGABYTE:,} of {progress.total // _MEGABYTE:,} MB"
            f"  {progress.file} from {progress.source}"
        )
        if self._is_terminal:
            filled = _BAR_WIDTH * progress.done // max(1, progress.total)
            bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
            print(f"\r\x1b[K{bar} {text}", end="", file=self._stream, flush=True)
            self._is_open = True
            return
        when, origin = self._last
        now = time.monotonic()
        if progress.source != origin or now - when >= _LINE_EVERY_S:
            self._last = (now, progress.source)
            print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._is_open:
            print(file=self._stream)
            self._is_open = False
