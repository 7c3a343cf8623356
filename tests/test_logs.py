"""Log lines: an event, a few facts, and nothing that anybody typed."""

from __future__ import annotations

import ast
import gc
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.logs import FACTS, set_up

SERVER = Path(__file__).parent.parent / "server"
CANARY = "CANARY-4711"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def stream() -> io.StringIO:
    """What is logged at DEBUG; tests/conftest.py puts everything back."""
    stream = io.StringIO()
    set_up("debug", stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines logged so far; each must be a JSON object of its own."""
    assert CANARY not in stream.getvalue()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_own_events_are_told_with_their_facts(stream: io.StringIO) -> None:
    """And when, how bad and where."""
    logging.getLogger("server.app").info("listening", extra={"port": 8420})

    (line,) = lines(stream)

    assert line.pop("at") > 1.7e9
    assert line == {
        "level": "info",
        "logger": "server.app",
        "event": "listening",
        "port": 8420,
    }


def test_a_fact_nobody_foresaw_is_dropped(stream: io.StringIO) -> None:
    """The list decides, not who logs."""
    logging.getLogger("server").error(
        "odd", extra={"text": CANARY, "name_of": CANARY, "count": [CANARY]}
    )

    assert set(lines(stream)[0]) == {"at", "level", "logger", "event"}


def test_arguments_are_not_put_into_the_event(stream: io.StringIO) -> None:
    """They are where contents would come from."""
    logging.getLogger("server").error("a %s", CANARY)

    assert lines(stream)[0]["event"] == "a %s"


@pytest.mark.parametrize("said", [KeyError(CANARY), {CANARY: 1}, [CANARY]])
def test_only_text_is_an_event(stream: io.StringIO, said: object) -> None:
    """An exception logged in place of one would be turned into its text."""
    logging.getLogger("server").error(said)

    assert lines(stream)[0]["event"] == "library message withheld"


def test_an_exception_is_told_by_its_type(stream: io.StringIO) -> None:
    """Its text and its traceback quote values."""
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger("server").exception("broke")

    assert lines(stream)[0]["error"] == "KeyError"


@pytest.mark.parametrize(
    "name",
    ["asyncio", "websockets.server", "aiosqlite", "uvicorn.error", "root",
     "serverless", "anybody.else"],
)  # fmt: skip
def test_others_say_where_and_no_more(stream: io.StringIO, name: str) -> None:
    """Frames, rows and requests stand in their texts."""
    logging.getLogger(name).error(CANARY, extra={"reason": "x"})

    assert lines(stream)[0]["event"] == "library message withheld"


@pytest.mark.parametrize(
    "name",
    ["asyncio", "websockets", "aiosqlite", "uvicorn", "anybody"],
)
def test_others_are_never_heard_at_debug(
    stream: io.StringIO, name: str
) -> None:
    """There they write contents on purpose."""
    logging.getLogger(name).debug(CANARY)
    logging.getLogger(name).info(CANARY)

    assert lines(stream) == []


def test_a_line_is_one_line(stream: io.StringIO) -> None:
    """Nothing can write a line of its own into the log."""
    logging.getLogger("server").error("a\n{}\r\u2028b", extra={"kind": "c\nd"})

    assert stream.getvalue().count("\n") == 1
    assert len(lines(stream)) == 1


def test_tracebacks_of_threads_and_of_the_end_are_types(
    stream: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """Else they are printed, with the values in them."""

    def fail() -> None:
        raise KeyError(CANARY)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError(CANARY), None)

    assert [line["error"] for line in lines(stream)] == [
        "KeyError",
        "ValueError",
    ]
    assert CANARY not in "".join(capfd.readouterr())


def test_what_cannot_be_raised_is_a_type(
    stream: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """A finaliser that fails has nobody to tell but stderr."""

    class Failing:
        def __del__(self) -> None:
            raise KeyError(CANARY)

    Failing()
    gc.collect()

    assert lines(stream)[0]["error"] == "KeyError"
    assert CANARY not in "".join(capfd.readouterr())


def test_a_warning_is_withheld(
    stream: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """It quotes the line of code, and the object it is about."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        set_up("debug", stream)
        warnings.warn(CANARY, stacklevel=1)
        logging.captureWarnings(capture=False)

    assert lines(stream)[0]["logger"] == "py.warnings"
    assert CANARY not in "".join(capfd.readouterr())


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a logger's method in the server, and where it is."""
    for path in sorted(SERVER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and "log" in ast.unparse(node.func.value).lower()
            ):
                yield f"{path.relative_to(SERVER)}:{node.lineno}", node


def is_constant(event: ast.expr) -> bool:
    """Whether it is one text, or one of two, or the parameter of a function."""
    if isinstance(event, ast.IfExp):
        return is_constant(event.body) and is_constant(event.orelse)
    return isinstance(event, ast.Constant | ast.Name)


def test_every_event_is_a_constant_of_the_code() -> None:
    """Nobody builds one out of values."""
    built = [
        where
        for where, call in calls()
        if len(call.args) != 1 or not is_constant(call.args[0])
    ]

    assert built == []
    assert len(list(calls())) > 10


def test_every_fact_that_is_logged_stands_on_the_list() -> None:
    """One that does not would be dropped, and missed only when needed."""
    unknown = [
        f"{where} {key}"
        for where, call in calls()
        for keyword in call.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict)
        for key in map(ast.unparse, filter(None, keyword.value.keys))
        if ast.literal_eval(key) not in FACTS
    ]

    assert unknown == []
