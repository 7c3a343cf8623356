"""The shape of the code: sizes, places, names and sentences.

The budget of CONTRIBUTING.md, checked. To change a number, change it here,
with the reason; there are no exceptions by name.
"""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("server", "client_demo", "benchmarks", "tests", "tools")
WRITTEN = {".ci", ".gitignore"}  # what else begins with a dot is made
NOT_OURS = {"__pycache__", "build", "dist", "node_modules"}

LINES_IN_A_FILE = 400
MEDIAN_LINES = 120
LINES_IN_A_FUNCTION = 40
#: Three of different types explain each other; a fourth needs its name.
POSITIONAL_PARAMETERS = 3

#: A file whose name ends so has no one responsibility.
VAGUE = {
    "base", "common", "data", "handler", "handlers", "helper", "helpers",
    "info", "manager", "managers", "misc", "util", "utils",
}  # fmt: skip

ABOUT_THE_WHOLE = {
    "test_docs.py", "test_layout.py", "test_pages.py",
    "test_tampering.py",  # of the vault
}  # fmt: skip

#: Written in pieces, so that this file does not contain them.
FORBIDDEN = [
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.",
    "deb." + "debian",
    "/wor" + "k/",
    "/ro" + "ot/",
    "/opt/" + "pypi",
]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> list[Path]:
    """Every Python file in ``folders``; run.py counts as the server's."""
    found = [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not NOT_OURS & set(path.parts)
    ]
    runner = ROOT / "run.py"
    return found + [runner] * ("server" in folders and runner.exists())


def files() -> Iterator[Path]:
    """Every file of the repository that people write."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        hidden = inside[0].startswith(".") and inside[0] not in WRITTEN
        if path.is_file() and not hidden and not NOT_OURS & set(inside):
            yield path


def tree(path: Path) -> ast.Module:
    """``path``, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    """Every function of ``path``, at any depth."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def where(path: Path, node: ast.AST | None = None) -> str:
    """``path`` and the line of ``node``, as an editor understands it."""
    line = f":{node.lineno}" if isinstance(node, Function) else ""
    return f"{path.relative_to(ROOT)}{line}"


def size(function: Function) -> int:
    """Its lines, without its docstring and decorators."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_no_file_is_longer_than_one_can_read() -> None:
    """Python and JavaScript files stay within 400 lines."""
    scripts = sorted((ROOT / "server" / "web").rglob("*.js"))
    long = {
        where(path): lines
        for path in [*sources(*CODE), *scripts]
        if (lines := len(path.read_text().splitlines())) > LINES_IN_A_FILE
    }

    assert long == {}


def test_most_files_of_the_server_are_short() -> None:
    """The median file of the server has at most 120 lines."""
    lines = [
        len(path.read_text().splitlines())
        for path in sources("server")
        if path.name != "__init__.py"
    ]

    assert statistics.median(lines) <= MEDIAN_LINES


def test_no_function_is_longer_than_a_screen() -> None:
    """A function has at most 40 lines, its docstring not counted."""
    long = {
        f"{where(path, function)} {function.name}": lines
        for path in sources(*CODE)
        for function in functions(path)
        if (lines := size(function)) > LINES_IN_A_FUNCTION
    }

    assert long == {}


def test_parameters_are_named_from_the_fourth_on() -> None:
    """More than three arguments by position read as a riddle."""
    riddles = [
        f"{where(path, function)} {function.name}"
        for path in sources("server", "client_demo")
        for function in functions(path)
        if sum(
            argument.arg not in {"self", "cls"}
            for argument in function.args.posonlyargs + function.args.args
        )
        > POSITIONAL_PARAMETERS
        and not function.name.startswith("_")
    ]

    assert riddles == []


def test_the_terminal_client_knows_the_document_only() -> None:
    """It imports nothing of the server: docs/protocol.md must be enough."""
    knowing = [
        f"{where(path)}:{node.lineno}"
        for path in sources("client_demo")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and re.match(r"(from|import) server\b", ast.unparse(node))
    ]

    assert knowing == []


