"""Every public name is documented with an example, and every example runs.

An example may use the names of its module and of `rt_widget`, and besides them

- `w`, a widget that talks to the test server: it answers "You said: ..." and what was
  asked, and takes all speech for "Good morning";
- `reply`, its answer to that;
- `speak`, which lets a widget hear it said;
- `np`.

Examples that name the local voice run on the real one.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import doctest
import inspect
import io
import re
import traceback
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import rt_widget
from rt_widget import Audio, RealtimeWidget
from rt_widget.chunks import make_chunk
from rt_widget.listed import public_names
from tests.conftest import silence, speech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark.structures import ParameterSet

    from tests.conftest import StartTalk
    from tests.servers.process import RealtimeServerProcess

ROOT = Path(rt_widget.__file__).parent

CLASSES = {"Audio": Audio, "RealtimeWidget": RealtimeWidget}
"""Public classes whose every member is documented by example."""

IS_LOCAL = re.compile(r"backend=\"local\"")

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def speak(widget: RealtimeWidget, words: str) -> None:
    """The words are what the test server hears in any sound."""
    assert words == "Good morning"
    spoken = base64.b64encode(speech(0.6) + silence(0.8)).decode()
    widget.send(make_chunk("audio", spoken))


@dataclass(frozen=True, slots=True)
class Doc:
    """A docstring of the package, where it was found."""

    name: str
    text: str
    path: Path
    line: int

    @property
    def module(self) -> str:
        return module_of(self.path)

    @property
    def examples(self) -> list[doctest.Example]:
        return doctest.DocTestParser().get_examples(self.text, self.name)

    @property
    def source(self) -> str:
        return "".join(example.source for example in self.examples)


def docs_in(path: Path) -> Iterator[Doc]:
    home = module_of(path).removeprefix("rt_widget.")
    yield from docs_below(ast.parse(path.read_text("utf-8")), home, path)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def docs_below(node: ast.AST, name: str, path: Path) -> Iterator[Doc]:
    """Docstrings of a module, class or function, and of names that are assigned."""
    body: list[ast.stmt] = getattr(node, "body", [])
    if body and (text := said_in(body[0])) is not None:
        yield Doc(name, text, path, body[0].lineno)
    for before, after in pairwise(body):
        target = assigned_in(before)
        if target and (text := said_in(after)) is not None:
            yield Doc(f"{name}.{target}", text, path, after.lineno)
    for child in body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from docs_below(child, f"{name}.{child.name}", path)


def said_in(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return inspect.cleandoc(text)
        case _:
            return None


def assigned_in(statement: ast.stmt) -> str | None:
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
        ):
            return name
        case _:
            return None


DOCS = {doc.name: doc for path in sorted(ROOT.rglob("*.py")) for doc in docs_in(path)}


def documented_names() -> list[str]:
    """Names of the docs that exports and members of public classes must have."""
    exported = [getattr(rt_widget, n) for n in rt_widget.__all__ if n != "__version__"]
    homes = [f"{kind.__module__}.{kind.__name__}" for kind in exported]
    homes.append("rt_widget.tools.notebook.tools")
    return [home.removeprefix("rt_widget.") for home in homes] + [
        doc for kind in CLASSES.values() for doc in members(kind)
    ]


def members(kind: type) -> Iterator[str]:
    """`module.Class.member` of what a class of the package offers a notebook.

    Fields of a dataclass are arguments, documented with the class.
    """
    for name in public_names(kind):
        if name not in getattr(kind, "__dataclass_fields__", ()):
            base = next(base for base in kind.__mro__ if name in vars(base))
            home = base.__module__.removeprefix("rt_widget.")
            yield f"{home}.{base.__name__}.{name}"


def is_trait(name: str) -> bool:
    return RealtimeWidget.class_traits().get(name.rpartition(".")[2]) is not None


@pytest.mark.parametrize("name", documented_names())
def test_each_public_name_has_an_example(name: str) -> None:
    """A trait's may stand with another name; any other's stands in its docstring."""
    doc = DOCS.get(name)
    assert doc is not None, "no docstring"
    attribute = name.rpartition(".")[2]
    if is_trait(name):
        used = re.compile(rf"\bw\.{attribute}\b|[(, ]{attribute}=|names?=\"{attribute}")
        assert any(used.search(doc.source) for doc in DOCS.values())
    else:
        assert doc.examples, "no example"
        assert attribute.lower() in doc.source.lower()


def marked(doc: Doc) -> ParameterSet:
    marks = [pytest.mark.weights] if IS_LOCAL.search(doc.source) else []
    return pytest.param(doc, id=doc.name, marks=[*marks, pytest.mark.timeout(180)])


@pytest.mark.parametrize("doc", [marked(d) for d in DOCS.values() if d.examples])
def test_examples_give_what_they_say(
    doc: Doc,
    talk: StartTalk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"np": np, "speak": speak}
    names |= {name: getattr(rt_widget, name) for name in rt_widget.__all__}
    names |= vars(import_module(doc.module))
    widget = names["w"] = talk("echo,heard=Good morning").widget
    if wants_reply(doc.source):
        names["reply"] = widget.ask_sync("Good morning")
    with asyncio.Runner() as runner:
        for example in doc.examples:
            given = run(example, names, runner)
            wanted = example.exc_msg or example.want
            where = f"{doc.path}:{doc.line + example.lineno}: {example.source}"
            assert matches(wanted, given), f"{where}{given}"
    close_all(names)


def close_all(names: dict[str, object]) -> None:
    for made in names.values():
        if isinstance(made, RealtimeWidget):
            made.close()


def wants_reply(source: str) -> bool:
    """Whether `reply` is used before it is given a value."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    found = [node for node in names if node.id == "reply"]
    first = min(found, key=lambda node: (node.lineno, node.col_offset), default=None)
    return first is not None and isinstance(first.ctx, ast.Load)


