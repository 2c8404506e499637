from __future__ import annotations

import datetime as dt

import pytest

from rt_widget.backends.openai import OpenAIBackend
from rt_widget.catalog import catalog
from rt_widget.config import SessionConfig

DAY = dt.timedelta(days=1)
SEED_VOICES = {
    "ash",
    "alloy",
    "ballad",
    "coral",
    "echo",
    "fable",
    "onyx",
    "nova",
    "shimmer",
    "sage",
    "verse",
}
GONE = dt.date(2026, 5, 7)


def test_every_row_is_sound() -> None:
    names = [model.name for model in catalog().models]
    assert len(names) == len(set(names))
    for model in catalog().models:
        assert all(price > 0 for price in model.price.values()), model.name
        assert (model.shutdown is None) == (not model.successor), model.name
        if model.successor:
            assert model.successor in names
            assert model.shutdown is not None
            assert not model.is_retired(model.shutdown - DAY)
            assert model.is_retired(model.shutdown)
    assert set(catalog().transcription_model) == {"ga", "beta"}
    assert catalog().as_of >= dt.date(2026, 11, 22)


def test_prices_name_known_kinds() -> None:
    kinds = {
        f"{sort}_{way}" for sort in ("text", "audio") for way in ("in", "cached", "out")
    }
    for model in catalog().models:
        assert set(model.price) in (set(), kinds), model.name
        if model.price:
            assert model.price["text_cached"] < model.price["text_in"]
            assert model.price["audio_cached"] < model.price["audio_in"]


def test_no_successor_has_been_switched_off_before() -> None:
    by_name = {model.name: model for model in catalog().models}
    for model in catalog().models:
        if model.shutdown is not None:
            assert not by_name[model.successor].is_retired(model.shutdown)


def test_the_default_is_offered_and_stays() -> None:
    assert catalog().default_model in catalog().offered_models(catalog().as_of)
    name, notice = catalog().current_model(
        catalog().default_model, catalog().as_of + 365 * DAY
    )
    assert (name, notice) == (catalog().default_model, "")


@pytest.mark.parametrize(
    ("name", "successor"),
    [
        ("gpt-4o-realtime-preview", "gpt-realtime-2.1"),
        ("gpt-4o-realtime-preview-2024-12-17", "gpt-realtime-2.1"),
        ("gpt-4o-mini-realtime-preview", "gpt-realtime-2.1-mini"),
    ],
)
def test_a_retired_model_has_a_successor_from_its_day_on(
    name: str, successor: str
) -> None:
    assert catalog().current_model(name, GONE - DAY) == (name, "")
    mapped, notice = catalog().current_model(name, GONE)
    assert mapped == successor
    assert notice == f"{name} was switched off on 2026-05-07; using {successor}."


def test_dated_names_go_with_their_family() -> None:
    last_day = dt.date(2027, 1, 19)
    for name in ("gpt-realtime-2025-08-28", "gpt-realtime-mini-2025-12-15"):
        assert catalog().current_model(name, last_day) == (name, "")
        mapped, notice = catalog().current_model(name, last_day + DAY)
        assert mapped.startswith("gpt-realtime-2.1")
        assert name in notice


@pytest.mark.parametrize(
    "name",
    ["gpt-realtime-2", "gpt-realtime-1.5", "my-deployment", "", "gpt-realtime-2.1"],
)
def test_other_names_pass_as_they_are(name: str) -> None:
    assert catalog().current_model(name, dt.date(2030, 1, 1)) == (name, "")


def test_retired_models_are_not_offered() -> None:
    offered = catalog().offered_models(GONE)

    assert "gpt-4o-realtime-preview" not in offered
    assert "gpt-realtime" in offered
    assert "gpt-realtime" not in catalog().offered_models(dt.date(2027, 1, 20))


def test_every_voice_of_the_workflow_is_known() -> None:
    known = (*catalog().voices, *catalog().speech_only_voices)

    assert set(known) >= SEED_VOICES
    assert catalog().speech_only_voices == ("fable", "onyx", "nova")
    assert catalog().fallback_voice in catalog().voices


def test_foreign_voices_are_mapped_with_a_notice() -> None:
    voice, notice = catalog().realtime_voice("nova")

    assert voice == "marin"
    assert "nova" in notice
    assert "marin" in notice
    for name in (*catalog().voices, "none", "voice_123"):
        assert catalog().realtime_voice(name) == (name, "")


def test_the_backend_maps_both_and_says_so() -> None:
    config = SessionConfig(model="gpt-4o-mini-realtime-preview", voice="onyx")
    adjusted = OpenAIBackend("ws://127.0.0.1:1/v1").adjust(config)

    assert adjusted.config.model == "gpt-realtime-2.1-mini"
    assert adjusted.config.voice == "marin"
    assert len(adjusted.notices) == 2


def test_no_model_means_the_default() -> None:
    adjusted = OpenAIBackend("ws://127.0.0.1:1/v1").adjust(SessionConfig())

    assert adjusted.config.model == catalog().default_model
    assert adjusted.notices == ()
