"""The text that Prometheus reads, in its own format or as OpenMetrics."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import accumulate

from prometheus_client import exposition
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics import exposition as openmetrics_exposition
from prometheus_client.registry import Collector

from api.metrics.families import FAMILIES, PREFIX, Family
from api.metrics.shared import Told
from api.metrics.tally import Labels, Tally

PLAIN = exposition.CONTENT_TYPE_PLAIN_0_0_4
OPEN = openmetrics_exposition.CONTENT_TYPE_LATEST


class Collected(Collector):
    """Everything as it is now."""

    def __init__(self, told: Sequence[Told], standing: Mapping[Labels, float]) -> None:
        self._sum = Tally()
        self._loads: dict[Labels, float] = dict(standing)
        for one in told:
            self._sum.merge(one.written)
            for *key, number in one.written["loads"] if one.alive else ():
                self._loads[tuple(key)] = self._loads.get(tuple(key), 0) + number

    def collect(self) -> Iterable[Metric]:
        build = InfoMetricFamily(f"{PREFIX}build", "The program.")
        build.add_metric((), {"version": version("clearance")})
        return [build, *map(self._family, FAMILIES)]

    def _family(self, family: Family) -> Metric:
        name = f"{PREFIX}{family.name}"
        if family.kind == "histogram":
            return self._histogram(family, name)
        counter = family.kind == "counter"
        kind = CounterMetricFamily if counter else GaugeMetricFamily
        metric = kind(name, family.told, labels=family.labels)
        samples: Mapping[Labels, float] = self._sum.counts if counter else self._loads
        for key in sorted(key for key in samples if key[0] == family.name):
            metric.add_metric(key[1:], samples[key])
        if counter and not family.labels and not metric.samples:
            metric.add_metric((), 0)
        return metric

    def _histogram(self, family: Family, name: str) -> Metric:
        metric = HistogramMetricFamily(name, family.told, labels=family.labels)
        bounds = [*map(str, map(float, family.buckets)), "+Inf"]
        for key, one in sorted(self._sum.histograms.items(), key=lambda item: item[0]):
            if key[0] == family.name:
                buckets = list(zip(bounds, accumulate(one.counts), strict=True))
                metric.add_metric(key[1:], buckets, one.total)
        return metric


def text_of(
    told: Sequence[Told], standing: Mapping[Labels, float], *, openly: bool
) -> tuple[bytes, str]:
    """The text and its media type: as OpenMetrics, or in the form that every reader takes."""
    collected = Collected(told, standing)
    if openly:
        return openmetrics_exposition.generate_latest(collected), OPEN  # type: ignore[no-untyped-call]
    return exposition.generate_latest(collected), PLAIN
