"""Simulation: a candidate for new rules, tried on what happened. Nothing is written."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Response

from api.console.naming import Names
from api.console.pages.procedures import changes
from api.console.routing import page
from api.console.rules import Row, Rules
from api.console.trial import PATIENCE, Life, Trial, tried
from api.console.visit import Visit
from workflow.domain.application import Snapshot
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal
from workflow.service import now
from workflow.simulation import Limits, limits_of

APPLICATIONS, RECORDS, STRETCH = 500, 2_000, 100
"""How many applications it is tried on, the newest of those that whoever asks may see; of how many
records each at the most; and how many are looked up at once.
"""

LONGEST = 256
"""KiB of a candidate as UTF-8."""
SENT = 4 * 1024 * 1024
"""Bytes of the form as sent, in which a Chinese character takes nine: so far back goes what was
written together with what is wrong with it.
"""


@dataclass
class Reach:
    """Which of the applications it was tried on: how many had too many records, and whether there
    are older ones.
    """

    longer: int = 0
    more: bool = False


async def show(visit: Visit) -> Response:
    """The empty form."""
    _ = visit.reader
    return _page(visit, "")


async def post(visit: Visit) -> Response:
    """What the candidate is, how it differs from the newest version, and what it would change."""
    _ = visit.reader
    (*_, text) = (await visit.form(SENT)).fields.get("text", [""])
    if not text.strip():
        return _page(visit, text, 422, missing=True)
    if len(text.encode()) > LONGEST * 1024:
        return _page(visit, text, 413, longer=True)
    reach = Reach()
    trial = await tried(text, lambda name: _trails(visit, name, reach))
    if not trial.facts:
        return _page(visit, text, 422, trial=trial)
    return await _tried(visit, text, trial, reach)


ROUTES = (page("/procedures/simulation", show, post, posts="/v1/trail"),)
"""Whoever tries a candidate asks what all the trails say that they see, as a search does."""


async def _tried(visit: Visit, text: str, trial: Trial, reach: Reach) -> Response:
    latest = {one.name: one for one in visit.parts.catalog.procedures()}.get(trial.named["name"])
    candidate = Rules(trial.facts, visit.language)
    rows: list[Row] = []
    names = None if latest is None else visit.names(latest)
    if latest is not None:
        rows = changes(visit, latest, candidate)
    return _page(
        visit,
        text,
        trial=trial,
        reach=reach,
        candidate=candidate,
        latest=latest,
        published=_published(visit, trial),
        names=names,
        differences=rows,
        buyers=await _buyers(visit, trial),
        objections=lambda one: list(_objections(candidate, names, one)),
    )


def _objections(
    candidate: Rules, names: Names | None, one: dict[str, Any]
) -> Iterator[tuple[int, str, str]]:
    """The records that would be refused: which one, what it is, and why."""
    for objection in one["refused"]:
        for told in objection["refusals"]:
            refusal = Refusal.read(told)
            why = refusal.code if names is None else names.refusal(refusal)
            yield objection["seq"], candidate.event(objection["type"]), why


async def _trails(visit: Visit, name: str, reach: Reach) -> AsyncIterator[Life]:
    """The trails of the newest applications under any version of the procedure."""
    queries, before, looked, at = visit.parts.queries, None, 0, now()
    while looked < APPLICATIONS:
        page = await queries.applications(
            visit.reader, [f"procedure={name}"], None, STRETCH, before
        )
        for identifier, document in page.items:
            looked += 1
            if document.version > RECORDS:
                reach.longer += 1
                continue
            texts = queries.records_to(f"application/{identifier}", document.version)
            running = _limits(visit, document, at)
            yield Life([text async for text in texts], at, running)
        before = page.next
        if before is None:
            return
    reach.more = True


def _published(visit: Visit, trial: Trial) -> Procedure | None:
    """The version of the same name and number, where its rules are others."""
    found = visit.parts.catalog.find(trial.named["name"], trial.named["version"])
    return None if found is None or found.digest == trial.named["digest"] else found


def _limits(visit: Visit, document: Document, at: str) -> Limits:
    """The time limits that run for an application under the rules that it stands under."""
    snapshot = cast(Snapshot, document.snapshot)
    return limits_of(visit.parts.catalog.engine(document).procedure, snapshot, at)


async def _buyers(visit: Visit, trial: Trial) -> dict[str, Any]:
    """The names of the buyers that the result names, by id."""
    buyers = sorted({one["buyer"] for one in trial.different})
    entries = await asyncio.gather(
        *(visit.parts.queries.document("buyer", buyer) for buyer in buyers)
    )
    return {
        buyer: {"en": buyer, "zh": buyer} if entry is None else entry.snapshot["name"]
        for buyer, entry in zip(buyers, entries, strict=True)
    }


def _page(visit: Visit, text: str, status: int = 200, **more: Any) -> Response:
    shown: dict[str, Any] = {"trial": None, "missing": False, "longer": False, "text": text}
    shown["limit"] = LONGEST
    shown |= {"applications": APPLICATIONS, "records": RECORDS, "seconds": round(PATIENCE)}
    return visit.page("simulation.html", status, **(shown | more))
