"""`python -m tests.servers` is `python -m tests.servers.realtime`."""

from __future__ import annotations

import asyncio

from tests.servers.realtime import main, parse_arguments

if __name__ == "__main__":
    asyncio.run(main(parse_arguments()))
