"""What a snapshot gains and loses to become another one."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.application import Changes


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """The changes that fold the one into the other: as few and as deep as there are."""
    changes = Changes(set={}, unset=[])
    _compare("", before, after, changes)
    return changes if changes.get("unset") else Changes(set=changes["set"])


def _compare(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any], changes: Changes
) -> None:
    for name, value in after.items():
        place = f"{path}/{name}"
        if name not in before:
            changes["set"][place] = value
        elif isinstance(value, dict) and isinstance(before[name], dict):
            _compare(place, before[name], value, changes)
        elif value != before[name]:
            changes["set"][place] = value
    changes.get("unset", []).extend(f"{path}/{name}" for name in before if name not in after)
