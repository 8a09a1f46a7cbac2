"""Posting many events: what has no outcome yet is sent again, in order, with the same keys."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import uuid4

from api.client.faults import MalformedAnswer, Unavailable
from api.client.outcomes import BatchOutcome, Entered, Refused, Unresolved, WasRefused
from api.client.wire import JSONL, Call, Wire, encoded, read
from api.schemas import BatchItemIn, BatchOut, BatchResultOut

ITEMS, BYTES = 500, 4 * 1024 * 1024
"""Of one request; the service takes twice as much."""

OPEN = frozenset({424, 429, 502, 503, 504})
"""Statuses of items that have no outcome yet."""

NOT_SENT = Unresolved(424, "skipped", "An earlier item has no outcome; this one was not sent.", {})
"""The outcome of what comes in a later request than an item without an outcome."""

Item = BatchItemIn | Mapping[str, Any]


def chunks(items: Iterable[Item]) -> Iterator[list[bytes]]:
    """The items as lines, as many together as one request takes. Raises Unsendable."""
    lines, size = list[bytes](), 0
    for item in items:
        line = encoded(_with_key(item))
        if lines and (len(lines) == ITEMS or size + len(line) > BYTES):
            yield lines
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    if lines:
        yield lines


async def settle(wire: Wire, lines: list[bytes]) -> list[BatchOutcome]:
    """The outcome of each item of one chunk. Raises WasRefused when the service refuses the
    batch as a whole, and ClientFault.
    """
    outcomes: dict[int, BatchOutcome] = {}
    waiting, trying = list(range(len(lines))), wire.trying()
    while True:
        content = b"\n".join(lines[place] for place in waiting)
        call = Call("POST", "/v1/events:batch", {}, content, {"Content-Type": JSONL})
        try:
            answer = await wire.exchange(call, trying)
        except Unavailable:
            if not outcomes:
                raise
            break
        if isinstance(answer, Refused):
            raise WasRefused(answer)
        results = read(BatchOut, answer).items
        if len(results) != len(waiting):
            raise MalformedAnswer(f"{wire.url} answers {len(waiting)} items with {len(results)}.")
        outcomes |= {place: _outcome(one) for place, one in zip(waiting, results, strict=True)}
        waiting = [place for place in waiting if isinstance(outcomes[place], Unresolved)]
        if not waiting:
            break
        try:
            await trying.pause("items without an outcome")
        except Unavailable:
            break
    return [outcomes[place] for place in range(len(lines))]


def _outcome(result: BatchResultOut) -> BatchOutcome:
    if result.record is not None:
        return Entered(result.record, replayed=result.status == 200)
    try:
        refused = Refused.of(result.problem or {})
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer("an item of a batch has neither record nor problem") from error
    if result.status in OPEN or result.status >= 500:
        return Unresolved(result.status, refused.code, refused.detail, refused.problem)
    return refused


def _with_key(item: Item) -> object:
    if isinstance(item, BatchItemIn) or "idempotency_key" in item:
        return item
    return {**item, "idempotency_key": str(uuid4())}
