"""Buyers and pools, drawn for people."""

from collections.abc import Iterable

from rich.console import Group, RenderableType

from api.cli.session import Session
from api.cli.tables import Column, Grid
from api.schemas import OverviewLineOut, PoolOut


def overview_table(talk: Session, lines: Iterable[OverviewLineOut]) -> RenderableType:
    """The buyers as the reports print them: company, status, source."""
    output, words, label = talk.output, talk.output.words, talk.output.label
    made = Grid(
        Column(words("company")),
        Column(words("status")),
        Column(words("standing"), under=1),
        Column(words("source")),
        Column(words("application"), whole=True, under=0),
    )
    for line in lines:
        unread = [words("source-unread")] if line.sources_unread else []
        made.row(
            f"{label(line.name)} ({line.buyer})",
            label(line.sentence),
            words(line.standing) if line.standing else "",
            "\n".join([*map(output.cited, line.sources), *unread]),
            line.application,
        )
    return made


def pool_tables(talk: Session, pools: Iterable[PoolOut]) -> RenderableType:
    """Pools with their claims."""
    return Group(*(_pool(talk, pool) for pool in pools))


def _pool(talk: Session, pool: PoolOut) -> Grid:
    output, words = talk.output, talk.output.words
    verdict = words("sources-contradict" if pool.conflict else "sources-agree")
    title = f"{output.label(pool.title)} ({pool.id}): {verdict}"
    names = (Column(words("units"), whole=True), Column(words("shared-by")))
    made = Grid(*names, Column(words("source")), title=title)
    for claim in pool.claims:
        told = words("not-told") if claim.units is None else f"{claim.units:,}"
        if claim.units is not None and claim.bound == "at_least":
            told = words("at-least", units=claim.units)
        others = [words("others-unseen")] if claim.others else []
        sharing = ", ".join([*map(talk.buyer, claim.buyers), *others])
        made.row(told, sharing, "\n".join(map(output.cited, claim.evidence)))
    return made
