"""Tests of server/metrics.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.metrics import MOST_LABELS, OTHER, Counts, Metrics, Spread
from tests.scenes.sites import Site

DOCS = Path(__file__).parent.parent / "docs"


def samples(metrics: Metrics) -> dict[tuple[str, str], float]:
    """What is read, by name and label."""
    return {
        (one.name, next(iter(one.labels.values()), "")): one.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for one in family.samples
    }


def test_what_is_counted_is_read() -> None:
    """Counters, gauges and the process, in the format of Prometheus."""
    metrics = Metrics()
    metrics.messages["customer"].add()
    metrics.begun.add(3)
    metrics.watch("sessions", lambda: 7, says="In memory.")
    metrics.watch(
        "sockets", lambda: {"agent": 2}, says="By role.", label="role"
    )

    read = samples(metrics)

    assert read["dayfly_messages_total", "customer"] == 1
    assert read["dayfly_conversations_begun_total", ""] == 3
    assert read["dayfly_sessions", ""] == 7
    assert read["dayfly_sockets", "agent"] == 2
    assert read["process_resident_memory_bytes", ""] > 2**20
    assert read["process_open_fds", ""] > 2


def test_two_servers_of_one_process_count_apart() -> None:
    """There is no global registry to share."""
    one, other = Metrics(), Metrics()

    one.begun.add()

    assert samples(other)["dayfly_conversations_begun_total", ""] == 0


def test_a_known_label_is_there_before_it_is_counted() -> None:
    """A rate over what appears later would miss its first step."""
    metrics = Metrics()

    metrics.refusals.know(["too_fast"])

    assert samples(metrics)["dayfly_refusals_total", "too_fast"] == 0


def test_labels_cannot_fill_the_memory() -> None:
    """Beyond a number, what is new counts as other."""
    counts = Counts("code")

    for number in range(10 * MOST_LABELS):
        counts[f"code-{number}"].add()

    assert len(counts) == MOST_LABELS + 1
    assert counts[OTHER].value == 9 * MOST_LABELS


def test_a_value_on_a_bound_belongs_below_it() -> None:
    """Buckets count what is less than or equal, cumulatively."""
    spread = Spread((1.0, 2.0))

    for value in (0.5, 1.0, 1.5, 9.0):
        spread.observe(value)

    assert spread.buckets() == [("1.0", 2), ("2.0", 3), ("+Inf", 4)]
    assert spread.total == 12.0


def expressions() -> Iterator[str]:
    """What the dashboard and the alerts ask for."""
    dashboard = json.loads((DOCS / "grafana.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]
    operating = (DOCS / "operating.md").read_text("utf-8")
    rules = operating.split("```yaml\n")[1].split("```")[0]
    yield from re.split(r"expr: ", rules)[1:]


@pytest.fixture
async def shown(tmp_path: Path) -> dict[str, set[str]]:
    """What a server shows: the labels of each metric."""
    site = Site(tmp_path / "data")
    await site.start()
    text = site.server._metrics.text().decode()
    await site.stop()
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_dashboard_and_alerts_ask_for_what_there_is(
    shown: dict[str, set[str]],
) -> None:
    """Every name is a metric, and none of ours is forgotten."""
    asked = {
        name
        for expression in expressions()
        for name in re.findall(r"\b(?:dayfly|process)_\w+", expression)
    }
    family = re.compile(r"_(?:bucket|sum|count|created)$")
    # Without a rule there is nothing to show yet.
    known = shown.keys() | {"dayfly_redactions_total"}

    assert asked <= known
    ours = {family.sub("", name) for name in known if "dayfly" in name}
    assert ours <= {family.sub("", name) for name in asked}


async def test_no_label_names_a_person(shown: dict[str, set[str]]) -> None:
    """Nor a conversation, an account, a channel or an address."""
    labels = {
        label
        for name, found in shown.items()
        if name.startswith("dayfly_")
        for label in found
    }

    assert labels == {
        "author", "by", "code", "le", "outcome", "role", "version", "why",
    }  # fmt: skip
