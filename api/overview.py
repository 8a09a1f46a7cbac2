"""One line of the overview: company, status in a sentence, source."""

from collections.abc import Iterable
from typing import Any, cast

from workflow.catalog import Catalog
from workflow.domain import deadlines, ledger
from workflow.domain import pool as pools
from workflow.domain.application import Snapshot, confirmed_state, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import Procedure, State
from workflow.domain.record import Document
from workflow.overviews import Row

TEN_THOUSAND = 10_000


def line(row: Row, catalog: Catalog, now: str) -> dict[str, Any]:
    """A buyer with one of its applications, as it stands at an instant."""
    head = {"buyer": row.buyer, "name": row.name, "application": row.application}
    if row.document is None:
        return head | (_UNREAD if row.unread else _NOTHING)
    snapshot = cast(Snapshot, row.document.snapshot)
    procedure = catalog.engine(row.document).procedure
    return head | {
        "procedure": {"name": procedure.name, "version": procedure.version},
        "state": snapshot["state"],
        "standing": standing(snapshot),
        "confirmed_state": confirmed_state(snapshot),
        "sentence": _sentence(procedure, snapshot, row.pool),
        "sources": _sources(row),
        "sources_unread": row.unsourced,
        "units": _units(snapshot),
        "pool": snapshot["pool"],
        "waiting_on": waiting_on(procedure, snapshot),
        "working_days_left": deadlines.working_days_left(procedure, snapshot, now),
        "updated_at": row.document.recorded_at,
    }


_NOTHING: dict[str, Any] = {
    "procedure": None,
    "state": None,
    "standing": None,
    "confirmed_state": None,
    "sentence": {"en": "No application", "zh": "没有申请"},
    "sources": [],
    "sources_unread": False,
    "units": dict.fromkeys(("ordered", "claimed", "fixed", "licensed", "shipped")),
    "pool": None,
    "waiting_on": [],
    "working_days_left": None,
    "updated_at": None,
}


_UNREAD = _NOTHING | {
    "sentence": {
        "en": "Too many records to tell how it stood; see its trail",
        "zh": "记录过多，无法说明当时的情况；请查阅其轨迹",
    }
}


def joint_quantity(pool: Document, buyer: str) -> tuple[str, str] | None:
    """A pool's quantity, as claimed for this buyer among others, in words of both languages; None
    where no claim gives one.

    Of several claims the largest lower bound speaks, since all of them allow for it. The sentence
    is that of the reports, which wrote "more than"; where a claim itself is shown, it is a lower
    bound and told as one ("at least").
    """
    standing = pools.standing_claims(pool.snapshot).values()
    claims = [claim for claim in standing if claim["units"] and buyer in claim["buyers"]]
    if not claims:
        return None
    claim = max(claims, key=lambda one: one["units"] or 0)
    units = claim["units"] or 0
    more = claim["bound"] == "at_least"
    chinese = f"{units // TEN_THOUSAND}万" if units % TEN_THOUSAND == 0 else f"{units:,}"
    return f"more than {units:,}" if more else f"{units:,}", f"超过{chinese}" if more else chinese


def _sentence(procedure: Procedure, snapshot: Snapshot, pool: Document | None) -> dict[str, str]:
    state: State = procedure.states[snapshot["state"]]
    quantity = None if pool is None else joint_quantity(pool, snapshot["buyer"])
    if quantity is None:
        return state.sentence._asdict()
    shared = state.sentence_in_pool
    return {"en": shared.en.format(units=quantity[0]), "zh": shared.zh.format(units=quantity[1])}


def _sources(row: Row) -> list[dict[str, Any]]:
    """The evidence that the present state and the share rest on, each piece once."""
    pieces: Iterable[tuple[int, dict[str, Any]]] = (
        (record["seq"], piece) for record in row.sources for piece in record["evidence"]
    )
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for seq, piece in pieces:
        key = (piece["publisher"], piece["title"], piece["attribution"], piece["published_at"])
        found.setdefault(key, {"seq": seq, **piece})
    return list(found.values())


def _units(snapshot: Snapshot) -> dict[str, int | None]:
    allocation = snapshot["allocation"]
    share = None if allocation is None else allocation["units"]
    fixed = allocation is not None and allocation["status"] == "fixed"
    return {
        "ordered": None if snapshot["order"] is None else snapshot["order"]["units"],
        "claimed": None if fixed else share,
        "fixed": share if fixed else None,
        "licensed": ledger.licensed(snapshot),
        "shipped": ledger.shipped(snapshot),
    }
