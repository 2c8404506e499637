"""One child for all sessions of this process whose engines are the same."""

from __future__ import annotations

import asyncio
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from rt_widget.backends.local.engine_process.process import EngineProcess
from rt_widget.backends.local.loading import Recipe, found_models

# One thread: two sessions that open at once must not start two.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="rt-widget-start")
_RUNNING: weakref.WeakValueDictionary[Recipe, EngineProcess] = (
    weakref.WeakValueDictionary()
)


async def running(recipe: Recipe) -> EngineProcess:
    """The child for a recipe, with its engines loaded; it ends when nobody holds it.

    Raises:
        EnginesMissingError: packages are not installed.
        WeightsError: model files are missing.
        BackendError: the child cannot be started, or an engine cannot be loaded.
    """
    loop = asyncio.get_running_loop()
    process = await loop.run_in_executor(_STARTER, _running, recipe)
    await asyncio.shield(asyncio.wrap_future(process.loaded))
    return process


def _running(recipe: Recipe) -> EngineProcess:
    process = _RUNNING.get(recipe)
    if process is None or process.has_ended:
        whole = replace(recipe, models=found_models(recipe))
        process = _RUNNING[recipe] = EngineProcess(whole)
    return process
