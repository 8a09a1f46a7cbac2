"""What would be recorded, where something was only tried out."""

from collections.abc import Mapping
from typing import Any

from api.console import timeline
from api.console.changes import changes_of
from api.console.naming import Names
from workflow.service import Rehearsed


def told(tried: Rehearsed, names: Names, before: Mapping[str, Any]) -> timeline.Record:
    """The record as it would be, as a page tells one, with `changed`: its changes, field by field,
    of what stood there before.
    """
    (record,) = timeline.entries([tried.record], names, {})
    return record | {"changed": list(changes_of(record, before))}
