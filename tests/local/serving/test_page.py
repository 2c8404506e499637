"""A page of another origin, in a browser as people have it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium_path
from tests.local.serving.house import TOKEN, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.browser

# What a page can try. None of it has a person's leave, and the last ones the token.
ATTEMPTS = """
async ([host, token]) => {
  const socket = (names) => new Promise((done) => {
    const opened = new WebSocket(`ws://${host}/v1/realtime?model=local`, names);
    opened.onmessage = ({ data }) => { opened.close(); done(JSON.parse(data).type); };
    opened.onerror = () => done("refused");
  });
  const get = (path, headers, mode) =>
    fetch(`http://${host}${path}`, { headers, mode })
      .then((answer) => answer.text()).catch(() => "refused");
  const key = `openai-insecure-api-key.${token}`;
  return {
    "a socket": await socket([]),
    "a list": await get("/v1/models", {}, "cors"),
    "a list, unread": await get("/v1/models", {}, "no-cors"),
    "a list with the token": await get(
      "/v1/models", { Authorization: `Bearer ${token}` }, "cors"),
    "a socket with the token": await socket(["realtime", key]),
  };
}
"""


@asynccontextmanager
async def page_server() -> AsyncIterator[str]:
    """Serves an empty page; gives its origin."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0"
        writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_page_of_another_origin_gets_nothing_unless_it_was_let_in() -> None:
    got = {}
    async with page_server() as origin, async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        page = await browser.new_page()
        await page.goto(origin)
        for allowed in ((), (origin,)):
            async with serving(origins=allowed) as server:
                host = server.url.removeprefix("ws://").removesuffix("/v1")
                got[allowed] = await page.evaluate(ATTEMPTS, [host, TOKEN])
        await browser.close()

    refused = {
        "a socket": "refused",
        "a list": "refused",
        "a list, unread": "",
        "a list with the token": "refused",
        "a socket with the token": "refused",
    }
    assert got[()] == refused
    # With leave and the token it is a client like others; without the token it is not.
    assert got[(origin,)] == {**refused, "a socket with the token": "session.created"}
