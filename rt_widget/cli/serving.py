"""`rt-widget serve`: the local voice for other programs."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

from rt_widget.backends.local import USUAL_PORT, LocalBackend

if TYPE_CHECKING:
    import argparse


ENVIRONMENT = (
    "RT_WIDGET_TOKEN is the token where --token is not given, and "
    "RT_WIDGET_LLM_API_KEY the key for --llm-base-url: other users of this computer "
    "can read what stands on a command line."
)

_LOGGER = "rt_widget.backends.local.serving"

_WARNING = (
    "rt-widget: warning: {url} can be reached from other computers, and nothing on the "
    "way is encrypted: sound, words and the token can be read there. Put a proxy with "
    "TLS in front, or use an SSH tunnel."
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    add(
        "--port",
        type=int,
        default=USUAL_PORT,
        help="port to listen at; 0 takes a free one (%(default)s)",
    )
    add("--token", help="what clients bring as their key; a random one if not given")
    add(
        "--allow-origin",
        dest="origins",
        action="append",
        default=[],
        metavar="URL",
        help="let pages of this origin in; may be given more than once",
    )
    add(
        "--sessions",
        type=int,
        default=4,
        metavar="N",
        help="conversations at once (%(default)s)",
    )
    add("--threads", type=int, metavar="N", help="threads of each engine")
    add("--llm-base-url", metavar="URL", help="a chat completions server that thinks")
    add("--llm-model", metavar="NAME", help="its model; the first it lists")
    add("--quiet", action="store_true", help="do not print who comes and goes")


def run(asked: argparse.Namespace) -> int:
    """Serve until told to end; returns the exit code.

    Raises:
        RealtimeWidgetError: it cannot serve; the text says why.
        KeyboardInterrupt: it was interrupted, after all sessions were ended.
    """
    if not asked.quiet:
        _print_news()
    if asyncio.run(_until_told(asked)):
        raise KeyboardInterrupt
    return 0


async def _until_told(asked: argparse.Namespace) -> bool:
    """Serve; returns whether it was interrupted."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[bool] = loop.create_future()

    def tell(*_: object, is_interruption: bool = False) -> None:
        if not told.done():
            told.set_result(is_interruption)

    # Where signals cannot be handled so, Ctrl+C cancels this task.
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, partial(tell, is_interruption=True))
        loop.add_signal_handler(signal.SIGTERM, tell)
    serving = asyncio.create_task(_serve(asked))
    serving.add_done_callback(tell)
    try:
        is_interruption = await told
    finally:
        serving.cancel()
        await asyncio.wait({serving})
    if not serving.cancelled():
        serving.result()
    return is_interruption


async def _serve(asked: argparse.Namespace) -> None:
    backend = LocalBackend(
        llm_base_url=asked.llm_base_url,
        llm_model=asked.llm_model,
        llm_api_key=os.environ.get("RT_WIDGET_LLM_API_KEY"),
        threads=asked.threads,
    )
    given = asked.token or os.environ.get("RT_WIDGET_TOKEN") or None
    async with backend.serve(
        host=asked.host,
        port=asked.port,
        token=given,
        sessions=asked.sessions,
        origins=asked.origins,
    ) as server:
        if not server.is_loopback:
            print(_WARNING.format(url=server.url), file=sys.stderr)
        # A token that was given is known, and the output may be a log.
        key = "THE_TOKEN_YOU_GAVE" if given else server.token
        print(_greeting(server.url, key), flush=True)
        await asyncio.Event().wait()


def _greeting(url: str, key: str) -> str:
    """What to copy; programs read the first two lines."""
    http = url.replace("ws://", "http://", 1)
    return f"""\
address: {url}/realtime
token: {key}

Any client of the Realtime API:
    client = AsyncOpenAI(websocket_base_url="{url}", api_key="{key}")
    async with client.realtime.connect(model="local") as connection: ...
Programs that read their environment:
    OPENAI_BASE_URL={http} OPENAI_API_KEY={key}
A notebook:
    RealtimeWidget(base_url="{url}", api_key="{key}")

Ctrl+C ends it."""


def _print_news() -> None:
    """Tell on standard error who comes, who is refused, and how sessions end."""
    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger(_LOGGER)
    logger.addHandler(shown)
    logger.setLevel(logging.INFO)
