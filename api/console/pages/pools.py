"""Pools: a joint quantity, what is claimed of it, and who shares it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response

from api import answers
from api.console.routing import page
from api.console.visit import Visit
from api.shares import pool_view
from workflow.domain.record import Document

POOLS = 20

WIDTH = 1000
"""How long the longest bar is, in units of the drawing."""

OPEN_END = 1.2
"""What lies beyond a lower bound is drawn for a fifth of it more, and open."""

Pool = dict[str, Any]
Name = dict[str, str]


async def list_all(visit: Visit) -> Response:
    """Every pool that whoever asks may know of, the newest first."""
    before = answers.position_of(visit.asked("cursor"))
    found = await visit.parts.queries.pools(visit.reader, POOLS, before)
    pools = await asyncio.gather(*(_pool(visit, *item) for item in found.items))
    return visit.page(
        "pools.html",
        pools=pools,
        names=await _names(visit, pools),
        following=answers.position_cursor(found.next),
    )


async def show(visit: Visit) -> Response:
    """One pool: its claims beside each other, and its shares."""
    identifier = visit.request.path_params["id"]
    document = await visit.parts.queries.pool(visit.reader, identifier)
    if document is None:
        raise visit.nothing()
    pool = await _pool(visit, identifier, document)
    scale = _scale(pool)
    quantity = _quantity(pool)
    units = {claim["id"]: claim["units"] or 0 for claim in pool["claims"]}
    return visit.page(
        "pool.html",
        pool=pool,
        names=await _names(visit, [pool]),
        bars={claim: round(WIDTH * count / scale) for claim, count in units.items()},
        parts=_parts(pool, scale),
        limit=None if quantity is None else round(WIDTH * quantity / scale),
        width=WIDTH,
    )


ROUTES = (page("/pools", list_all), page("/pools/{id}", show))


async def _pool(visit: Visit, identifier: str, document: Document) -> Pool:
    parts = visit.parts
    members = await parts.queries.members(identifier)
    body, _ = pool_view(visit.reader, parts.catalog.bodies, identifier, document, members)
    body["standing"] = [claim for claim in body["claims"] if claim["superseded_by"] is None]
    return body


async def _names(visit: Visit, pools: Iterable[Pool]) -> Mapping[str, Name]:
    """The buyers that these pools name, by id."""
    buyers = sorted(
        {buyer for pool in pools for claim in pool["claims"] for buyer in claim["buyers"]}
        | {share["buyer"] for pool in pools for share in pool["shares"]}
    )
    entries = await asyncio.gather(
        *(visit.parts.queries.document("buyer", buyer) for buyer in buyers)
    )
    return {
        buyer: {"en": buyer, "zh": buyer} if entry is None else entry.snapshot["name"]
        for buyer, entry in zip(buyers, entries, strict=True)
    }


def _quantity(pool: Pool) -> int | None:
    """The units that there are, where a claim tells them exactly."""
    if pool["free"] is None:
        return None
    return int(pool["drawn"] + pool["reserved"] + pool["free"])


def _scale(pool: Pool) -> int:
    """How many units the whole width stands for; a lower bound leaves room beyond itself."""
    lengths: list[int] = [
        1,
        sum(max(share["units"] or 0, share["drawn"]) for share in pool["shares"]),
    ]
    for claim in pool["claims"]:
        open_end = OPEN_END if claim["bound"] == "at_least" else 1
        lengths.append(round((claim["units"] or 0) * open_end))
    return max(lengths)


def _parts(pool: Pool, scale: int) -> list[tuple[str, int, int]]:
    """The shares of which something is known, one behind the other: status, where it begins, how
    long it is.
    """
    found: list[tuple[str, int, int]] = []
    begin = 0
    for share in pool["shares"]:
        units = max(share["units"] or 0, share["drawn"])
        length = round(WIDTH * units / scale)
        if units:
            found.append((share["status"], begin, length))
            begin += length
    return found
