"""From a posted event to an act: the values that a decision is made of."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workflow.domain.evidence import Evidence
from workflow.domain.principal import Actor, Principal, Role
from workflow.domain.procedure import EventSpec, Procedure


class Event(NamedTuple):
    """An event as somebody sent it; its shape is checked, its rules are not.

    `key` is the idempotency key, `fingerprint` the SHA-256 of the canonical body as sent.
    Instants are written as in `clock`; `effective_at` None means now. `data` has the shape
    that `payload` names; `others` are the other payloads that it fits as it was sent, with the data
    as they read it, since each procedure has a payload of its own for a type.
    """

    type: str
    key: str
    fingerprint: str
    authority: str | None
    effective_at: str | None
    reason: str | None
    evidence: tuple[Evidence, ...]
    payload: str
    data: dict[str, Any]
    others: tuple[tuple[str, dict[str, Any]], ...] = ()

    def read_as(self, payload: str) -> "Event":
        """The same with the data as a payload reads it; unchanged where it does not fit that."""
        for name, data in self.others:
            if name == payload != self.payload:
                return self._replace(payload=name, data=data, others=())
        return self


class Linked(NamedTuple):
    """Another application that an event names, as it was read before the decision: `seq` is the
    record that moved it last, `standing` that of this record, and `since` when its state began.
    `state` is not known any more when it is decided again.
    """

    application: str
    procedure: str
    buyer: str
    seq: int
    standing: str | None
    since: str
    state: str | None = None


class Posting(NamedTuple):
    """An event with its principal and what a decision needs from the world: the time, 128
    random bits in hexadecimal, which of the pools it names are registered, and whether the
    caller said on which version the event is to be decided (`conditional`). A correction needs
    the trail as well, a migration the version of the procedure that it leads to (`successor`), a
    link the application that it names (`linked`).
    """

    subject: str
    principal: Principal
    event: Event
    now: str
    salt: str
    pools: frozenset[str] = frozenset()
    conditional: bool = False
    trail: Sequence[Mapping[str, Any]] = ()
    successor: Procedure | None = None
    linked: Linked | None = None


class Act(NamedTuple):
    """An event whose actor is known, with everything that guards and effects read beside the
    snapshot. It is recorded at `recorded_at`, however early it took effect.
    """

    procedure: Procedure
    spec: EventSpec
    actor: Actor
    seq: int
    effective_at: str
    recorded_at: str
    evidence: tuple[Evidence, ...]
    data: dict[str, Any]
    pools: frozenset[str] = frozenset()
    trail: Sequence[Mapping[str, Any]] = ()
    successor: Procedure | None = None
    linked: Linked | None = None

    @property
    def received_at(self) -> str:
        """From when on an authority can be held to it: what an applicant itself sends counts from
        its receipt, however early it took effect (Administrative Licensing Law of the PRC, art. 32
        and 44).
        """
        own = self.actor.role is Role.BUYER
        return max(self.effective_at, self.recorded_at) if own else self.effective_at
