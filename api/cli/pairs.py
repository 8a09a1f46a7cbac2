"""Fields of data that are given as texts: `outer.inner` and a value."""

from typing import Any

from api.cli.faults import Wrong
from workflow.domain import canonical


def put(data: dict[str, Any], name: str, text: str) -> None:
    """Set a field, by its name and those around it. A text that is JSON is read as JSON. Raises
    Wrong for a field that is there already, or lies within a plain value.
    """
    *outer, last = name.split(".")
    if not all((*outer, last)):
        raise Wrong("no-name", name=name)
    place = data
    for step in outer:
        place = place.setdefault(step, {})
        if not isinstance(place, dict):
            raise Wrong("within-a-value", name=name, step=step)
    if last in place:
        raise Wrong("given-twice", name=name)
    try:
        place[last] = canonical.decode(text.encode("utf-8", "surrogateescape"))
    except canonical.Malformed:
        place[last] = text
