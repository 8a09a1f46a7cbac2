"""From a procedure to one shared `transitions` machine, and from an event to a decision.

Nothing here mutates a snapshot or remembers one: the machine is fired with a small carrier of
the state, and its conditions read the snapshot as it would be after the act.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

from transitions import EventData, Machine, MachineError

from workflow.domain import deciding
from workflow.domain.act import Act, Posting
from workflow.domain.application import Changes, Snapshot, after
from workflow.domain.authority import authorise
from workflow.domain.opening import opening
from workflow.domain.predicates import MOVE_FACTS
from workflow.domain.principal import BUYER_AUTHORITY, Actor, Principal
from workflow.domain.procedure import EventSpec, Move, Procedure
from workflow.domain.record import NOTHING, Decision, Document, record_fields, seal
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.standing import standing_of

NO_POOLS: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a principal may do next (event type and authority), and what stands in the way."""

    allowed: tuple[tuple[str, str | None], ...]
    refused: tuple[tuple[str, tuple[Refusal, ...]], ...]


class Carrier:
    """What the shared machine is fired with: a state, and what its conditions read."""

    __slots__ = ("_before", "_changes", "spec", "state")

    def __init__(self, before: Snapshot, changes: Changes, spec: EventSpec) -> None:
        self.state = before["state"]
        self.spec = spec
        self._before = before
        self._changes = changes

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot as it would be after the act; most moves never ask."""
        return after(self._before, self._changes)


class Engine:
    """Decides the events of one procedure version, purely."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure: Final = procedure
        self._reference: Final = {
            "name": procedure.name,
            "version": procedure.version,
            "digest": procedure.digest,
        }
        self._machine: Final = _machine(procedure)
        self._sources: Final = {
            kind: frozenset(spec.sources) for kind, spec in procedure.events.items()
        }

    def create(self, posting: Posting) -> Decision | Refused:
        """Decide the creation of an application; the event's data says for whom and what."""
        procedure, event = self.procedure, posting.event
        spec = procedure.creation
        unfit = _creation_unfit(posting)
        if unfit is not None:
            return Refused((unfit,))
        actor = _founder(procedure, posting)
        if isinstance(actor, Refusal):
            return Refused((actor,))
        now, data = posting.now, event.data
        effective = event.effective_at or now
        act = Act(procedure, spec, actor, 1, effective, now, event.evidence, data, posting.pools)
        weak = deciding.weakness(act)
        if weak is not None:
            return Refused((weak,))
        standing = standing_of(act)
        snapshot = opening(act, posting.now, standing)
        changes = Changes(set={f"/{name}": value for name, value in snapshot.items()})
        move = (None, procedure.initial)
        return self._seal(NOTHING, posting, act, posting.now, standing, move, changes)

    def decide(self, before: Document, posting: Posting, asked: bool = True) -> Decision | Refused:
        """Decide one event on an application as it stands. Not `asked`: whether it may be, since
        that was decided before.
        """
        snapshot = cast(Snapshot, before.snapshot)
        if posting.event.others:
            posting = self._read(posting)
        recorded = max(posting.now, before.recorded_at)
        act = self._act(before, snapshot, posting, recorded)
        if isinstance(act, Refusal):
            return self.refused(snapshot, (act,))
        refusals = deciding.objections(snapshot, act) if asked else []
        if refusals:
            return self.refused(snapshot, tuple(refusals))
        standing = standing_of(act)
        changes = deciding.changes_of(snapshot, act, standing)
        state = snapshot["state"]
        target = self._fire(act.spec, Carrier(snapshot, changes, act.spec))
        if target != state:
            changes["set"].update(deciding.entering(snapshot, target, act))
        move = (state, changes["set"].get("/state", state))
        return self._seal(before, posting, act, recorded, standing, move, changes)

    def outlook(
        self,
        before: Document,
        principal: Principal,
        now: str,
        successor: Procedure | None = None,
        pools: Mapping[str, Mapping[str, Any]] = NO_POOLS,
    ) -> Outlook:
        """What this principal may post now, and what it would be told otherwise. `successor`: the
        version to which the application may migrate; `pools`: those that it may draw from, by id.
        """
        snapshot = cast(Snapshot, before.snapshot)
        at = max(now, before.recorded_at, snapshot["entered_at"])

        def against(spec: EventSpec, actor: Actor) -> list[Refusal]:
            if snapshot["state"] not in self._sources[spec.type]:
                return [_impossible(spec, snapshot)]
            act = Act(self.procedure, spec, actor, before.version + 1, at, at, (), {})
            return deciding.foreseen(snapshot, act._replace(successor=successor), pools)

        allowed: list[tuple[str, str | None]] = []
        refused: list[tuple[str, tuple[Refusal, ...]]] = []
        for spec in self.procedure.events.values():
            answers = [
                (None, [actor])
                if isinstance(actor, Refusal)
                else (actor.authority, against(spec, actor))
                for actor in _candidates(self.procedure, spec, principal, snapshot["buyer"])
            ]
            free = [(spec.type, authority) for authority, reasons in answers if not reasons]
            allowed += free
            if not free:
                reasons = {reason.code: reason for _, found in answers for reason in found}
                refused.append((spec.type, tuple(reasons.values())))
        return Outlook(tuple(allowed), tuple(refused))

    def _read(self, posting: Posting) -> Posting:
        """The event with its data as this procedure's payload reads it."""
        spec = self.procedure.events.get(posting.event.type)
        return (
            posting if spec is None else posting._replace(event=posting.event.read_as(spec.payload))
        )

    def _act(
        self, before: Document, snapshot: Snapshot, posting: Posting, recorded: str
    ) -> Act | Refusal:
        procedure, event = self.procedure, posting.event
        spec = procedure.events.get(event.type)
        if spec is None:
            return Refusal("unknown-event", {"type": event.type}, ("type",))
        if event.payload != spec.payload:
            expected = f"{event.type} takes data of the shape {spec.payload} here"
            return Refusal("invalid-event", {"message": expected}, ("data",))
        if spec.reason_required and not event.reason:
            return Refusal("reason-required", {}, ("reason",))
        if (ahead := deciding.in_future(event, recorded)) is not None:
            return ahead
        actor = authorise(procedure, spec, posting.principal, snapshot["buyer"], event.authority)
        if isinstance(actor, Refusal):
            return actor
        if spec.if_match and not posting.conditional:
            return Refusal("if-match-required")
        if snapshot["state"] not in self._sources[spec.type]:
            return _impossible(spec, snapshot)
        effective = deciding.effective_at(snapshot, spec, event, recorded)
        if isinstance(effective, Refusal):
            return effective
        seq = before.version + 1
        return Act(
            procedure=procedure,
            spec=spec,
            actor=actor,
            seq=seq,
            effective_at=effective,
            recorded_at=recorded,
            evidence=event.evidence,
            data=event.data,
            pools=posting.pools,
            trail=posting.trail,
            successor=posting.successor,
            linked=posting.linked,
        )

    def _fire(self, spec: EventSpec, carrier: Carrier) -> str:
        """The state that the event leads to."""
        state = carrier.state
        if not self._machine.events[spec.type].trigger(carrier):
            raise MachineError(f"{spec.type} has no way on from {state}")
        return carrier.state

    def _seal(
        self,
        before: Document,
        posting: Posting,
        act: Act,
        recorded: str,
        standing: str | None,
        move: tuple[str | None, str],
        changes: Changes,
    ) -> Decision | Refused:
        fields = record_fields(act.actor, posting)
        fields["type"] = act.spec.type  # each procedure has its own word for how it begins
        fields["procedure"] = self._reference
        fields["effective_at"] = act.effective_at
        fields["recorded_at"] = recorded
        fields["standing"] = standing
        fields["from"], fields["to"] = move
        fields["changes"] = changes
        return self.sealed(before, fields)

    def sealed(self, before: Document, fields: dict[str, Any]) -> Decision | Refused:
        """The decision that these fields of a record make (see `record.seal`)."""
        decision = seal(before, fields)
        if isinstance(decision, Refused) and before.version:
            return self.refused(cast(Snapshot, before.snapshot), decision.refusals)
        return decision

    def refused(self, snapshot: Snapshot, refusals: tuple[Refusal, ...]) -> Refused:
        """Refusals of an event, with the state and what is possible there instead."""
        state = snapshot["state"]
        allowed = tuple(kind for kind, sources in self._sources.items() if state in sources)
        return Refused(refusals, state, allowed)


