"""Applications, trails, buyers and pools as tables for people."""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table

from api.cli.output import Output, card, row, table, when
from api.cli.session import Session
from api.schemas import (
    AllowedEventsOut,
    ApplicationOut,
    OverviewLineOut,
    PoolOut,
    ProcedureOut,
    RecordOut,
)


def application_card(talk: Session, found: ApplicationOut) -> RenderableType:
    """Everything about one application."""
    words, rules = talk.output.words, _rules(talk, found)
    output = talk.output
    names = _bodies(output, rules)
    goods = found.goods["item"] + (f", {found.goods['units']:,}" if found.goods["units"] else "")
    return card(
        (
            (words("application"), found.id),
            (words("buyer"), found.buyer),
            (words("reference"), found.reference),
            (words("procedure"), f"{found.procedure.name} {found.procedure.version}"),
            (words("goods"), goods),
            (words("state"), _state(output, rules, found.state)),
            (words("standing"), words(found.standing)),
            (words("confirmed-state"), _state(output, rules, found.confirmed_state)),
            (words("approvals"), _approvals(output, found, rules)),
            (words("order"), _order(found)),
            (words("conditions"), _conditions(output, found)),
            (words("licence"), _licence(output, found)),
            (words("pool"), found.pool),
            (words("allocation"), _allocation(output, found)),
            (words("gates"), ", ".join(f"{gate}: {how}" for gate, how in found.gates.items())),
            (words("waiting-on"), ", ".join(names.get(who, who) for who in found.waiting_on)),
            (words("version"), found.version),
            (words("updated"), when(found.updated_at, _zone(rules))),
            (words("head"), found.head),
        )
    )


def application_line(talk: Session, found: ApplicationOut) -> str:
    """One application in a line, as a watch prints it."""
    output, rules = talk.output, _rules(talk, found)
    waiting = ", ".join(found.waiting_on) or output.words("nothing")
    return (
        f"{when(found.updated_at, _zone(rules))}  {output.words('version')} {found.version}  "
        f"{_state(output, rules, found.state)}  {output.words(found.standing)}  "
        f"{output.words('waiting-on')}: {waiting}"
    )


def application_table(talk: Session, items: Iterable[ApplicationOut]) -> RenderableType:
    """Applications, one a line."""
    output, words = talk.output, talk.output.words
    names = ("application", "buyer", "reference", "state", "standing", "waiting-on", "updated")
    made = table(*map(words, names))
    for found in items:
        rules = _rules(talk, found)
        bodies = _bodies(output, rules)
        row(
            made,
            found.id,
            found.buyer,
            found.reference,
            _state(output, rules, found.state),
            words(found.standing),
            ", ".join(bodies.get(who, who) for who in found.waiting_on),
            when(found.updated_at, _zone(rules)),
        )
    return made


def trail_table(talk: Session, records: Iterable[RecordOut]) -> RenderableType:
    """Records, one a line."""
    words = talk.output.words
    names = ("number", "effective", "event", "authority", "actor", "change", "standing", "source")
    made = table(*map(words, names))
    for record in records:
        ref = record.procedure
        zone = UTC if ref is None else _zone(talk.procedure(ref["name"], ref["version"]))
        moved = record.from_ != record.to and record.to is not None
        row(
            made,
            record.seq,
            when(record.effective_at, zone),
            record.type,
            record.authority,
            f"{record.principal} ({record.organisation}, {record.role})",
            " → ".join(filter(None, (record.from_, record.to))) if moved else "",
            words(record.standing) if record.standing else "",
            "\n".join(cited(talk.output, piece) for piece in record.evidence),
        )
    return made


def allowed_events(talk: Session, found: AllowedEventsOut) -> RenderableType:
    """What may be posted, and what may not."""
    words, label = talk.output.words, talk.output.label
    yes = table(words("event"), words("authority"), title=words("may-post"))
    for one in found.allowed:
        row(yes, one.type, one.authority)
    no = table(words("event"), words("why-not"), title=words("may-not-post"))
    for other in found.refused:
        reasons = "\n".join(f"{why.code}: {label(why.detail)}" for why in other.refusals)
        row(no, other.type, reasons)
    return Group(yes, no)


def overview_table(output: Output, lines: Iterable[OverviewLineOut]) -> RenderableType:
    """The buyers as the reports print them: company, status, source."""
    words, label = output.words, output.label
    made = table(*map(words, ("company", "status", "standing", "source", "application")))
    made.columns[-1].no_wrap = True
    for line in lines:
        row(
            made,
            f"{label(line.name)} ({line.buyer})",
            label(line.sentence),
            words(line.standing) if line.standing else "",
            "\n".join(cited(output, piece) for piece in line.sources),
            line.application,
        )
    return made


def pool_tables(output: Output, pools: Iterable[PoolOut]) -> RenderableType:
    """Pools with their claims."""
    return Group(*(_pool(output, pool) for pool in pools))


def cited(output: Output, piece: dict[str, Any]) -> str:
    """Publisher, day, and whom it cites."""
    source = f"{piece['publisher']}, {piece['published_at'][:10]}"
    if not piece.get("attribution"):
        return source
    return output.words("citing", source=source, attribution=piece["attribution"])


def _pool(output: Output, pool: PoolOut) -> Table:
    words = output.words
    verdict = words("sources-contradict" if pool.conflict else "sources-agree")
    title = f"{output.label(pool.title)} ({pool.id}): {verdict}"
    made = table(*map(words, ("units", "shared-by", "source")), title=title)
    for claim in pool.claims:
        told = words("not-told") if claim.units is None else f"{claim.units:,}"
        if claim.units is not None and claim.bound == "at_least":
            told = words("more-than", units=claim.units)
        sources = "\n".join(cited(output, piece) for piece in claim.evidence)
        row(made, told, ", ".join(claim.buyers), sources)
    return made


def _rules(talk: Session, found: ApplicationOut) -> ProcedureOut:
    return talk.procedure(found.procedure.name, found.procedure.version)


def _zone(rules: ProcedureOut) -> tzinfo:
    """The zone in which the procedure's days are counted; UTC where it is not told."""
    name = getattr(rules, "time_zone", None)
    return ZoneInfo(name) if isinstance(name, str) else UTC


def _state(output: Output, rules: ProcedureOut, state: str | None) -> str:
    if state is None or state not in rules.states:
        return state or ""
    return f"{output.label(rules.states[state]['label'])} ({state})"


def _bodies(output: Output, rules: ProcedureOut) -> dict[str, str]:
    """Authorities by id, in the language of the output."""
    named = {name: output.label(body["short"]) for name, body in rules.authorities.items()}
    return named | {"buyer": output.words("buyer")}


def _approvals(output: Output, found: ApplicationOut, rules: ProcedureOut) -> str:
    names, zone = _bodies(output, rules), _zone(rules)
    told = (
        (names.get(who, who), when(vote["effective_at"], zone), output.words(vote["standing"]))
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
        lines.append(
            f"{term['id']}: {term['kind']}, {term['status']}" + (f": {text}" if text else "")
        )
    return "\n".join(lines)


def _licence(output: Output, found: ApplicationOut) -> str:
    if found.licence is None:
        return ""
    shipped, units = found.licence["shipped"], found.licence["units"]
    told = output.words("shipped-of", shipped=shipped, units=units)
    return f"{found.licence['id']}: {told}"


def _allocation(output: Output, found: ApplicationOut) -> str:
    if found.allocation is None:
        return ""
    units = found.allocation["units"]
    told = output.words("not-told") if units is None else f"{units:,}"
    return f"{found.allocation['status']}: {told}"
