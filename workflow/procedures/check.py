"""What a procedure file must hold beside its shape, so that no accepted procedure can fail
while it runs: every name means something, and every event can be understood and posted.
"""

from collections.abc import Collection, Iterable, Iterator

from workflow.domain.evidence import RANK
from workflow.domain.principal import BUYER_AUTHORITY, SYSTEM
from workflow.domain.procedure import ANYONE, OPERATOR
from workflow.domain.rules import EFFECTS, GUARDS
from workflow.procedures.flow import QUORUM, Found, Way, problems_of_flow, ways_of
from workflow.procedures.format import ANY_STATE, ActEntry, EventEntry, ProcedureFile
from workflow.procedures.licensing import problems_of_licence
from workflow.procedures.limits import problems_of_deadlines
from workflow.procedures.linkage import problems_of_links
from workflow.procedures.names import unknown
from workflow.procedures.origin import problems_of_origin
from workflow.procedures.source import Path

NEEDED_GUARDS = {
    "propose_condition": ("condition_new",),
    "fix_condition": ("condition_permitted", "condition_fixable"),
    "waive_condition": ("condition_permitted", "condition_unsettled"),
    "consent": ("condition_owned",),
    "claim_met": ("condition_accepted",),
    "meet_condition": ("condition_owned", "condition_accepted"),
    "issue_licence": ("licence_proposed",),
    "reissue_licence": ("reissuable",),
    "record_shipment": ("within_balance", "shipment_new"),
    "reverse_shipment": ("shipment_known",),
    "link_gate": ("link_fits", "link_new"),
    "claim_allocation": ("pool_named",),
    "fix_allocation": ("pool_named",),
    "request_information": ("query_new",),
    "provide_information": ("query_open",),
    "hold": ("hold_new",),
    "release": ("hold_own",),
    "extend_deadline": ("extension_possible",),
    "request_withdrawal": ("no_withdrawal_pending",),
    "answer_withdrawal": ("withdrawal_pending",),
    "amend": ("order_declared", "no_amendment_pending"),
    "answer_amendment": ("amendment_pending",),
    "appeal": ("no_appeal_pending",),
    "answer_appeal": ("appeal_pending",),
    "confirm": ("confirmable",),
    "correct": ("correctable", "correction_own"),
    "migrate": ("successor_published", "migratable"),
}
"""Effect -> the guards without which it could fail, or lose what an earlier act left."""

OWNED = ("propose_condition", "hold", "recuse")
"""Effects whose result belongs to the authority that acts."""

BUYERS_BEST = "company_statement"
"""The best grade that a buyer's own evidence can have."""


def check(file: ProcedureFile) -> Iterator[Found]:
    """Every problem of a file whose shape is right."""
    yield from _names(file)
    yield from _states(file)
    yield from _creation(file)
    for kind, event in file.events.items():
        path: Path = ("events", kind)
        yield from _by(file, path, event)
        yield from _references(file, path, event)
        yield from _rules(path, event)
        yield from _moves(file, kind)
        yield from _turns_of(file, kind)
    yield from problems_of_flow(file)
    yield from problems_of_deadlines(file)
    yield from problems_of_licence(file)
    yield from problems_of_links(file)
    yield from problems_of_origin(file)


def _bodies(file: ProcedureFile) -> list[str]:
    return [*file.authorities, BUYER_AUTHORITY]


def _unknown(
    path: Path, kind: str, names: Iterable[str], there: Collection[str]
) -> Iterator[Found]:
    for name in names:
        if name not in there:
            yield (*path, name), unknown(kind, name, there)


def _names(file: ProcedureFile) -> Iterator[Found]:
    for word in (BUYER_AUTHORITY, ANYONE, OPERATOR):
        if word in file.authorities:
            yield ("authorities", word), f"`{word}` has a meaning of its own; choose another id"
    if ANY_STATE in file.states:
        yield ("states", ANY_STATE), f"`{ANY_STATE}` means every state; choose another id"
    yield from _unknown(("initial",), "state", [file.initial], file.states)
    for name, deadline in file.deadlines.items():
        yield from _unknown(("deadlines", name, "states"), "state", deadline.states, file.states)


def _states(file: ProcedureFile) -> Iterator[Found]:
    voters = {body for event in file.events.values() for body in event.quorum or ()}
    for name, state in file.states.items():
        for number, turn in enumerate(state.waiting_on):
            path = ("states", name, "waiting_on", number)
            yield from _unknown(path, "authority", [turn.who], _bodies(file))
            if turn.until == "voted" and turn.who not in voters:
                yield path, f"`{turn.who}` is in no quorum, so it never counts as `voted`"
        for key, words in (
            ("sentence", state.sentence),
            ("sentence_in_pool", state.sentence_in_pool),
        ):
            allowed = "{units}" if key == "sentence_in_pool" else ""
            for language, text in (("en", words.en), ("zh", words.zh)) if words else ():
                if {"{", "}"} & set(text.replace(allowed, "") if allowed else text):
                    told = f"braces are for {allowed} alone" if allowed else "no braces here"
                    yield ("states", name, key, language), told


