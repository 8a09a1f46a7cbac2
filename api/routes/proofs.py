"""What proves a trail: the proof that a record is in the log, and a check of the whole trail."""

from fastapi import APIRouter, Request, Response

from api import answers, bodies, documentation
from api.parts import Parts, parts_of
from api.problems import Problem, answer
from api.readers import reader_of
from api.routes.pool_trail import pool_seen
from api.routes.trail import UNKNOWN_RECORD, seq_in
from api.schemas import VerificationOut
from workflow.domain.refusals import Refused
from workflow.log.directory import Damaged
from workflow.proof.unsound import Unsound
from workflow.service import UNKNOWN

PLAIN = "text/plain"

router = APIRouter(tags=["trail"])


@router.get(
    "/v1/applications/{id}/trail/{seq}/proof",
    operation_id="getProof",
    summary="Prove a record",
    **documentation.operation(
        None, {}, problems=(403, 404, 422, 503), parameters=("id", "seq"), texts={200: PLAIN}
    ),
)
async def get_proof(request: Request) -> Response:
    """A proof that the record is in the log, to be checked offline with the log's key alone (C2SP
    tlog-proof). 404 `not-yet-logged` until a signed checkpoint covers the record, which takes about
    a second.
    """
    parts, path = parts_of(request), request.path_params
    reader = reader_of(request)
    bodies.no_query(request)
    seq, subject = seq_in(path["seq"]), f"application/{path['id']}"
    unknown = parts.problems.of_refusal(UNKNOWN_RECORD)
    if await parts.queries.hides(reader, path["id"]):  # before a fault or a wait tells of a record
        return answer(unknown)
    if await parts.queries.record(subject, seq) is None:
        return answer(unknown)
    return await _proof(parts, subject, seq)


@router.get(
    "/v1/pools/{id}/trail/{seq}/proof",
    operation_id="getPoolProof",
    summary="Prove a record of a pool",
    **documentation.operation(
        None, {}, problems=(403, 404, 422, 503), parameters=("id", "seq"), texts={200: PLAIN}
    ),
)
async def get_pool_proof(request: Request) -> Response:
    """A proof that the record is in the log, as of an application's."""
    parts, path = parts_of(request), request.path_params
    seq = seq_in(path["seq"])
    bodies.no_query(request)
    refused = await pool_seen(request, path["id"])
    if refused is not None:
        return answer(parts.problems.of_refusal(refused))
    subject = f"pool/{path['id']}"
    if await parts.queries.record(subject, seq) is None:
        return answer(parts.problems.of_refusal(UNKNOWN_RECORD))
    return await _proof(parts, subject, seq)


@router.get(
    "/v1/applications/{id}/trail:verify",
    operation_id="verifyTrail",
    summary="Check a trail",
    **documentation.operation(
        None, {200: VerificationOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def verify_trail(request: Request) -> Response:
    """Whether the chain is whole and folds to the application as it is stored; and, apart from
    that, how far each record is the one that the log has in its place.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    reader = reader_of(request)
    bodies.no_query(request)
    if await parts.queries.hides(reader, identifier):
        return answer(parts.problems.of_refusal(UNKNOWN))
    return await _verified(parts, "application", identifier, UNKNOWN)


@router.get(
    "/v1/pools/{id}/trail:verify",
    operation_id="verifyPoolTrail",
    summary="Check the trail of a pool",
    **documentation.operation(
        None, {200: VerificationOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def verify_pool_trail(request: Request) -> Response:
    """The same of a pool."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    refused = await pool_seen(request, identifier)
    if refused is not None:
        return answer(parts.problems.of_refusal(refused))
    return await _verified(parts, "pool", identifier, UNKNOWN_RECORD)


async def _proof(parts: Parts, subject: str, seq: int) -> Response:
    try:
        proof = await parts.proofs.of(subject, seq)
    except (Damaged, Unsound, OSError) as error:
        raise Problem("log-unreadable", "The log cannot be read here.") from error
    if proof is None:
        raise Problem("not-yet-logged", "No signed checkpoint covers this record yet.")
    return Response(proof, 200, answers.PRIVATE, PLAIN)


async def _verified(parts: Parts, kind: str, identifier: str, unknown: Refused) -> Response:
    log = await parts.proofs.check(f"{kind}/{identifier}")
    chain = await parts.queries.verify(identifier, log, kind)
    if chain is None:
        return answer(parts.problems.of_refusal(unknown))
    told = await log.verdict()
    body = {
        "ok": chain.ok and told.ok,
        "checked": chain.checked,
        "head": chain.head,
        "first_bad": chain.first_bad,
        "reason": chain.reason,
        "log": {**told._asdict(), "ok": told.ok},
    }
    return answers.written(body)
