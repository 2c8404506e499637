from __future__ import annotations

import weakref
from dataclasses import replace
from pathlib import Path

import pytest

from rt_widget import events
from rt_widget.backends import choose_backend
from rt_widget.backends.base import Backend, Choice, InstallableBackend
from rt_widget.backends.local import LocalBackend, loading, weights
from rt_widget.backends.local.engines.base import Engines
from rt_widget.backends.local.loading import Recipe, load, usual_threads
from rt_widget.backends.local.weights import ModelFiles
from rt_widget.catalog import catalog
from rt_widget.config import (
    PushToTalk,
    SemanticVad,
    ServerVad,
    SessionConfig,
    TurnDetection,
)
from rt_widget.errors import EnginesMissingError, InputError, WeightsError
from tests.local.scripted import LoudnessVad, ScriptedAsr, ScriptedLlm, ToneTts

FILES = ModelFiles(asr=Path("moonshine"), llm=Path("model.gguf"))
HEART = SessionConfig(voice="heart")


class Loader:
    """Stands for `load_engines`; counts."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __call__(self, models: ModelFiles, *, threads: int, llm: object) -> Engines:
        del models, llm
        self.threads.append(threads)
        tts = ToneTts(voices=("heart", "emma"))
        return Engines(LoudnessVad, ScriptedAsr(), ScriptedLlm(), tts, "scripted")


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Loader:
    loader = Loader()
    monkeypatch.setattr(loading, "load_engines", loader)
    monkeypatch.setattr(loading, "_LOADED", weakref.WeakValueDictionary())
    return loader


def in_this_process() -> LocalBackend:
    return LocalBackend(models=FILES, engine_process=False)


def lacking(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    def missing(*, llm: bool) -> list[str]:
        assert llm
        return list(packages)

    monkeypatch.setattr(loading, "missing_packages", missing)
    monkeypatch.setattr("rt_widget.backends.local.missing_packages", missing)


def test_it_is_a_backend_that_can_be_installed() -> None:
    backend: Backend = choose_backend("local")
    assert isinstance(backend, LocalBackend)
    assert isinstance(backend, InstallableBackend)


def test_it_says_what_it_can_do() -> None:
    can = LocalBackend().capabilities
    assert can.backend == "local"
    assert can.label == "local voice · no key, no network"
    assert can.models == (Choice("local", "moonshine-tiny · qwen 0.5B · hibari"),)
    assert can.voices == (Choice("heart", "Heart"),)
    assert (can.temperature, can.speed) == ((0.6, 1.2), (0.25, 1.5))
    assert can.turn_detection == ("server_vad", "semantic_vad", "push_to_talk")
    assert not can.voice_locked


def test_another_brain_is_named_and_its_key_is_not() -> None:
    backend = LocalBackend(
        llm_base_url="http://box.example:11434/v1",
        llm_model="llama",
        llm_api_key="secret",
    )
    can = backend.capabilities
    assert can.label == "local voice · answers from box.example"
    assert can.models[0].label == "moonshine-tiny · llama · hibari"
    assert "secret" not in repr(backend) + repr(can) + repr(backend._recipe)


@pytest.mark.parametrize("model", ["", "local", catalog().default_model])
def test_a_default_model_becomes_the_local_one_silently(model: str) -> None:
    adjusted = LocalBackend().adjust(replace(HEART, model=model))
    assert adjusted.config.model == "local"
    assert adjusted.notices == ()


def test_foreign_names_become_the_local_ones_with_a_notice() -> None:
    config = replace(HEART, model="gpt-realtime-mini", voice="verse")
    adjusted = LocalBackend().adjust(config)
    assert (adjusted.config.model, adjusted.config.voice) == ("local", "heart")
    about_model, about_voice = adjusted.notices
    assert "gpt-realtime-mini" in about_model
    assert "verse" in about_voice


def test_the_default_voice_is_spoken_for_silently() -> None:
    adjusted = LocalBackend().adjust(SessionConfig())
    assert (adjusted.config.voice, adjusted.notices) == ("heart", ())


@pytest.mark.parametrize("voice", ["none", "heart"])
def test_voices_at_hand_are_kept(voice: str) -> None:
    adjusted = LocalBackend().adjust(SessionConfig(voice=voice))
    assert (adjusted.config.voice, adjusted.notices) == (voice, ())


@pytest.mark.parametrize(
    "detection", [ServerVad(threshold=0.7), SemanticVad("low"), PushToTalk()]
)
def test_every_turn_detection_is_its_own(detection: TurnDetection) -> None:
    adjusted = LocalBackend().adjust(replace(HEART, turn_detection=detection))
    assert adjusted.config.turn_detection == detection
    assert adjusted.notices == ()


@pytest.mark.parametrize("url", ["", "box:11434", "ftp://box/v1", "/v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        LocalBackend(llm_base_url=url)


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_must_be_positive(threads: int) -> None:
    with pytest.raises(InputError):
        LocalBackend(threads=threads)


@pytest.mark.parametrize("value", [1, "yes", 0.0])
def test_engines_are_in_a_process_of_their_own_or_not(value: object) -> None:
    with pytest.raises(InputError, match="engine_process"):
        LocalBackend(engine_process=value)  # type: ignore[arg-type]  # that is the point


@pytest.mark.usefixtures("cache")
async def test_without_files_it_says_how_to_get_them() -> None:
    backend = LocalBackend()
    available = backend.availability()
    assert (available.state, available.done) == ("missing", 0)
    assert available.total == weights.total_bytes()
    assert "rt-widget fetch" in available.hint
    with pytest.raises(WeightsError) as failure:
        await backend.connect(HEART)
    assert "rt-widget fetch" in failure.value.hint


@pytest.mark.usefixtures("cache")
def test_another_brain_needs_no_files_of_its_own() -> None:
    backend = LocalBackend(llm_base_url="http://127.0.0.1:1/v1")
    assert backend.availability().total == weights.total_bytes(llm=False)
    assert weights.total_bytes(llm=False) < weights.total_bytes()


@pytest.mark.usefixtures("cache")
async def test_without_packages_it_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking(monkeypatch, "hibari-tts", "soxr")
    backend = LocalBackend()
    assert backend.availability().state == "engines_missing"
    with pytest.raises(EnginesMissingError) as failure:
        await backend.connect(HEART)
    assert "hibari-tts, soxr" in failure.value.message
    assert "pip install" in failure.value.hint


async def test_sessions_and_backends_share_the_engines(loader: Loader) -> None:
    one, other = in_this_process(), in_this_process()
    await one.prepare()
    connections = [await backend.connect(HEART) for backend in (one, one, other)]
    assert len(loader.threads) == 1
    for connection in connections:
        created = await connection.receive()
        assert isinstance(created, events.SessionCreated)
        await connection.close()


async def test_other_threads_are_other_engines(loader: Loader) -> None:
    one = await load(Recipe(FILES, threads=1))
    three = await load(Recipe(FILES, threads=3))
    assert one is not three
    assert loader.threads == [1, 3]


async def test_voices_beside_the_built_in_one_are_known_once_loaded(
    loader: Loader,
) -> None:
    backend = in_this_process()
    emma = SessionConfig(voice="emma")
    assert backend.adjust(emma).config.voice == "heart"
    await backend.prepare()
    assert loader.threads
    assert backend.adjust(emma).config.voice == "emma"
    assert [choice.value for choice in backend.capabilities.voices] == [
        "heart",
        "emma",
    ]


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 4), (16, 4)])
def test_threads_are_one_a_core_up_to_four(
    cores: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "os.sched_getaffinity", lambda _: set(range(cores)), raising=False
    )
    assert usual_threads() == threads
