"""Procedures: the rules of each regime, in both languages; its versions, and how they differ."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from babel import Locale
from fastapi import Response

from api.console.fields import Field, fields_of
from api.console.formats import LOCALES
from api.console.provisos import TOLD_BY_THE_EVENT
from api.console.routing import page
from api.console.rules import UNNAMED, Row, Rules, differences
from api.console.visit import Visit
from workflow.domain.payloads import PAYLOADS
from workflow.domain.procedure import EventSpec, Procedure
from workflow.procedures.comparison import facts

DIGITS = 15
"""Of a version."""


async def list_all(visit: Visit) -> Response:
    """Every regime with its versions, the newest first."""
    _ = visit.reader
    regimes = [
        list(versions)[::-1]
        for _, versions in groupby(visit.parts.catalog.procedures(), lambda one: one.name)
    ]
    return visit.page("procedures.html", regimes=regimes)


async def show(visit: Visit) -> Response:
    """One version; and what it changed, against the one before it or another one."""
    _ = visit.reader
    found = _find(visit)
    versions = [one for one in visit.parts.catalog.procedures() if one.name == found.name]
    others = {str(one.version): one for one in versions if one is not found}
    wanted = visit.one_of("since", *others)
    before = others[wanted] if wanted else _before(found, versions)
    rules = rules_of(visit, found)
    return visit.page(
        "procedure.html",
        procedure=found,
        rules=rules,
        versions=versions[::-1],
        before=before,
        differences=[] if before is None else changes(visit, before, rules),
        country=_country(visit, found),
        events=list(_events(found)),
        told_by_the_event=TOLD_BY_THE_EVENT,
        linked=dict(_linked(visit, found)),
    )


ROUTES = (page("/procedures", list_all), page("/procedures/{name}/{version}", show))


def rules_of(visit: Visit, procedure: Procedure) -> Rules:
    """What a procedure's rules say, in the language of the page."""
    return Rules(facts(procedure), visit.language)


def changes(visit: Visit, before: Procedure, after: Rules) -> list[Row]:
    """What differs from a version."""
    return list(differences(rules_of(visit, before), after, visit.language))


def _linked(visit: Visit, procedure: Procedure) -> Iterator[tuple[str, Rules]]:
    """The rules on whose states each gate may hang, as far as they are applied here."""
    for gate, link in procedure.links.items():
        latest = visit.parts.catalog.latest(link.procedure)
        yield (
            gate,
            Rules(UNNAMED, visit.language) if latest is None else rules_of(visit, latest.procedure),
        )


def _find(visit: Visit) -> Procedure:
    name, version = (visit.request.path_params[part] for part in ("name", "version"))
    known = version.isascii() and version.isdecimal() and len(version) <= DIGITS
    found = visit.parts.catalog.find(name, int(version)) if known else None
    if found is None:
        raise visit.nothing()
    return found


def _before(found: Procedure, versions: list[Procedure]) -> Procedure | None:
    """The version before this one."""
    earlier = [one for one in versions if one.version < found.version]
    return earlier[-1] if earlier else None


def _country(visit: Visit, procedure: Procedure) -> str:
    """Whose working days count."""
    territories: Any = Locale.parse(LOCALES[visit.language]).territories
    return str(territories.get(procedure.calendar, procedure.calendar))


def _events(procedure: Procedure) -> Iterator[tuple[EventSpec, list[Field]]]:
    """Every event, how an application begins first, with what is sent with it."""
    yield procedure.creation, []
    for spec in procedure.events.values():
        yield spec, _fields(spec.payload)


@cache
def _fields(payload: str) -> list[Field]:
    return fields_of(PAYLOADS[payload].model_json_schema(), "data")
