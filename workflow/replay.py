"""Deciding a trail again, under the rules: what a correction and a simulation rest on.

Each record is posted anew as it was: by the same person in the same role, for the same authority,
at the same time. In the place of a record that a correction supersedes stands its replacement, as
the corrector posted it when correcting.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

import orjson

from workflow.domain import history, links
from workflow.domain.act import Event, Posting
from workflow.domain.application import Snapshot
from workflow.domain.differences import difference
from workflow.domain.history import RESTATED, Counted
from workflow.domain.payloads import shaped
from workflow.domain.principal import Principal, Role
from workflow.domain.procedure import Procedure
from workflow.domain.record import NOTHING, Decision, Document, seal
from workflow.domain.refusals import Kind, Refusal, Refused
from workflow.machine import Engine

Fields = Mapping[str, Any]
"""A record as read, or an event."""


class Rules(Protocol):
    """The procedures by which a trail is decided again."""

    def engine(self, document: Document) -> Engine:
        """What decides on an application as it stands."""

    def founding(self, name: str, version: int) -> Engine | None:
        """What decides a creation under a version."""

    def find(self, name: str, version: int) -> Procedure | None:
        """One version of a procedure."""


class Step(NamedTuple):
    """What counts at one place of a trail: the event, who posted it, and the record or correction
    (`by`) that says so, with the standing that it had. `world`: a posting that is not recorded
    yet, with what was read for it.
    """

    record: Fields
    event: Fields
    who: Principal
    by: Fields
    standing: str | None = None
    world: Posting | None = None


class Answered(NamedTuple):
    """What somebody is told who posts a record's event again."""

    record: Fields
    answer: Decision | Refused


def decide(rules: Rules, before: Document, posting: Posting) -> Decision | Refused:
    """Decide an event on an application as it stands. A correction is decided on its trail, too:
    it changes what the trail with the replacement leads to.
    """
    posting = _with_successor(rules, before, posting)
    verdict = rules.engine(before).decide(before, posting)
    if isinstance(verdict, Refused) or posting.event.payload != "correction":
        return verdict
    return _corrected(rules, before, posting)


def recall(
    rules: Rules, before: Document, posting: Posting, trail: Sequence[bytes]
) -> Decision | Refused:
    """Decide an event on an application and its trail, as stored."""
    return decide(rules, before, posting._replace(trail=tuple(map(orjson.loads, trail))))


def again(rules: Rules, steps: Sequence[Step], trail: Sequence[Fields]) -> Iterator[Answered]:
    """Post everything once more, from the creation on. What is refused changes nothing, and the
    next is decided all the same; only without a creation there is no next.
    """
    document = NOTHING
    for step in steps:
        seq = step.record["seq"]
        answer = _decided(rules, document._replace(version=seq - 1), step, trail[: seq - 1])
        yield Answered(step.record, answer)
        if isinstance(answer, Decision):
            document = answer.after
        elif not document.snapshot:
            return


def steps_of(trail: Sequence[Fields]) -> dict[int, Step]:
    """What counts in a trail, by place, its corrections applied."""
    steps: dict[int, Step] = {}
    for record in trail:
        who, standing = _poster(record, record), record["standing"]
        steps[record["seq"]] = Step(record, record, who, record, standing)
        if RESTATED in record["data"]:
            seq = record["data"]["seq"]
            acted = record["data"][RESTATED].get(str(seq)) or record
            who = _poster(record, acted)
            _supersede(steps, trail[seq - 1], record["data"]["with"], who, record)
            if seq in steps:
                steps[seq] = steps[seq]._replace(standing=acted["standing"])
    return dict(sorted(steps.items()))


def _supersede(
    steps: dict[int, Step], record: Fields, event: Fields | None, who: Principal, by: Fields
) -> None:
    """Put an event in a record's place; what it leaves out is as it was. None: nothing counts."""
    seq = record["seq"]
    if event is None:
        steps.pop(seq, None)
        return
    former = steps[seq].event if seq in steps else record
    kept = {name: event[name] or former[name] for name in ("authority", "effective_at")}
    steps[seq] = Step(record, {**event, **kept}, who, by)


