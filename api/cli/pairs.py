"""Fields of data that are given as texts: `outer.inner` and a value."""

from typing import Any

from workflow.domain import canonical


def put(data: dict[str, Any], name: str, text: str) -> None:
    """Set a field, by its name and those around it. A text that is JSON is read as JSON. Raises
    ValueError for a field that is there already, or lies within a plain value.
    """
    *outer, last = name.split(".")
    if not all((*outer, last)):
        raise ValueError(f"{name} is not the name of a field")
    place = data
    for step in outer:
        place = place.setdefault(step, {})
        if not isinstance(place, dict):
            raise ValueError(f"{name}: {step} has a value already")
    if last in place:
        raise ValueError(f"{name} is given twice")
    try:
        place[last] = canonical.decode(text.encode("utf-8", "surrogateescape"))
    except canonical.Malformed:
        place[last] = text
