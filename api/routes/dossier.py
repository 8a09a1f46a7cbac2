"""The dossier of an application, as a PDF."""

import asyncio

from fastapi import APIRouter, Request, Response

from api import bodies, documentation, exporting
from api.dossier import Overloaded, Seal, Timeline, dossier
from api.exporting import beginning
from api.parts import Parts, parts_of
from api.problems import Problem, answer
from api.readers import reader_of
from workflow.domain.record import Document
from workflow.log.directory import Damaged
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.note import Note
from workflow.proof.unsound import Unsound
from workflow.service import UNKNOWN, now

router = APIRouter(tags=["trail"])


@router.get(
    "/v1/applications/{id}/dossier",
    operation_id="getDossier",
    summary="Print an application",
    response_class=Response,
    **documentation.operation(
        None,
        {},
        problems=(403, 404, 422, 503),
        parameters=("id",),
        texts={200: exporting.PDF},
    ),
)
async def get_dossier(request: Request) -> Response:
    """Everything about an application on paper, in English and Chinese: its state, timeline,
    evidence, conditions, licence ledger and head hash, and how to verify it. Of a trail of more
    than 2,000 records, or of very long ones, it shows the latest, and says so.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    reader = reader_of(request)
    bodies.no_query(request)
    stored = await parts.queries.application(reader, identifier)
    if stored is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    document = Document.decode(stored)
    procedure = parts.catalog.engine(document).procedure
    timeline = Timeline(procedure, document)
    async for record in parts.queries.records_to(f"application/{identifier}", document.version):
        timeline.take(record)
    buyer = await parts.queries.buyer(reader, document.snapshot["buyer"])
    name = None if buyer is None else buyer.snapshot["name"]
    seal = await _seal(parts, f"application/{identifier}", document.version)
    values = dossier(identifier, document, procedure, name, timeline, seal, now())
    try:
        pages = await parts.typesetter.pdf(values)
    except Overloaded as error:
        raise Problem("busy", "The dossier was not made in time.") from error
    return beginning.attached(pages, f"dossier-{identifier}")


async def _seal(parts: Parts, subject: str, seq: int) -> Seal | None:
    """Where the log has the last record; None while there is no log that can be read."""
    (place,) = await parts.store.places(subject, seq, seq)
    try:
        raw = await asyncio.to_thread(parts.log.checkpoint)
        if raw is None:
            return None
        signed = Checkpoint.parse(Note.parse(raw).text)
    except (Damaged, Unsound, OSError):
        return None
    logged = place if place is not None and place < signed.size else None
    return Seal(signed.origin, logged, signed.size, signed.root.hex())
