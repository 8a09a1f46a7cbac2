"""Metrics: counted in each process, added up over all that share a data folder, told as text."""

from api.metrics.metering import Metering
from api.metrics.scrapers import PATH, Scrapers
from api.metrics.tally import Tally

__all__ = ["PATH", "Metering", "Scrapers", "Tally"]
