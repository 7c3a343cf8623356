"""The command line of the benchmarks."""

from __future__ import annotations

import inspect

import pytest

from benchmarks.__main__ import BENCHMARKS, parser


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_options_are_what_the_benchmark_takes(name: str) -> None:
    """No option is offered that a benchmark does not know, or kept back."""
    work, options = BENCHMARKS[name]

    assert set(inspect.signature(work).parameters) == set(options)


def test_defaults_are_those_of_the_targets() -> None:
    """Without options, a benchmark measures what was promised."""
    asked = parser().parse_args(["messages", "--json"])

    assert (asked.customers, asked.seconds) == (50, 5)
    assert asked.json
    assert asked.repeat == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["unheard"], ["idle", "--sessions", "0"], ["idle", "--peers", "3"]],
)
def test_nonsense_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A benchmark of nothing is a typing error."""
    with pytest.raises(SystemExit):
        parser().parse_args(arguments)

    assert "usage" in capsys.readouterr().err