def test_every_file_says_what_it_is() -> None:
    """Each Python file begins with a docstring."""
    silent = [
        where(path)
        for path in sources(*CODE)
        if not ast.get_docstring(tree(path))
    ]

    assert silent == []


def test_what_is_public_is_documented() -> None:
    """Public classes, functions and methods of the server say what they do.

    Left out may be what a method carries out for a Protocol, which says it,
    and a method of one statement, whose name and types say it all.
    """
    promised = {
        method.name
        for path in sources("server")
        for class_ in ast.walk(tree(path))
        if isinstance(class_, ast.ClassDef)
        for method in class_.body
        if isinstance(method, Function) and ast.get_docstring(method)
    }

    silent = [
        where(path, node) + " " + node.name
        for path in sources("server", "client_demo")
        for node in undocumented(tree(path), promised)
    ]

    assert silent == []


def undocumented(
    module: ast.Module, promised: set[str]
) -> Iterator[ast.ClassDef | Function]:
    """The public names of ``module`` that nothing explains."""
    for node in module.body:
        if not isinstance(node, ast.ClassDef | Function):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if (
                    isinstance(method, Function)
                    and not method.name.startswith("_")
                    and not ast.get_docstring(method)
                    and method.name not in promised | CALLED_BY_ASYNCIO
                    and len(method.body) > 1
                ):
                    yield method


#: asyncio.Protocol's methods and textual's, which their own pages explain.
CALLED_BY_ASYNCIO = {
    "compose", "connection_lost", "connection_made", "data_received",
    "eof_received", "pause_writing", "resume_writing",
}  # fmt: skip


def test_every_test_says_what_it_proves() -> None:
    """Each test has a docstring for someone who does not read code."""
    silent = [
        f"{where(path, function)} {function.name}"
        for path in sources("tests")
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert silent == []


def test_no_test_replaces_parts_of_the_program() -> None:
    """Fakes are handed in; nothing is patched."""
    patching = [
        where(path)
        for path in sources("tests")
        if path != Path(__file__)
        and any(
            word in path.read_text()
            for word in ("unittest.mock", "monkeypatch.setattr", "mocker")
        )
    ]

    assert patching == []


def test_no_test_waits_for_real_time() -> None:
    """Only whole stories and browsers may take the time they take."""
    waiting = [
        f"{where(path)}:{call.lineno}"
        for path in sources("tests")
        if not {"scenes", "browser"} & set(path.relative_to(ROOT).parts)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and sleeps(call)
    ]

    assert waiting == []


def sleeps(call: ast.Call) -> bool:
    """Whether it is ``time.sleep`` or ``asyncio.sleep`` of more than zero."""
    name = ast.unparse(call.func)
    spent = call.args[0] if call.args else None
    nothing = isinstance(spent, ast.Constant) and not spent.value
    return name in {"sleep", "time.sleep", "asyncio.sleep"} and not nothing


def test_tests_stand_where_the_tested_stands() -> None:
    """tests/vault/test_keyring.py (or ..._full.py) tests vault/keyring.py."""
    lost = [
        where(path)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if (ROOT / "server" / path.parent.relative_to(ROOT / "tests")).is_dir()
        and path.name not in ABOUT_THE_WHOLE
        and not named_after(path)
    ]

    assert lost == []


def named_after(path: Path) -> list[Path]:
    """The modules of the server that ``path`` is named after."""
    folder = ROOT / "server" / path.parent.relative_to(ROOT / "tests")
    name = path.stem.removeprefix("test_")
    modules = [*folder.glob("*.py"), ROOT / "run.py"]
    return [
        module
        for module in modules
        if name == module.stem or name.startswith(module.stem + "_")
    ]


def test_no_file_has_a_vague_name() -> None:
    """A file is a noun of the glossary; a drawer for odds and ends is none."""
    vague = [
        where(path)
        for path in sources(*CODE)
        if path.stem.split("_")[-1] in VAGUE
    ]

    assert vague == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_nothing_names_the_machine_it_was_written_on(word: str) -> None:
    """No path of one machine and no registry's host is in the repository."""
    telling = [
        where(path) for path in files() if word.encode() in path.read_bytes()
    ]

    assert telling == []
