"""How Prometheus reads numbers: the one file that knows its format.

The library brings an HTTP server and more along, 2 MiB: whoever wants the
text imports this file only then (``metrics``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector


class Numbers(NamedTuple):
    """What is to be written.

    Attributes:
        counters: Name, what it says, what its labels say or nothing, and one
            number or one a label.
        spreads: Name, what it says, its buckets and the sum.
        gauges: As counters.
    """

    counters: Iterable[tuple[str, str, str, float | Mapping[str, float]]]
    spreads: Iterable[tuple[str, str, list[tuple[str, float]], float]]
    gauges: Iterable[tuple[str, str, str, float | Mapping[str, float]]]


class Exposition(Collector):
    """Writes the numbers of one server, and those of its process.

    Args:
        numbers: Asked at each writing.
    """

    def __init__(self, numbers: Callable[[], Numbers]) -> None:
        self._numbers = numbers
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All of it; blocks for some milliseconds."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Every metric as it is now; asked by the registry."""
        numbers = self._numbers()
        for name, says, label, value in numbers.counters:
            yield _family(CounterMetricFamily, (name, says, label), value)
        for name, says, buckets, total in numbers.spreads:
            histogram = HistogramMetricFamily(f"dayfly_{name}", says)
            histogram.add_metric([], buckets, total)
            yield histogram
        for name, says, label, value in numbers.gauges:
            yield _family(GaugeMetricFamily, (name, says, label), value)

    def describe(self) -> Iterator[Metric]:
        """Nothing: the registry would ask sources that are not made yet."""
        return iter(())


def _family(
    kind: type[CounterMetricFamily | GaugeMetricFamily],
    about: tuple[str, str, str],
    value: float | Mapping[str, float],
) -> Metric:
    name, says, label = about
    if not isinstance(value, Mapping):
        return kind(f"dayfly_{name}", says, value=float(value))
    family = kind(f"dayfly_{name}", says, labels=[label])
    for key, number in value.items():
        family.add_metric([key], float(number))
    return family
