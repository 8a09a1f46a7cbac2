"""Records of many trails, in the order in which they were recorded."""

from workflow.trails.search import LOOKED_AT, TrailSearch, TrailsPage
from workflow.trails.walks import FeedPlace, ForeignPlace, Place, TrailPlace
from workflow.trails.wanted import TrailFilter, Wanted

__all__ = [
    "LOOKED_AT",
    "FeedPlace",
    "ForeignPlace",
    "Place",
    "TrailFilter",
    "TrailPlace",
    "TrailSearch",
    "TrailsPage",
    "Wanted",
]
