"""The widget is a client like others: by address and token."""

from __future__ import annotations

import pytest

from rt_widget import RealtimeWidget
from rt_widget.backends.local.serving import Bounds
from rt_widget.errors import ConnectError
from tests.local.serving.house import client, serving


async def test_the_widget_converses_with_a_served_voice() -> None:
    async with (
        serving() as server,
        RealtimeWidget(base_url=server.url, api_key=server.token) as widget,
    ):
        reply = await widget.ask("What is up?")

    assert reply.text == "Not much, you see?"
    assert reply.audio is not None
    assert reply.audio.duration > 0.3


async def test_the_widget_shows_why_it_was_refused() -> None:
    async with serving(Bounds(sessions=1)) as server:
        stranger = RealtimeWidget(base_url=server.url, api_key="not-the-token")
        with pytest.raises(ConnectError, match="the token that the server printed"):
            await stranger.connect()
        late = RealtimeWidget(base_url=server.url, api_key=server.token)
        async with client(server):
            with pytest.raises(
                ConnectError, match=r"sessions .* are taken \(--sessions 1"
            ) as full:
                await late.connect()
        stranger.close()
        late.close()

    assert full.value.retryable
    assert full.value.hint == "Try again in 5 s."
