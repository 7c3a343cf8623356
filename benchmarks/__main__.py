"""``python -m benchmarks NAME``: runs one benchmark and shows its figures.

With ``--json`` the last line of stdout is one JSON object; without, a table.
With ``--repeat 3`` the median of each figure is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from benchmarks import (
    duties,
    end,
    handover,
    idle,
    messages,
    purge,
    redaction,
    resume,
    startup,
    timers,
    widget,
)
from benchmarks.figures import (
    Figure,
    as_json,
    as_table,
    machine,
    median_of,
)

Work = Callable[..., Awaitable[dict[str, Figure]]]

#: Each benchmark with its options and their defaults.
BENCHMARKS: dict[str, tuple[Work, dict[str, int | str]]] = {
    "messages": (
        messages.measure,
        {"customers": 50, "seconds": 5, "versus_node": ""},
    ),
    "idle": (idle.measure, {"sessions": 5_000}),
    "timers": (timers.measure, {"timers": 1_000_000}),
    "purge": (purge.measure, {"sessions": 100_000, "within": 60}),
    "end": (end.measure, {"conversations": 500}),
    "resume": (resume.measure, {"peers": 2_000, "behind": 20}),
    "redaction": (redaction.measure, {}),
    "startup": (startup.measure, {"conversations": 100_000}),
    "handover": (handover.measure, {"customers": 50, "seconds": 5}),
    "widget": (widget.measure, {}),
    "duties": (
        duties.measure,
        {
            "conversations": 100_000,
            "texts": 20_000,
            "messages": 10_000,
            "customers": 10_000,
        },
    ),
}
#: Seconds after which a benchmark is given up, whatever it waits for.
LONGEST = 900


def parser() -> argparse.ArgumentParser:
    """What may be asked for on the command line."""
    root = argparse.ArgumentParser(prog="python -m benchmarks")
    names = root.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, (_, options) in BENCHMARKS.items():
        one = names.add_parser(name)
        for option, default in options.items():
            one.add_argument(
                "--" + option.replace("_", "-"),
                type=_count if isinstance(default, int) else str,
                default=default,
            )
        one.add_argument("--repeat", type=_count, default=1)
        one.add_argument("--json", action="store_true")
    return root


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


async def _bounded(work: Awaitable[dict[str, Figure]]) -> dict[str, Figure]:
    async with asyncio.timeout(LONGEST):
        return await work


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was asked for and print it."""
    asked = parser().parse_args(arguments)
    work, options = BENCHMARKS[asked.name]
    wanted = {option: getattr(asked, option) for option in options}
    runs = []
    for run in range(asked.repeat):
        said = " ".join(f"{option}={value}" for option, value in wanted.items())
        print(f"{asked.name} {said} ({run + 1})", file=sys.stderr, flush=True)
        runs.append(uvloop.run(_bounded(work(**wanted))))
    result = median_of(runs) | machine()
    print(as_json(result) if asked.json else as_table(result))


if __name__ == "__main__":
    main()
