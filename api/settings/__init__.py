"""What the operator and the user may set: by flag, by environment variable, else a default."""

from api.settings.access import Access
from api.settings.addresses import is_loopback
from api.settings.bounds import Bounds
from api.settings.environment import PREFIX, Unfit, language, own_procedures, unknown
from api.settings.log import MOST_DAYS, Log
from api.settings.metrics import Metrics
from api.settings.observing import Observing
from api.settings.provider import Provider
from api.settings.service import Settings

__all__ = [
    "MOST_DAYS",
    "PREFIX",
    "Access",
    "Bounds",
    "Log",
    "Metrics",
    "Observing",
    "Provider",
    "Settings",
    "Unfit",
    "is_loopback",
    "language",
    "own_procedures",
    "unknown",
]
