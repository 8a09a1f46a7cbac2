"""Events as the service takes them, on the packaged procedures."""

from collections.abc import Sequence
from typing import Any

from tests.unit.acting import BUYER, DATA, OFFICIAL, STATEMENT, evidence
from workflow.catalog import Catalog
from workflow.domain import canonical
from workflow.domain.act import Event
from workflow.procedures import load_packaged

CATALOG = Catalog(load_packaged().values())
PROCEDURE = "h200-import"
NAME = {"en": "Example Cloud", "zh": "示例云"}


def event(
    kind: str,
    key: str,
    data: dict[str, Any] | None = None,
    *,
    authority: str | None = None,
    grade: str | Sequence[str] = OFFICIAL,
    reason: str | None = None,
    at: str | None = None,
) -> Event:
    """An event that is fine in itself; `data` by default too."""
    payload, whole = CATALOG.shape(kind, DATA.get(kind, {}) if data is None else data)
    grades = [grade] if isinstance(grade, str) else grade
    return Event(
        type=kind,
        key=key,
        fingerprint=mark(kind, whole),
        authority=authority,
        effective_at=at,
        reason=reason,
        evidence=evidence(*grades),
        payload=payload,
        data=whole,
    )


def creation(
    key: str, buyer: str = BUYER, *, reference: str | None = None, pool: str | None = None
) -> Event:
    """The event that opens an application."""
    data = {
        "buyer": buyer,
        "reference": reference,
        "goods": {"item": "NVIDIA H200", "units": 1_000},
        "pool": pool,
    }
    return Event(
        type="create",
        key=key,
        fingerprint=mark("create", data),
        authority="buyer",
        effective_at=None,
        reason=None,
        evidence=evidence(STATEMENT),
        payload="creation",
        data=data,
    )


def note(text: str, key: str) -> Event:
    """A note, possible in every state."""
    return event("note", key, {"text": text}, grade=())


def mark(kind: str, data: dict[str, Any]) -> str:
    """A fingerprint that tells bodies apart."""
    return canonical.sha256(canonical.encode({"type": kind, "data": data}))
