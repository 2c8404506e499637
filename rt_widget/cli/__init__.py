"""The command `rt-widget`: fetches the local voice, and serves it to other programs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from rt_widget import __version__
from rt_widget.cli import fetching, serving
from rt_widget.errors import RealtimeWidgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED = 1
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code.

    0 when it is done, 1 when it failed, 2 for wrong arguments, 130 when it was
    interrupted.
    """
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except RealtimeWidgetError as error:
        print(f"rt-widget: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt as interrupt:
        why = f"; {interrupt}" if str(interrupt) else ""
        print(f"rt-widget: stopped{why}.", file=sys.stderr)
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rt-widget", description="Realtime voice in a notebook cell."
    )
    parser.add_argument(
        "--version", action="version", version=f"rt-widget {__version__}"
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    fetch = commands.add_parser(
        "fetch",
        help="download the model files of the local voice",
        description="Download the model files of the local voice, and check them. "
        "A download that was broken off goes on where it stopped.",
    )
    fetching.add_to(fetch)
    fetch.set_defaults(run=fetching.run)
    serve = commands.add_parser(
        "serve",
        help="serve the local voice to other programs",
        description="Serve the local voice as a Realtime server, for any client of "
        "the Realtime API on this computer.",
        epilog=serving.ENVIRONMENT,
    )
    serving.add_to(serve)
    serve.set_defaults(run=serving.run)
    return parser