def run(
    example: doctest.Example, names: dict[str, object], runner: asyncio.Runner
) -> str:
    """What a cell prints; the last line of its traceback where that is expected."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            execute(example.source, "single", names, runner)
    except Exception as error:
        if example.exc_msg is None:
            raise
        return traceback.format_exception_only(error)[-1]
    return printed.getvalue()


def execute(
    source: str, mode: str, names: dict[str, object], runner: asyncio.Runner
) -> None:
    """As a cell does, in which `await` may stand."""
    code = compile(source, "<example>", mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    done = eval(code, names)  # noqa: S307 - the project's own examples
    if inspect.iscoroutine(done):
        runner.run(done)


def matches(wanted: str, given: str) -> bool:
    return doctest.OutputChecker().check_output(wanted, given, FLAGS)


def test_a_wrong_example_is_found(talk: StartTalk) -> None:
    text = "Example:\n>>> await w.ask('Hello')\n'Nothing'\n>>> 1 + 1\n2"
    wrong, right = doctest.DocTestParser().get_examples(text)
    names: dict[str, object] = {"w": talk().widget}
    with asyncio.Runner() as runner:
        assert not matches(wrong.want, run(wrong, names, runner))
        assert matches(right.want, run(right, names, runner))


README_CELLS = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_what_the_readme_shows_runs(
    server: RealtimeServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cells, one after another, with the test server in place of OpenAI."""
    monkeypatch.setenv("OPENAI_API_KEY", "of-nobody")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url.replace("ws://", "http://"))
    names: dict[str, object] = {}
    with ExitStack() as stack, redirect_stdout(io.StringIO()):
        runner = stack.enter_context(asyncio.Runner())
        # Also after a cell that fails: its session would disturb the tests behind it.
        stack.callback(lambda: close_all(names))
        for cell in README_CELLS.findall((ROOT.parent / "README.md").read_text()):
            execute(cell, "exec", names, runner)
    widget = names["w"]
    assert isinstance(widget, RealtimeWidget)
    assert "You said: And dogs?" in widget.transcript
