"""Deciding a trail again, under the rules: what a correction and a simulation rest on.

Each record is posted anew as it was: by the same person in the same role, for the same authority,
at the same time. In the place of a record that a correction supersedes stands its replacement, as
the corrector posted it when correcting.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, cast

from workflow.domain import links, notes
from workflow.domain.act import Event, Posting
from workflow.domain.application import Snapshot, fold
from workflow.domain.history import RESTATED, Counted
from workflow.domain.payloads import shaped
from workflow.domain.principal import Principal, Role
from workflow.domain.procedure import Procedure
from workflow.domain.record import NOTHING, Decision, Document, Record
from workflow.domain.refusals import Refusal, Refused
from workflow.machine import Engine

Fields = Mapping[str, Any]
"""A record as read, or an event."""

NONE: Mapping[int, Counted] = MappingProxyType({})


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


def again(
    rules: Rules,
    steps: Sequence[Step],
    kept: Mapping[int, Counted] = NONE,
) -> Iterator[Answered]:
    """Post everything once more, from the creation on. What is refused changes nothing, and the
    next is decided all the same; only without a creation there is no next. Notes that are `kept`
    count as they do wherever deciding them could lead to nothing else.
    """
    document = NOTHING
    for step in steps:
        seq = step.record["seq"]
        before = document._replace(version=seq - 1)
        taken = _taken(before, step, kept[seq]) if seq in kept else None
        answer = taken or decided(rules, before, step)
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
            supersede(steps, trail[seq - 1], record["data"]["with"], who, record)
            if seq in steps:
                steps[seq] = steps[seq]._replace(standing=acted["standing"])
    return dict(sorted(steps.items()))


def supersede(
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


def _taken(before: Document, step: Step, note: Counted) -> Decision | None:
    """A note as it counts, upon what comes before it; None where it has to be decided."""
    event, record = step.event, step.record
    snapshot = cast(Snapshot, before.snapshot)
    if not notes.stays(snapshot, event["type"], event["authority"], note.changes):
        return None
    told = {**record, **note._asdict()}
    found = fold(snapshot, note.changes)
    after = Document(record["seq"], record["hash"], record["recorded_at"], found)
    return Decision(cast(Record, told), b"", before, after)


def decided(rules: Rules, before: Document, step: Step) -> Decision | Refused:
    """What the step comes to upon a document. A correction was decided on its own present, once and
    for all: what is left of it is that it was made.
    """
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
    posting = _posting(step, spec.payload if spec else "", data)
    if step.world is None:
        told, changed = {**event, "data": data}, step.record["changes"]["set"]
        buyer = before.snapshot["buyer"]
        linked = links.recalled(engine.procedure, told, buyer, step.standing, changed)
        posting = posting._replace(linked=linked)
    asked = posting.event.payload != "correction"
    return engine.decide(before, with_successor(rules, before, posting), asked=asked)


def with_successor(rules: Rules, before: Document, posting: Posting) -> Posting:
    """The event with the version of the procedure to which it leads, if that is what it does."""
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
