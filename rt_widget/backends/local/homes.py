"""Where the engines live: in this process, or in a child of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rt_widget.backends.local.loading import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt_widget.backends.base import Connection
    from rt_widget.backends.local.engine_process.process import EngineProcess
    from rt_widget.backends.local.loading import Recipe
    from rt_widget.backends.local.workers import Workers
    from rt_widget.config import SessionConfig


class Home(Protocol):
    """Loaded engines; they are freed when nobody holds it, nor a connection of it."""

    @property
    def voices(self) -> Sequence[str]:
        """Names of those that can speak."""

    @property
    def has_ended(self) -> bool:
        """Whether another is needed."""

    def connect(self, config: SessionConfig) -> Connection:
        """Open a conversation; on the loop that will use it."""


async def home_of(recipe: Recipe, *, in_child: bool) -> Home:
    """Load engines, or share those that are loaded.

    Raises:
        EnginesMissingError: packages are not installed.
        WeightsError: model files are missing.
        BackendError: an engine cannot be loaded, or no process can be started.
    """
    if not in_child:
        return _Here(await load(recipe))
    # On demand: with engines in this process there is none to start.
    from rt_widget.backends.local.engine_process.sharing import (  # noqa: PLC0415
        running,
    )

    return _Child(await running(recipe))


class _Here:
    has_ended = False

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.voices: Sequence[str] = tuple(workers.engines.tts.voices)

    def connect(self, config: SessionConfig) -> Connection:
        # It imports packages of the extra `local`, which are known to be here now.
        from rt_widget.backends.local.connection import (  # noqa: PLC0415
            LocalConnection,
        )

        return LocalConnection(self._workers, config)


class _Child:
    def __init__(self, process: EngineProcess) -> None:
        self.process = process
        self.voices: Sequence[str] = process.loaded.result()

    @property
    def has_ended(self) -> bool:
        return self.process.has_ended

    def connect(self, config: SessionConfig) -> Connection:
        from rt_widget.backends.local.engine_process.connection import (  # noqa: PLC0415 - see above
            ProcessConnection,
        )

        return ProcessConnection(self.process, config)
