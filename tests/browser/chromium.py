"""Chromiums that stay for a module, and the file that their microphones hear."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.speech import write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """The browser: `RT_WIDGET_CHROMIUM`, or what is on the PATH."""
    found = os.environ.get("RT_WIDGET_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None
    )
    if not found:
        pytest.fail("No Chromium: run `make test`, or set RT_WIDGET_CHROMIUM.")
    return found


class Chromiums:
    """One Chromium for each set of flags, started when it is first asked for.

    Args:
        playwright: The driver.
        folder: Where the microphone's file lies.
    """

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright = playwright
        self._heard = folder / "microphone.wav"
        self._silence = write_wav(folder / "silence.wav", np.zeros(24_000), 24_000)
        self._running: dict[tuple[str, ...], Browser] = {}

    def get(self, *, microphone: bool = True, grant: bool = True) -> Browser:
        """A browser that has a microphone or none, and grants or refuses it."""
        flags = ["--host-resolver-rules=MAP notebook.test 127.0.0.1"]
        if grant:
            flags.append("--use-fake-ui-for-media-stream")
        if microphone:
            flags += [
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={self._heard}%noloop",
            ]
        key = tuple(flags)
        if key not in self._running:
            self._running[key] = self._playwright.chromium.launch(
                executable_path=chromium_path(),
                args=CHROMIUM_ARGUMENTS + flags,
                ignore_default_args=["--mute-audio"],
            )
        return self._running[key]

    def hear(self, wav: Path | None) -> None:
        """Let the microphones hear this file, or silence.

        Chromium reads it from its beginning whenever a page opens the microphone.
        """
        new = self._heard.with_suffix(".new")
        shutil.copyfile(wav or self._silence, new)
        new.replace(self._heard)

    def close(self) -> None:
        """End them all."""
        for browser in self._running.values():
            browser.close()
        self._running.clear()
