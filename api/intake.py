"""From a body to the event that the service decides."""

import re
from collections.abc import Callable
from typing import cast

from pydantic import ValidationError

from api.problems import Problem, field_errors
from api.schemas import ApplicationIn, EventIn, EvidenceIn
from api.views import TAGS, tag_of
from workflow.catalog import Catalog
from workflow.domain.act import Event
from workflow.domain.evidence import Evidence
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal

REHEARSAL = "dry-run"
"""The key of an event that is only rehearsed without one."""


def event_of(catalog: Catalog, body: EventIn, key: str, fingerprint: str, place: str = "") -> Event:
    """The event that a body describes, which stands at `place` in what was sent. Raises Problem
    (422) for an unknown type or data that no procedure's event of this type takes.
    """
    try:
        (payload, data), *others = catalog.shapes(body.type, body.data)
    except KeyError as error:
        errors = [{"pointer": "/type", "detail": "No procedure knows this event."}]
        raise Problem("unknown-event", f"There is no event “{body.type}”.", errors) from error
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False, include_input=False))
        errors = [{**one, "pointer": f"{place}/data{one['pointer']}"} for one in found]
        raise Problem("invalid-request", f"The data does not fit {body.type}.", errors) from error
    return Event(
        type=body.type,
        key=key,
        fingerprint=fingerprint,
        authority=body.authority,
        effective_at=body.effective_at,
        reason=body.reason,
        evidence=_references(body.evidence),
        payload=payload,
        data=data,
        others=tuple(others),
    )


def creation_of(body: ApplicationIn, key: str, fingerprint: str) -> Event:
    """The event that opens an application."""
    data = body.model_dump(include={"buyer", "reference", "goods", "pool"})
    return Event(
        type="create",
        key=key,
        fingerprint=fingerprint,
        authority=body.authority,
        effective_at=body.effective_at,
        reason=None,
        evidence=_references(body.evidence),
        payload="creation",
        data=data,
    )


def precondition(if_match: str | None) -> Callable[[Document], Refusal | None] | None:
    """What `If-Match` demands of a document (RFC 9110 section 13.1.1); weak tags never match.
    Raises Problem (422) for what is no list of entity tags.
    """
    if if_match is None:
        return None
    if not re.search(TAGS, if_match.strip()):
        told = 'must be an entity tag in its quotation marks, as "ETag" had it, or several, or *'
        errors = [{"pointer": "/header/If-Match", "detail": told}]
        raise Problem("invalid-request", "If-Match holds no entity tag.", errors)
    tags = frozenset(tag.strip() for tag in if_match.split(","))

    def holds(document: Document) -> Refusal | None:
        return None if "*" in tags or tag_of(document) in tags else Refusal("stale")

    return holds


def _references(evidence: list[EvidenceIn]) -> tuple[Evidence, ...]:
    return tuple(cast(Evidence, vars(piece)) for piece in evidence)
