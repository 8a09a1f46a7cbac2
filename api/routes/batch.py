"""Posting many events at once: each item has its own outcome."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from api import bodies, documentation, intake
from api.answers import PRIVATE
from api.auth import address_of, principal_of
from api.examples import BATCHES
from api.faults import STATUS_OF_KIND
from api.journal import attempt
from api.parts import Parts, parts_of
from api.problems import Problem
from api.schemas import BatchItemIn, BatchOut
from workflow.desk import Accepted
from workflow.domain.refusals import Refused
from workflow.registry import Outcome
from workflow.service import Item

BATCH_ITEMS = 1_000
"""Events in one batch at the most."""

STRETCH = 100
"""Items that are read before the store is given something to do."""

JSONL = "application/jsonl"

router = APIRouter(tags=["events"])


@router.post(
    "/v1/events:batch",
    status_code=207,
    operation_id="postEvents",
    summary="Post many events",
    **documentation.operation(
        BatchItemIn,
        {207: BatchOut},
        problems=(400, 413, 415, 422, 503),
        many=JSONL,
        examples=BATCHES,
    ),
)
async def post_events(request: Request) -> Response:
    """Decide up to 1,000 events, in order for each application; go on after a refusal."""
    parts, principal = parts_of(request), principal_of(request)
    media_type = bodies.check_media_type(request, "application/json", JSONL)
    bodies.no_query(request)
    text = await bodies.read_bytes(request, bodies.BATCH_LIMIT)
    raws = _lines(text) if media_type == JSONL else _array(text)
    if len(raws) > BATCH_ITEMS:
        raise Problem("body-too-large", f"A batch has {BATCH_ITEMS:,} items at the most.")
    parts.limits.charge_items(principal.identity, address_of(request.scope), len(raws))
    read: list[Item | Problem] = []
    outcomes = iter(await parts.service.post_many(principal, _stretches(parts, raws, read)))
    results = []
    for item in read:
        outcome = next(outcomes) if isinstance(item, Item) else item
        if isinstance(item, Item) and isinstance(outcome, Refused):
            _note_attempt(request, item, outcome)
        results.append(_result(parts, outcome))
    content = b'{"items":[%b]}' % b",".join(results)
    return Response(content, 207, PRIVATE, "application/json")


def _note_attempt(request: Request, item: Item, refused: Refused) -> None:
    """An item that is refused is an attempt, as an event of its own would be."""
    code, status = refused.decisive.code, STATUS_OF_KIND[refused.decisive.kind]
    entry = attempt(request.scope, item.application, item.event.type, status, code)
    parts_of(request).journal.note(entry)


def _array(text: bytes) -> Sequence[Any]:
    raws = bodies.parse(text)
    if not isinstance(raws, list):
        errors = [{"pointer": "", "detail": "must be an array of items"}]
        raise Problem("invalid-request", "A batch is an array.", errors)
    return raws


def _lines(text: bytes) -> Sequence[Any]:
    """One item a line; a line that cannot be read is an item with a problem of its own."""
    found: list[Any] = []
    for line in text.split(b"\n"):
        if line.strip():
            try:
                found.append(bodies.parse(line))
            except Problem as problem:
                found.append(problem)
    return found


def _stretches(
    parts: Parts, raws: Sequence[Any], read: list[Item | Problem]
) -> Iterator[Sequence[Item]]:
    """The items that could be read, stretch by stretch; all of them go to `read`, in order."""
    for begin in range(0, len(raws), STRETCH):
        stretch = [_item(parts, raw) for raw in raws[begin : begin + STRETCH]]
        read += stretch
        yield [item for item in stretch if isinstance(item, Item)]


def _item(parts: Parts, raw: Any) -> Item | Problem:
    if isinstance(raw, Problem):
        return raw
    try:
        item = bodies.shaped(BatchItemIn, raw)
        key = bodies.key_of(item.idempotency_key)
        mark = bodies.fingerprint(raw["event"])
        event = intake.event_of(parts.catalog, item.event, key, mark)
        condition = intake.precondition(item.if_match)
    except Problem as problem:
        return problem
    return Item(item.application, event, condition)


def _result(parts: Parts, outcome: Outcome | BaseException) -> bytes:
    if isinstance(outcome, Accepted):
        status = 200 if outcome.replayed else 201
        return b'{"status":%d,"record":%b}' % (status, outcome.record)
    if isinstance(outcome, Refused):
        problem = parts.problems.of_refusal(outcome)
    else:
        problem = parts.problems.of_exception(outcome)
    return b'{"status":%d,"problem":%b}' % (problem["status"], orjson.dumps(problem))