def _poster(record: Fields, acted: Fields) -> Principal:
    """Who posted a record, with the role and the authority in which they acted."""
    own = frozenset({acted["authority"]} - {None})
    name, organisation = record["principal"], record["organisation"]
    return Principal(
        name, organisation, frozenset({Role(acted["role"])}), own, record["credential"]
    )


def _decided(
    rules: Rules, before: Document, step: Step, trail: Sequence[Fields]
) -> Decision | Refused:
    event, procedure = step.event, step.record["procedure"]
    if not before.snapshot:
        founding = rules.founding(procedure["name"], procedure["version"])
        if founding is None:
            told = {"procedure": procedure["name"]}
            return Refused((Refusal("unknown-procedure", told, ("procedure",)),))
        return founding.create(_posting(step, "creation", event["data"]))
    engine = rules.engine(before)
    spec = engine.procedure.events.get(event["type"])
    data = {name: value for name, value in event["data"].items() if name != RESTATED}
    try:
        data = shaped(spec.payload, data) if spec else data
    except ValueError:
        message = f"{event['type']} takes data of another shape"
        refusal = Refusal("invalid-event", {"message": message}, ("data",))
        return engine.refused(cast(Snapshot, before.snapshot), (refusal,))
    posting = _posting(step, spec.payload if spec else "", data)._replace(trail=trail)
    if step.world is None:
        buyer, kind = before.snapshot["buyer"], event["type"]
        linked = links.recalled(engine.procedure, kind, data, buyer, step.standing)
        posting = posting._replace(linked=linked)
    return engine.decide(before, _with_successor(rules, before, posting))


def _with_successor(rules: Rules, before: Document, posting: Posting) -> Posting:
    event = posting.event
    if event.payload != "migration":
        return posting
    found = rules.find(before.snapshot["procedure"], event.data["version"])
    return posting._replace(successor=found)


def _posting(step: Step, payload: str, data: dict[str, Any]) -> Posting:
    """An event as it was posted. The pool that a record names was registered, and who had to say
    on which version it was to be decided had said so.
    """
    by, told = step.by, step.event
    event = Event(
        type=told["type"],
        key=by["id"],
        fingerprint=by["fingerprint"],
        authority=told["authority"],
        effective_at=told["effective_at"],
        reason=told["reason"],
        evidence=tuple(told["evidence"]),
        payload=payload,
        data=data,
    )
    if step.world is not None:
        return step.world._replace(principal=step.who, event=event, conditional=True)
    pools = frozenset({data["pool"]} if data.get("pool") else ())
    now, salt = by["recorded_at"], by["salt"]
    return Posting(by["subject"], step.who, event, now, salt, pools, conditional=True)


def _corrected(rules: Rules, before: Document, posting: Posting) -> Decision | Refused:
    """The correction with all that it changes; refused where its replacement would have been, or
    anything behind it.
    """
    trail, data, engine = posting.trail, posting.event.data, rules.engine(before)
    present = cast(Snapshot, before.snapshot)
    steps = steps_of(trail)
    seq = data["seq"]
    _supersede(steps, trail[seq - 1], data["with"], posting.principal, _as_read(posting))
    if data["with"] is not None:
        steps[seq] = steps[seq]._replace(world=posting)
    counts: dict[int, Decision] = {}
    document = NOTHING
    for record, answer in again(rules, [steps[seq] for seq in sorted(steps)], trail):
        if isinstance(answer, Refused):
            refusals = answer.refusals if record["seq"] == seq else _in_its_way(record, answer)
            return engine.refused(present, refusals)
        counts[record["seq"]], document = answer, answer.after
    place = before._replace(snapshot=document.snapshot)
    own_act = engine.decide(place, posting)
    if isinstance(own_act, Refused):
        return own_act
    fields: dict[str, Any] = {**own_act.record}
    fields["changes"] = difference(before.snapshot, own_act.after.snapshot)
    fields["from"], fields["to"] = present["state"], own_act.after.snapshot["state"]
    counts[own_act.record["seq"]] = own_act
    fields["data"] = {**data, RESTATED: _restated(history.counted(trail), counts, seq)}
    return seal(before, {name: fields[name] for name in fields if name not in _SEALED})


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
