"""The engines, loaded once for all sessions of this process."""

from __future__ import annotations

import asyncio
import importlib
import os
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rt_widget.backends.local import weights
from rt_widget.backends.local.engines import load_engines, missing_packages
from rt_widget.backends.local.workers import Workers
from rt_widget.errors import EnginesMissingError, InputError, WeightsError

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Llm
    from rt_widget.backends.local.weights import ModelFiles

MOST_THREADS = 4
"""More do not make engines of this size faster."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the engines are made of; equal recipes share one set of engines.

    Args:
        models: The model files; None are those that `rt-widget fetch` brought.
        threads: Threads of each engine; None takes one a core, up to four.
        llm_base_url: A chat completions server in place of the embedded model.
        llm_model: Its model; None takes the first that it lists.
        llm_api_key: Its key.

    Raises:
        InputError: `llm_base_url` is no URL, or `threads` is no positive number.
    """

    models: ModelFiles | None = None
    threads: int | None = None
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: str | None = None

    def __post_init__(self) -> None:
        if self.llm_base_url is not None:
            _check_url(self.llm_base_url)
        threads: object = self.threads
        if threads is not None and not (isinstance(threads, int) and threads >= 1):
            hint = "Give 1, 2 or more, or None."
            raise InputError(f"threads is {threads!r}.", hint=hint)

    def __repr__(self) -> str:
        return f"Recipe(threads={self.threads}, llm_base_url={self.llm_base_url!r})"

    @property
    def has_own_llm(self) -> bool:
        """Whether the embedded language model is part of it."""
        return self.llm_base_url is None


# One thread: two sessions that open at once must not load two sets.
_LOADER = ThreadPoolExecutor(1, thread_name_prefix="rt-widget-load")
_LOADED: weakref.WeakValueDictionary[Recipe, Workers] = weakref.WeakValueDictionary()


async def load(recipe: Recipe) -> Workers:
    """The engines of a recipe; they are freed when nobody holds them any more.

    Raises:
        EnginesMissingError: packages are not installed.
        WeightsError: model files are missing.
        BackendError: an engine cannot be loaded.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_LOADER, _load, recipe)


def found_models(recipe: Recipe) -> ModelFiles:
    """The model files of a recipe.

    Raises:
        EnginesMissingError: packages are not installed either.
        WeightsError: a file is missing.
    """
    models = recipe.models or weights.find(llm=recipe.has_own_llm)
    if models is None:
        # Without packages the files would be of no use: that is said first.
        absent = missing_packages(llm=recipe.has_own_llm)
        if absent:
            raise EnginesMissingError(f"The local voice needs {', '.join(absent)}.")
        message = "The model files of the local voice are not on this machine."
        raise WeightsError(message)
    return models


def _load(recipe: Recipe) -> Workers:
    workers = _LOADED.get(recipe)
    if workers is not None:
        return workers
    threads = recipe.threads or usual_threads()
    engines = load_engines(found_models(recipe), threads=threads, llm=_llm(recipe))
    # Its packages take a while to import, and connecting may not hold up the loop.
    importlib.import_module("rt_widget.backends.local.connection")
    workers = _LOADED[recipe] = Workers(engines)
    return workers


def _llm(recipe: Recipe) -> Llm | None:
    if recipe.llm_base_url is None:
        return None
    # On demand: the client of a server is of no use to the embedded model.
    from rt_widget.backends.local.engines.chat_server import (  # noqa: PLC0415
        ChatServerLlm,
    )

    return ChatServerLlm(
        recipe.llm_base_url, model=recipe.llm_model, api_key=recipe.llm_api_key
    )


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        hint = "Give a URL such as http://127.0.0.1:11434/v1."
        raise InputError(f"llm_base_url is {url!r}.", hint=hint)


def usual_threads() -> int:
    """Threads of an engine where nobody says how many: one a core, up to four."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, MOST_THREADS)
