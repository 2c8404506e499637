"""`rt-widget fetch`: brings the model files of the local voice."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rt_widget.backends.local import fetch, fetch_voices

if TYPE_CHECKING:
    import argparse

    from rt_widget.backends.local import FetchProgress

_MEGABYTE = 1_000_000
_BAR_WIDTH = 30
_LINE_EVERY_S = 5.0


def add_to(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help="take them from a directory or a file instead of the network",
    )
    parser.add_argument(
        "--voices",
        nargs="*",
        metavar="NAME",
        help="bring further voices too: those named, or all there are",
    )
    parser.add_argument("--quiet", action="store_true", help="print errors only")


def run(asked: argparse.Namespace) -> int:
    """Fetch; returns the exit code.

    Raises:
        InputError: there is no such voice.
        WeightsError: no source has the files.
        KeyboardInterrupt: it was interrupted; the text says what is left of it.
    """
    shown = Shown(sys.stderr)
    progress = shown if not asked.quiet else lambda _: None
    voices: tuple[str, ...] = ()
    try:
        if asked.voices is not None:
            voices = fetch_voices(asked.voices, progress, source=asked.source)
        files = fetch(progress, source=asked.source)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("what has arrived is kept") from None
    finally:
        shown.end()
    if not asked.quiet:
        print(f"The local voice is ready in {files.asr.parent}.")
        if voices:
            print(f"It can speak as {', '.join(voices)} too.")
    return 0


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
