"""The cell's Download button: a backend's files, fetched in a thread, with progress."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from rt_widget.backends.base import InstallableBackend
from rt_widget.errors import RealtimeWidgetError

if TYPE_CHECKING:
    from rt_widget.backends.base import Availability, Backend
    from rt_widget.publisher import Page

REPORT_INTERVAL_S = 0.25


class Download:
    """At most one download at a time; used on the background loop."""

    def __init__(self, backend: Backend, page: Page) -> None:
        self._backend = backend
        self._page = page
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin, unless there is nothing to fetch or it is going on."""
        going_on = self._task is not None and not self._task.done()
        if isinstance(self._backend, InstallableBackend) and not going_on:
            self._stopped = False
            self._task = asyncio.create_task(self._fetch(self._backend))

    def stop(self) -> None:
        """Give up; what is here stays for the next time."""
        self._stopped = True

    async def _fetch(self, backend: InstallableBackend) -> None:
        loop = asyncio.get_running_loop()
        shown_at = 0.0

        def progress(now: Availability) -> None:
            nonlocal shown_at
            if time.monotonic() - shown_at >= REPORT_INTERVAL_S:
                shown_at = time.monotonic()
                loop.call_soon_threadsafe(
                    self._show, {**asdict(now), "state": "fetching"}
                )

        try:
            await asyncio.to_thread(backend.fetch, progress, lambda: self._stopped)
        except RealtimeWidgetError as error:
            here = asdict(await asyncio.to_thread(backend.availability))
            self._show({**here, "state": "failed", "hint": str(error)})
        else:
            self._show(asdict(await asyncio.to_thread(backend.availability)))
            self._page.show(error={})

    def _show(self, state: dict[str, object]) -> None:
        self._page.show(local_voice=state)
