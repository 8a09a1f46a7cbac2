"""From a checked procedure file to the values that the rules work with."""

from workflow.domain.procedure import (
    Authority,
    Deadline,
    EventSpec,
    GateLink,
    Label,
    LicenceRule,
    Move,
    Origin,
    Procedure,
    State,
    Thresholds,
    Turn,
)
from workflow.domain.validity import BOUNDED
from workflow.procedures.flow import ways_of
from workflow.procedures.format import (
    ActEntry,
    CreationEntry,
    LicenceEntry,
    OriginEntry,
    ProcedureFile,
    StateEntry,
    ValidityEntry,
    Words,
)


def assemble(file: ProcedureFile, digest: str) -> Procedure:
    """The procedure that a checked file describes."""
    return Procedure(
        name=file.procedure,
        version=file.version,
        digest=digest,
        title=_label(file.title),
        time_zone=file.time_zone,
        calendar=file.calendar,
        initial=file.initial,
        creation=_creation(file.creation),
        authorities={
            name: Authority(name, _label(entry.label), _label(entry.short))
            for name, entry in file.authorities.items()
        },
        states={name: _state(name, entry) for name, entry in file.states.items()},
        events={kind: _event(file, kind) for kind in file.events},
        gates={name: _label(words) for name, words in file.gates.items()},
        deadlines={
            name: Deadline(
                id=name,
                label=_label(entry.label),
                states=tuple(entry.states),
                working_days=entry.working_days,
                after=entry.after,
                extension=entry.extension,
                event=entry.event,
                basis=_label(entry.basis),
            )
            for name, entry in file.deadlines.items()
        },
        assumptions=tuple(_label(words) for words in file.assumptions),
        migrates_from=_origin(file.migrates_from),
        links={
            gate: GateLink(gate, entry.procedure, tuple(entry.opens), tuple(entry.shuts))
            for gate, entry in file.links.items()
        },
        licence=_licence(file.licence),
    )


def _licence(entry: LicenceEntry | None) -> LicenceRule | None:
    if entry is None:
        return None
    lasts = entry.validity or ValidityEntry()
    return LicenceRule(lasts.months, lasts.days, entry.max_uses)


def _origin(entry: OriginEntry | None) -> Origin | None:
    return None if entry is None else Origin(entry.version, dict(entry.states))


def _label(words: Words) -> Label:
    return Label(words.en, words.zh)


def _state(name: str, entry: StateEntry) -> State:
    sentence = _label(entry.sentence or entry.label)
    pooled = entry.sentence_in_pool
    return State(
        id=name,
        label=_label(entry.label),
        line=entry.line,
        final=entry.final,
        reserved=entry.reserved,
        turns=tuple(Turn(turn.who, turn.until) for turn in entry.waiting_on),
        sentence=sentence,
        sentence_in_pool=_label(pooled) if pooled else sentence,
    )


def _thresholds(entry: ActEntry) -> Thresholds:
    return Thresholds(entry.evidence.accept, entry.evidence.confirm)


def _creation(entry: CreationEntry) -> EventSpec:
    return EventSpec(
        type=entry.type,
        label=_label(entry.label),
        by=tuple(entry.by),
        moves=(),
        guards=(),
        evidence=_thresholds(entry),
        payload="empty",
        effect=None,
        quorum=(),
        four_eyes=(),
        gate=None,
        reason_required=False,
        unattributed=False,
        if_match=False,
        within_days=None,
        anytime=False,
        guarded=False,
    )


def _event(file: ProcedureFile, kind: str) -> EventSpec:
    entry = file.events[kind]
    implied = [
        *(["four_eyes"] if entry.four_eyes else []),
        *(["in_time"] if entry.within_days else []),
        *(["within_terms"] if file.licence and entry.effect in BOUNDED else []),
    ]
    return EventSpec(
        type=kind,
        label=_label(entry.label),
        by=tuple(entry.by),
        moves=_moves(file, kind),
        guards=(*entry.guards, *implied),
        evidence=_thresholds(entry),
        payload=entry.payload,
        effect=entry.effect,
        quorum=tuple(entry.quorum or ()),
        four_eyes=tuple(entry.four_eyes or ()),
        gate=entry.gate,
        reason_required=entry.reason is not None,
        unattributed=entry.unattributed,
        if_match=entry.if_match,
        within_days=entry.within_days,
        anytime=all(way.anywhere for way in ways_of(file, kind)),
        guarded=any(kind in (other.four_eyes or ()) for other in file.events.values()),
    )


def _moves(file: ProcedureFile, kind: str) -> tuple[Move, ...]:
    """The ways of an event; behind one with a predicate comes the one that stays."""
    moves: list[Move] = []
    for way in ways_of(file, kind):
        moves.append(Move(way.sources, way.target, way.when))
        if way.when is not None:
            moves.append(Move(way.sources, None, None))
    return tuple(moves)
