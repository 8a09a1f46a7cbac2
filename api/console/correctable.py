"""Which records somebody may correct, as far as that hangs on nothing that is to count instead."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from api.console.pages.application import Seen
from api.console.visit import Visit
from workflow.domain import deciding
from workflow.domain.act import Act
from workflow.domain.application import Snapshot
from workflow.domain.authority import authorise
from workflow.domain.principal import Actor, Principal
from workflow.domain.procedure import EventSpec
from workflow.domain.refusals import Refusal
from workflow.service import now

LOOKED = 1_000
"""Records of a trail that is looked through; of a longer one, whoever tries is told."""

Record = dict[str, Any]
Stops = tuple[Refusal, ...]


async def stops(
    visit: Visit, on: Seen, spec: EventSpec, seqs: Sequence[int]
) -> Mapping[int, Stops]:
    """What stands against a correction of each of these records, whatever were to count in its
    place; nothing where the trail is too long, or the record newer than what was seen of it.
    """
    last = on.document.version
    if last > LOOKED:
        return dict.fromkeys(seqs, ())
    texts = visit.parts.queries.records_to(f"application/{on.id}", last)
    trail = [orjson.loads(text) async for text in texts]
    return {seq: _stops(visit.reader, on, spec, trail, seq) if seq <= last else () for seq in seqs}


def _stops(who: Principal, on: Seen, spec: EventSpec, trail: list[Record], seq: int) -> Stops:
    """As the service would decide that nothing counts in the place of a record."""
    snapshot = cast(Snapshot, on.document.snapshot)
    actor = _actor(who, on, spec, trail[seq - 1]["authority"])
    if isinstance(actor, Refusal):
        return (actor,)
    data, at = {"seq": seq, "with": None}, now()
    act = Act(on.names.procedure, spec, actor, len(trail) + 1, at, at, (), data)
    return tuple(deciding.objections(snapshot, act._replace(trail=tuple(trail))))


def _actor(who: Principal, on: Seen, spec: EventSpec, authority: str | None) -> Actor | Refusal:
    """The corrector, for the authority whose act the record was where that is one of its own."""
    named = authority if authority in who.authorities else None
    return authorise(on.names.procedure, spec, who, on.document.snapshot["buyer"], named)