def _candidates(
    procedure: Procedure, spec: EventSpec, principal: Principal, buyer: str
) -> list[Actor | Refusal]:
    """The actors that the principal may be in an event: one for each authority it may name."""
    unnamed = authorise(procedure, spec, principal, buyer, None)
    if isinstance(unnamed, Actor) or unnamed.code != "authority-required":
        return [unnamed]
    named = (authorise(procedure, spec, principal, buyer, body) for body in spec.by)
    return [actor for actor in named if isinstance(actor, Actor)]


def _founder(procedure: Procedure, posting: Posting) -> Actor | Refusal:
    """Whose act a creation is; where several may be meant and none is named, the buyer's."""
    spec, who, event = procedure.creation, posting.principal, posting.event
    buyer = event.data["buyer"]
    actor = authorise(procedure, spec, who, buyer, event.authority)
    ambiguous = isinstance(actor, Refusal) and actor.code == "authority-required"
    if ambiguous and BUYER_AUTHORITY in spec.by:
        return authorise(procedure, spec, who, buyer, BUYER_AUTHORITY)
    return actor


def _creation_unfit(posting: Posting) -> Refusal | None:
    """What makes a creation unfit whoever posts it."""
    pool = posting.event.data["pool"]
    ahead = deciding.in_future(posting.event, posting.now)
    if ahead is None and pool is not None and pool not in posting.pools:
        return Refusal("pool-not-registered", {"pool": pool}, ("pool",))
    return ahead


def _impossible(spec: EventSpec, snapshot: Snapshot) -> Refusal:
    named = {"type": spec.type, "state": snapshot["state"]}
    return Refusal("transition-not-allowed", named)


def _machine(procedure: Procedure) -> Machine:
    machine = Machine(
        model=None,
        states=list(procedure.states),
        initial=procedure.initial,
        auto_transitions=False,
        send_event=True,
    )
    for spec in procedure.events.values():
        for move in spec.moves:
            _add(machine, spec, move)
    return machine


def _add(machine: Machine, spec: EventSpec, move: Move) -> None:
    conditions: list[Any] = []
    if move.when is not None:
        fact = MOVE_FACTS[move.when]

        def holds(event: EventData) -> bool:
            carrier = cast(Carrier, event.model)
            return fact(carrier.snapshot, carrier.spec)

        conditions = [holds]
    machine.add_transition(
        trigger=spec.type, source=list(move.sources), dest=move.target, conditions=conditions
    )
