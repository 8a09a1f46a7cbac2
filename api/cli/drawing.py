"""Applications, what happened to them, and credentials, drawn for people."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Group, RenderableType

from api.cli.naming import Names
from api.cli.output import Output, when
from api.cli.session import Session
from api.cli.tables import Column, Grid, card
from api.schemas import (
    AllowedEventsOut,
    ApplicationOut,
    CredentialOut,
    DeadlineOut,
    ProcedureRefOut,
    RecordOut,
)


def application_card(talk: Session, found: ApplicationOut) -> RenderableType:
    """Everything about one application."""
    output, names = talk.output, talk.names(found.procedure)
    words = output.words
    goods = found.goods["item"] + (f", {found.goods['units']:,}" if found.goods["units"] else "")
    gates = (f"{names.gate(gate)}: {words.code(how)}" for gate, how in found.gates.items())
    return card(
        (
            (words("application"), found.id),
            (words("buyer"), talk.buyer(found.buyer)),
            (words("reference"), found.reference),
            (words("procedure"), f"{found.procedure.name} {found.procedure.version}"),
            (words("goods"), goods),
            (words("state"), names.coded(found.state)),
            (words("standing"), words(found.standing)),
            (words("confirmed-state"), names.coded(found.confirmed_state)),
            (words("approvals"), _approvals(output, found, names)),
            (words("order"), _order(found)),
            (words("conditions"), _conditions(output, found)),
            (words("licence"), _licence(output, found)),
            (words("pool"), found.pool),
            (words("allocation"), _allocation(output, found)),
            (words("gates"), ", ".join(gates)),
            (words("waiting-on"), names.bodies(found.waiting_on)),
            (words("time-limit"), _time_limit(output, found.deadline, names)),
            (words("version"), found.version),
            (words("updated"), when(found.updated_at, names.zone)),
            (words("head"), found.head),
        )
    )


def _time_limit(output: Output, found: DeadlineOut, names: Names) -> str:
    """Until when an authority has to decide, and that it has not."""
    if found.paused_since is not None:
        return output.words("limit-paused", when=when(found.paused_since, names.zone))
    if found.due is None:
        return ""
    told = when(found.due, names.zone)
    if datetime.fromisoformat(found.due) < datetime.now(UTC):
        return output.words("limit-passed", when=told)
    return output.words("limit-provisional", when=told) if found.provisional else told


def application_line(talk: Session, found: ApplicationOut) -> str:
    """One application in a line, as a watch prints it."""
    names, words = talk.names(found.procedure), talk.output.words
    waiting = names.bodies(found.waiting_on) or words("nothing")
    return (
        f"{when(found.updated_at, names.zone)}  {words('version')} {found.version}  "
        f"{names.coded(found.state)}  {words(found.standing)}  {words('waiting-on')}: {waiting}"
    )


def application_table(talk: Session, items: Iterable[ApplicationOut]) -> RenderableType:
    """Applications, one a line."""
    words = talk.output.words
    made = Grid(
        Column(words("application"), whole=True),
        Column(words("buyer")),
        Column(words("reference"), under=0),
        Column(words("state")),
        Column(words("standing"), under=3),
        Column(words("waiting-on")),
        Column(words("updated"), under=3),
    )
    for found in items:
        names = talk.names(found.procedure)
        made.row(
            found.id,
            found.buyer,
            found.reference,
            names.state(found.state),
            words(found.standing),
            names.bodies(found.waiting_on),
            when(found.updated_at, names.zone),
        )
    return made


def trail_table(
    talk: Session, records: Iterable[RecordOut], subjects: bool = False
) -> RenderableType:
    """Records, one a line; `subjects`: with the application that each is of."""
    words = talk.output.words
    whose = [Column(words("application"), whole=True)] if subjects else []
    event, change = 1 + len(whose), 5 + len(whose)
    made = Grid(
        *whose,
        Column(words("number"), whole=True),
        Column(words("event"), whole=True),
        Column(words("effective"), under=event),
        Column(words("authority"), under=event),
        Column(words("actor"), under=event),
        Column(words("change")),
        Column(words("standing"), under=change),
        Column(words("source"), under=change),
    )
    for record in records:
        subject = [record.subject.removeprefix("application/")] if subjects else []
        made.row(*subject, record.seq, *_told(talk, record))
    return made


def record_line(talk: Session, record: RecordOut) -> str:
    """One record in a line, as it comes."""
    event, effective, body, actor, moved, standing, _ = _told(talk, record)
    subject = record.subject.partition("/")[2]
    told = (effective, f"{subject} {record.seq}", event, moved, body, actor, standing)
    return "  ".join(filter(None, told))


def _told(talk: Session, record: RecordOut) -> tuple[str, ...]:
    """What stands in the line of a record after its number."""
    output, words, ref = talk.output, talk.output.words, record.procedure
    names = None if ref is None else talk.names(ProcedureRefOut(**ref))
    moved = record.from_ != record.to and record.to is not None
    states = filter(None, (record.from_, record.to)) if moved else ()
    return (
        record.type if names is None else names.event(record.type),
        when(record.effective_at, UTC if names is None else names.zone),
        record.authority or "" if names is None else names.body(record.authority),
        f"{record.principal} ({record.organisation}, {words.code(record.role)})",
        " → ".join(states if names is None else map(names.state, states)),
        words(record.standing) if record.standing else "",
        "\n".join(output.cited(piece) for piece in record.evidence),
    )


def allowed_events(talk: Session, found: AllowedEventsOut, names: Names) -> RenderableType:
    """What may be posted, and what may not; with the codes that `post` is given."""
    words, label = talk.output.words, talk.output.label
    yes = Grid(
        Column(words("event"), whole=True),
        Column(words("name")),
        Column(words("authority")),
        title=words("may-post"),
    )
    for one in found.allowed:
        body = names.body(one.authority)
        who = body if one.authority in (None, body) else f"{body} ({one.authority})"
        yes.row(one.type, names.event(one.type), who)
    no = Grid(
        Column(words("event"), whole=True),
        Column(words("name"), under=0),
        Column(words("why-not")),
        title=words("may-not-post"),
    )
    for other in found.refused:
        reasons = "\n".join(f"{why.code}: {label(why.detail)}" for why in other.refusals)
        no.row(other.type, names.event(other.type), reasons)
    return Group(yes, no)


def credential_table(output: Output, items: Iterable[CredentialOut]) -> RenderableType:
    """Credentials, one a line: whose they are, as what they let in, and for how long."""
    words = output.words
    made = Grid(
        Column(words("key-id"), whole=True),
        Column(words("held-by")),
        Column(words("role")),
        Column(words("scopes"), under=2),
        Column(words("good-until")),
        Column(words("last-used"), under=4),
    )
    for one in items:
        roles = ", ".join(map(words.code, one.roles))
        bodies = f" ({', '.join(one.authorities)})" if one.authorities else ""
        made.row(
            one.id,
            f"{one.name} ({one.organisation})",
            roles + bodies,
            ", ".join(map(words.code, one.scopes)),
            _good_until(output, one),
            when(one.last_used_at) or words("never"),
        )
    return made


def _good_until(output: Output, found: CredentialOut) -> str:
    words = output.words
    if found.revoked_at is not None:
        return words("revoked-at", when=when(found.revoked_at))
    told = when(found.expires_at) or words("forever")
    if found.old_secret_until is None:
        return told
    return "\n".join((told, words("old-until", when=when(found.old_secret_until))))


def _approvals(output: Output, found: ApplicationOut, names: Names) -> str:
    told = (
        (names.body(who), when(vote["effective_at"], names.zone), output.words(vote["standing"]))
        for who, vote in found.approvals.items()
    )
    return "\n".join(map(", ".join, told))


def _order(found: ApplicationOut) -> str:
    if found.order is None:
        return ""
    agent = found.order.get("agent")
    return f"{found.order['units']:,}" + (f", {agent}" if agent else "")


def _conditions(output: Output, found: ApplicationOut) -> str:
    if not found.conditions and getattr(found, "conditions_none", False):
        return output.words("none-declared")
    lines = []
    for term in found.conditions:
        text = output.label(term["text"]) if term.get("text") else ""
        kind, status = output.words.code(term["kind"]), output.words.code(term["status"])
        known = [] if term["complete"] else [output.words("not-defined")]
        told = ", ".join([kind, status, *known])
        lines.append(f"{term['id']}: {told}" + (f": {text}" if text else ""))
    return "\n".join(lines)


def _licence(output: Output, found: ApplicationOut) -> str:
    if found.licence is None:
        return ""
    shipped, units = found.licence["shipped"], found.licence["units"]
    told = output.words("shipped-of", shipped=shipped, units=units)
    return f"{found.licence['number']}: {told}"


def _allocation(output: Output, found: ApplicationOut) -> str:
    if found.allocation is None:
        return ""
    units = found.allocation["units"]
    told = output.words("not-told") if units is None else f"{units:,}"
    return f"{output.words.code(found.allocation['status'])}: {told}"