def _creation(file: ProcedureFile) -> Iterator[Found]:
    creation = file.creation
    if creation.type in file.events:
        yield ("events", creation.type), f"`{creation.type}` is already the creation's type"
    for body in creation.by:
        if body in (ANYONE, OPERATOR, *SYSTEM):
            yield ("creation", "by", body), "an application begins by the act of somebody named"
    yield from _by(file, ("creation",), creation)


def _by(file: ProcedureFile, path: Path, act: ActEntry) -> Iterator[Found]:
    known = [*_bodies(file), ANYONE, OPERATOR, *SYSTEM]
    yield from _unknown((*path, "by"), "authority", act.by, known)
    if ANYONE in act.by:
        if len(act.by) > 1:
            yield (*path, "by", ANYONE), f"`{ANYONE}` stands alone"
        if act.evidence.confirm is not None:
            told = f"an act of `{ANYONE}` has nobody to confirm it; write `confirm: null`"
            yield (*path, "evidence", "confirm"), told
    if set(act.by) <= {OPERATOR, *SYSTEM}:
        for key, grade in (("accept", act.evidence.accept), ("confirm", act.evidence.confirm)):
            if grade is not None:
                yield (*path, "evidence", key), "the service's own acts rest on no evidence"
    if BUYER_AUTHORITY in act.by:
        for key, grade in (("accept", act.evidence.accept), ("confirm", act.evidence.confirm)):
            if grade is not None and RANK[grade] > RANK[BUYERS_BEST]:
                told = f"a buyer's evidence counts at most as `{BUYERS_BEST}`"
                yield (*path, "evidence", key), told


def _references(file: ProcedureFile, path: Path, event: EventEntry) -> Iterator[Found]:
    yield from _unknown((*path, "four_eyes"), "event", event.four_eyes or (), file.events)
    for name in event.quorum or ():
        if name not in event.by:
            yield (*path, "quorum", name), f"`{name}` is in the quorum but not in `by`"
    if event.gate is not None:
        yield from _unknown((*path, "gate"), "gate", [event.gate], file.gates)
    gated = event.effect is not None and EFFECTS[event.effect].gated
    if gated and event.gate is None:
        yield (*path, "effect"), f"the effect `{event.effect}` needs a `gate`"
    if event.gate is not None and not gated:
        yield (*path, "gate"), "no effect of this event concerns a gate"


def _rules(path: Path, event: EventEntry) -> Iterator[Found]:
    for name in event.guards:
        payloads = GUARDS[name].payloads
        if payloads and event.payload not in payloads:
            yield (*path, "guards", name), _misread("guard", name, payloads, event.payload)
    if event.unattributed and event.quorum:
        yield (*path, "unattributed"), "a vote in a quorum must name its authority"
    effect = event.effect
    if effect is None:
        return
    if event.payload not in EFFECTS[effect].payloads:
        told = _misread("effect", effect, EFFECTS[effect].payloads, event.payload)
        yield (*path, "effect"), told
    for name in NEEDED_GUARDS.get(effect, ()):
        if name not in event.guards:
            yield (*path, "effect"), f"the effect `{effect}` needs the guard `{name}`"
    if effect in OWNED and (event.unattributed or ANYONE in event.by):
        yield (*path, "effect"), f"the effect `{effect}` needs a named authority"


def _misread(kind: str, name: str, payloads: Collection[str], payload: str) -> str:
    wanted = " or ".join(f"`{one}`" for one in payloads)
    return f"the {kind} `{name}` reads the payload {wanted}, not `{payload}`"


def _moves(file: ProcedureFile, kind: str) -> Iterator[Found]:
    event, path = file.events[kind], ("events", kind)
    if (event.from_ is None) == (event.moves is None):
        yield path, f"`{kind}` needs either `from` or `moves`"
    if event.from_ is None and (event.to or event.when):
        yield path, "`to` and `when` belong to `from`; with `moves` they stand in each move"
    for way in ways_of(file, kind):
        yield from _way(file, way)


def _way(file: ProcedureFile, way: Way) -> Iterator[Found]:
    yield from _unknown((*way.path, "from"), "state", way.sources, file.states)
    if way.target is None:
        if way.when is not None:
            yield (*way.path, "when"), "`when` needs a `to`; without it the state stays anyway"
    elif way.anywhere:
        yield (*way.path, "to"), f"an event from `{ANY_STATE}` state leads to none; name the states"
    else:
        yield from _unknown((*way.path, "to"), "state", [way.target], file.states)
        if way.target in way.sources:
            told = f"leads from `{way.target}` to itself; leave out `to` where the state stays"
            yield (*way.path, "to"), told
    if way.when == QUORUM and not file.events[way.event].quorum:
        yield (*way.path, "when"), f"`{QUORUM}` needs a `quorum`"


def _turns_of(file: ProcedureFile, kind: str) -> Iterator[Found]:
    """Where an event must wait for its turn, the turn must be able to come."""
    event = file.events[kind]
    if "its_turn" not in event.guards:
        return
    for way in ways_of(file, kind):
        for source in way.sources:
            state = file.states.get(source)
            if state and not {turn.who for turn in state.waiting_on} & set(event.by):
                told = f"`{source}` never waits for any of those who may post `{kind}`"
                yield (*way.path, "from", source), told
