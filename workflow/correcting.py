"""Corrections: what a trail comes to with another event in a record's place, or with none.

A correction is decided three times over: it is somebody's own act now, on the present; its
replacement, and all that follows it, must have been legal in their places; and no correction does
by the back door what is stopped at the front: an event of another type is a new act, whoever ships
more than was shipped ships, and nobody orders more behind a vote.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from workflow.domain import corrections, history, notes
from workflow.domain.act import Posting
from workflow.domain.application import Snapshot
from workflow.domain.differences import difference
from workflow.domain.history import RESTATED, Counted
from workflow.domain.procedure import Procedure
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Kind, Refusal, Refused
from workflow.machine import Engine
from workflow.replay import (
    NONE,
    Fields,
    Rules,
    Step,
    again,
    decided,
    steps_of,
    supersede,
    with_successor,
)

DECIDED = 10_000
"""Records that are decided again for a correction, at the most. Notes are not, unless it is about
one of them: nothing hangs on a note.
"""


def decide(rules: Rules, before: Document, posting: Posting) -> Decision | Refused:
    """Decide an event on an application as it stands. A correction is decided on its trail, too:
    it changes what the trail with the replacement leads to.
    """
    posting = with_successor(rules, before, posting)
    verdict = rules.engine(before).decide(before, posting)
    if isinstance(verdict, Refused) or posting.event.payload != "correction":
        return verdict
    return _corrected(rules, before, posting)


def recall(
    rules: Rules, before: Document, posting: Posting, trail: Sequence[bytes]
) -> Decision | Refused:
    """Decide an event on an application and its trail, as stored."""
    return decide(rules, before, posting._replace(trail=tuple(map(orjson.loads, trail))))


def _corrected(rules: Rules, before: Document, posting: Posting) -> Decision | Refused:
    """The correction with all that it changes; refused where its replacement would have been, or
    anything behind it.
    """
    trail, data, engine = posting.trail, posting.event.data, rules.engine(before)
    present, seq = cast(Snapshot, before.snapshot), data["seq"]
    steps, counted = steps_of(trail), history.counted(trail)
    kept = _kept(engine.procedure, counted, data)
    if len(steps) - len(kept) > DECIDED:
        return engine.refused(present, (Refusal("trail-too-long", {"limit": DECIDED}),))
    stood = steps[seq].event["type"] if seq in steps else None
    _put(steps, posting)
    counts: dict[int, Decision] = {}
    document = NOTHING
    for record, answer in again(rules, list(steps.values()), kept):
        if isinstance(answer, Refused):
            refusals = answer.refusals if record["seq"] == seq else _in_its_way(record, answer)
            return engine.refused(present, refusals)
        counts[record["seq"]], document = answer, answer.after
    stops = corrections.grown(engine.procedure, present, cast(Snapshot, document.snapshot), seq)
    if data["with"] is not None and data["with"]["type"] != stood:
        stops += _against_a_new_act(rules, steps, seq, kept)
    if stops:
        return engine.refused(present, tuple({one.code: one for one in stops}.values()))
    own_act = engine.decide(before._replace(snapshot=document.snapshot), posting, asked=False)
    if isinstance(own_act, Refused):
        return own_act
    counts[own_act.record["seq"]] = own_act
    restated = _restated(counted, counts, seq)
    return _sealed(engine, before, own_act, {**data, RESTATED: restated})


def _put(steps: dict[int, Step], posting: Posting) -> None:
    """The replacement stands in its place, as the corrector posts it now."""
    seq, event = posting.event.data["seq"], posting.event.data["with"]
    supersede(steps, posting.trail[seq - 1], event, posting.principal, _as_read(posting))
    if event is not None:
        steps[seq] = steps[seq]._replace(world=posting)
        ordered = sorted(steps.items())
        steps.clear()
        steps.update(ordered)


def _kept(
    procedure: Procedure, counted: Mapping[int, Counted], data: Mapping[str, Any]
) -> Mapping[int, Counted]:
    """The notes, unless the correction is itself about one."""
    found = {seq: one for seq, one in counted.items() if notes.alone(one.changes)}
    event = data["with"]
    spec = procedure.events.get(event["type"]) if event else None
    return NONE if data["seq"] in found or (spec and spec.effect == notes.NOTE) else found


def _against_a_new_act(
    rules: Rules, steps: Mapping[int, Step], seq: int, kept: Mapping[int, Counted]
) -> tuple[Refusal, ...]:
    """Why the event in this place could not be posted now, were the place empty. On the way there,
    what is refused changes nothing.
    """
    document, step = NOTHING, steps[seq]
    others = [other for place, other in steps.items() if place != seq]
    for _, answer in again(rules, others, kept):
        if isinstance(answer, Decision):
            document = answer.after
    now = step._replace(event={**step.event, "effective_at": None})
    verdict = decided(rules, document, now)
    return verdict.refusals if isinstance(verdict, Refused) else ()


def _sealed(
    engine: Engine, before: Document, own_act: Decision, data: dict[str, Any]
) -> Decision | Refused:
    """The correction as a record upon the present, with the difference that it makes."""
    fields: dict[str, Any] = {**own_act.record, "data": data}
    fields["changes"] = difference(before.snapshot, own_act.after.snapshot)
    fields["from"], fields["to"] = before.snapshot["state"], own_act.after.snapshot["state"]
    return engine.sealed(before, {name: fields[name] for name in fields if name not in _SEALED})


_SEALED = ("seq", "prev", "hash")


def _as_read(posting: Posting) -> Fields:
    """What a record would say of a posting that has none yet."""
    event = posting.event
    return {
        "id": event.key,
        "subject": posting.subject,
        "fingerprint": event.fingerprint,
        "recorded_at": posting.now,
        "salt": posting.salt,
    }


def _in_its_way(record: Fields, answer: Refused) -> tuple[Refusal, ...]:
    """Why a correction is refused: with it, a later record would have been."""
    named = {"seq": record["seq"], "type": record["type"], "code": answer.decisive.code}
    reasons = [one for one in answer.refusals if one.kind is Kind.CONFLICT]
    return (Refusal("correction-refused", named), *reasons)


def _restated(
    before: Mapping[int, Counted], after: Mapping[int, Decision], superseded: int
) -> dict[str, Any]:
    """How records count from now on, where that is another way than before."""
    found: dict[str, Any] = {str(seq): None for seq in before if seq not in after}
    for seq, decision in after.items():
        record = decision.record
        now = Counted(record["effective_at"], record["changes"])
        if seq == superseded or before.get(seq) != now:
            found[str(seq)] = {**now._asdict()}
        if seq == superseded:
            acted = {"authority": record["authority"], "role": record["role"]}
            found[str(seq)] |= {**acted, "standing": record["standing"]}
    return found
