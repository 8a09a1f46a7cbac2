"""Records as a page tells them: what was done, by whom, on which evidence, and what it changed."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from api.console.naming import Names
from api.dossier import wording
from api.dossier.data import details
from workflow.domain.history import RESTATED

Record = dict[str, Any]


def entries(texts: Iterable[bytes], names: Names, corrections: Mapping[str, int]) -> list[Record]:
    """Records as stored, each with `details` (what its data says, a name and a value in both
    languages) and `corrected_by`.
    """
    words = wording.Names(names.procedure)
    return [_entry(orjson.loads(text), words, corrections) for text in texts]


def _entry(record: Record, words: wording.Names, corrections: Mapping[str, int]) -> Record:
    data = record["data"]
    if record["type"] == "create":
        said = []
    elif RESTATED in data:
        said = [] if data["with"] is None else details(data["with"]["data"], words)
    else:
        said = details(data, words)
    corrected = corrections.get(str(record["seq"]))
    by = None if corrected == record["seq"] else corrected
    return record | {"details": said, "corrected_by": by, "corrects": RESTATED in data}
