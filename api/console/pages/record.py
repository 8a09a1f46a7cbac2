"""One record of a trail: what it says, what it changed, its exact text, and what proves it."""

import orjson
from fastapi import Response

from api.console import timeline
from api.console.changes import FOLDED, changes_of, snapshot_of
from api.console.pages.application import seen
from api.console.routing import page
from api.console.visit import Visit
from api.routes.trail import seq_in
from workflow.log.directory import Damaged
from workflow.proof.unsound import Unsound


async def show(visit: Visit) -> Response:
    """The record in the address."""
    on = await seen(visit)
    seq, subject = seq_in(visit.request.path_params["seq"]), f"application/{on.id}"
    queries = visit.parts.queries
    text = await queries.record(subject, seq)
    if text is None:
        raise visit.nothing()
    record = orjson.loads(text)
    before = await snapshot_of(queries.records_to(subject, seq - 1)) if seq <= FOLDED else None
    (entry,) = timeline.entries([text], on.names, on.document.snapshot["corrections"])
    return visit.page(
        "record.html",
        on=on,
        names=on.names,
        record=entry,
        changes=list(changes_of(record, before)),
        told_before=before is not None,
        text=text.decode(),
        proof=await _proof(visit, subject, seq),
        last=on.document.version,
    )


async def _proof(visit: Visit, subject: str, seq: int) -> str | None:
    """The proof that the record is in the log; None until it is, or where the log cannot be
    read.
    """
    try:
        proof = await visit.parts.proofs.of(subject, seq)
    except (Damaged, Unsound):
        return None
    return None if proof is None else proof.decode()


ROUTES = (page("/applications/{id}/trail/{seq}", show, reads="/v1/applications/{id}/trail/{seq}"),)
