"""Which voice speaks for which name, and how further voices are fetched."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.speaking.voices import (
    HEART,
    TABLE,
    at_hand,
    files,
    notice,
)
from rt_widget.backends.local.weights.manifest import Manifest, load_manifest
from rt_widget.backends.local.weights.voice_files import fetch_voices, voice_file
from rt_widget.catalog import catalog
from rt_widget.errors import InputError, WeightsError
from tests.local.shop import running_mirror

if TYPE_CHECKING:
    from collections.abc import Callable

    from rt_widget.backends.local.weights.fetching import FetchProgress
    from tests.local.shop import Shop

ALL = ("heart", "emma", "fenrir", "fable", "kore")
SOUND = {name: f"voice of {name}".encode().ljust(20_000, b".") for name in files()}
"""Stands for the bytes of each voice; all have one size, as most real ones do."""


@pytest.fixture
def small(shop: Shop) -> Manifest:
    """The project's table with small files, which lie on the shop's hub."""
    rows = []
    for file in load_manifest(TABLE).files:
        (name,) = (name for name, path in files().items() if path == file.path)
        place = shop.hub / file.hub_name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(SOUND[name])
        rows += ["[[model.file]]", f'hub_name = "{file.hub_name}"']
        rows += [f'path = "{file.path}"', f"size = {len(SOUND[name])}"]
        rows += [f'sha256 = "{hashlib.sha256(SOUND[name]).hexdigest()}"']
    head = (
        '[[model]]\nname = "v"\nlicence = "MIT"\nhub = "tests/v"\nrevision = "main"\n'
    )
    table = shop.root / "voices.toml"
    table.write_text(head + "\n".join(rows))
    return load_manifest(table)


@pytest.mark.weights
def test_the_table_says_what_the_engine_says() -> None:
    registry = importlib.import_module("hibari.voices").VOICES
    told = {name: voice for name, voice in registry.items() if name != HEART}
    assert set(files()) == set(told)
    by_path = {file.path: file for file in load_manifest(TABLE).files}
    for name, voice in told.items():
        file = by_path[files()[name]]
        assert (file.size, file.sha256) == (voice["bytes"], voice["sha256"])
        assert Path(file.hub_name).name == voice["file"]


def test_every_voice_of_the_catalogue_has_a_stand_in() -> None:
    known = catalog()
    names = (*known.voices, *known.speech_only_voices)
    taken = {name: at_hand(name, ALL) for name in names}
    assert set(taken.values()) == set(ALL)
    assert all(at_hand(name, (HEART,)) == HEART for name in taken)
    assert at_hand("cedar", (HEART, "fable")) == "fable"


@pytest.mark.parametrize("name", ["none", "emma", "heart"])
def test_a_voice_that_is_here_speaks_itself(name: str) -> None:
    assert at_hand(name, ALL) == name
    assert at_hand("someone", ALL) == HEART


def test_the_notice_names_both_and_how_to_get_a_better_one() -> None:
    said = notice("cedar", (HEART,))
    assert "heart" in said
    assert "cedar" in said
    assert "--voices" in said
    assert "--voices" not in notice("cedar", ALL)
    assert "--voices" not in notice("someone", (HEART,))
    assert "--voices" in notice("emma", (HEART,))


def test_a_folder_may_hold_voices_of_one_size(
    small: Manifest, shop: Shop, cache: Path
) -> None:
    for number, path in enumerate(sorted((shop.hub / "voices").iterdir())):
        path.rename(path.with_name(f"file-{number}"))
    got = fetch_voices(("fable", "emma"), source=shop.hub, manifest=small)
    assert got == ("fable", "emma")
    for name in got:
        place = voice_file(name, small)
        assert place is not None
        assert place.read_bytes() == SOUND[name]
        assert place.is_relative_to(cache)
    assert voice_file("kore", small) is None
    assert voice_file("heart", small) is None


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("cache")
def test_the_hub_gives_all_that_are_missing(
    small: Manifest, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_voices(("kore", "emma", "fable"), source=shop.hub, manifest=small)
    seen: list[FetchProgress] = []
    with running_mirror(shop) as mirror:
        for name, value in mirror.environment.items():
            monkeypatch.setenv(name, value)
        assert set(fetch_voices((), seen.append, manifest=small)) == set(files())
        assert mirror.downloads("af_kore") == 0
    for name, sound in SOUND.items():
        place = voice_file(name, small)
        assert place is not None
        assert place.read_bytes() == sound
    assert seen[-1].done == seen[-1].total == 20_000
    assert {now.source for now in seen} == {"the model hub"}


@pytest.mark.usefixtures("cache")
def test_where_the_hub_cannot_be_reached_it_is_said(small: Manifest) -> None:
    with pytest.raises(WeightsError, match=r"bf_emma.*the model hub: ") as failure:
        fetch_voices(("emma",), manifest=small)
    assert failure.value.code == "fetch_failed"
    assert "--from" in failure.value.hint
    assert "voices/bf_emma.int8.onnx" in failure.value.hint


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda sound: sound[:-1] + b"!", "weights_damaged"),
        (lambda sound: sound[:-1], "fetch_failed"),
    ],
)
def test_other_bytes_are_refused(
    small: Manifest, shop: Shop, spoil: Callable[[bytes], bytes], code: str
) -> None:
    stick = shop.root / "stick"
    stick.mkdir()
    (stick / "bf_emma.int8.onnx").write_bytes(spoil(SOUND["emma"]))
    with pytest.raises(WeightsError, match="emma") as failure:
        fetch_voices(("emma",), source=stick, manifest=small)
    assert failure.value.code == code
    assert voice_file("emma", small) is None


def test_an_unknown_voice_is_refused_before_anything_comes(cache: Path) -> None:
    with pytest.raises(InputError, match="nobody") as failure:
        fetch_voices(("emma", "nobody"))
    assert "fenrir" in failure.value.hint
    assert not cache.exists()


@pytest.mark.usefixtures("cache")
def test_the_voice_that_is_always_here_needs_no_file(small: Manifest) -> None:
    assert fetch_voices(("heart",), manifest=small) == ("heart",)
