"""How an application begins."""

from typing import Any, cast

from workflow.domain import deadlines
from workflow.domain.act import Act
from workflow.domain.application import Snapshot, Unconfirmed


def opening(act: Act, recorded_at: str, standing: str | None) -> dict[str, Any]:
    """The snapshot with which an application begins, from its creation."""
    procedure, data, authority = act.procedure, act.data, act.actor.authority
    reported = Unconfirmed(type=act.spec.type, authority=authority, before=None)
    begun = Snapshot(
        procedure=procedure.name,
        procedure_version=procedure.version,
        procedure_digest=procedure.digest,
        buyer=data["buyer"],
        reference=data["reference"],
        goods=data["goods"],
        pool=data["pool"],
        state=procedure.initial,
        entered_at=act.effective_at,
        entered_seq=act.seq,
        entered_by=authority,
        created_at=recorded_at,
        effective_at=act.effective_at,
        votes={kind: {} for kind, spec in procedure.events.items() if spec.quorum},
        persons={},
        recusals={},
        order=None,
        conditions={},
        conditions_none=False,
        proposal=None,
        licence=None,
        earlier_licences={},
        allocation=None,
        gates=dict.fromkeys(procedure.gates, "shut"),
        links={},
        words={},
        queries={},
        holds={},
        requests={},
        extensions={},
        clocks=deadlines.received(act, procedure.initial),
        notes={},
        unconfirmed={str(act.seq): reported} if standing == "reported" else {},
        acted={} if authority is None else {authority: act.seq},
        corrections={},
    )
    return cast(dict[str, Any], begun)
