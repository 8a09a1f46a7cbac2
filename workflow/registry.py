"""Use cases of the registry: buyers, pools, and whatever else no procedure governs.

Each is: find what the decision needs, decide purely, commit.
"""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from workflow.catalog import Catalog, index_entry
from workflow.desk import Accepted, Desk
from workflow.domain import buyer as buyers
from workflow.domain import links, publication
from workflow.domain import pool as pools
from workflow.domain.act import Event, Posting
from workflow.domain.principal import REGISTRY, Principal, system
from workflow.domain.procedure import Procedure
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting
from workflow.judging import Waiting
from workflow.mentions import NOTHING_NAMED, Known
from workflow.sight import Sight
from workflow.store import Position, Store

Outcome = Accepted | Refused
Rule = Callable[[Document, Posting], Decision | Refused]
Precondition = Callable[[Document], Refusal | None]

PUBLICATIONS = 200
"""Publications that are read at once."""


class RulesMissing(Exception):
    """The registry names versions of procedures that this service does not have as they were
    published; the message is for the operator.
    """

    def __init__(self, departures: list[str]) -> None:
        self.departures = sorted(departures)
        listed = "\n".join(f"  - {one}" for one in self.departures)
        super().__init__(
            f"applications rest on procedures that this service does not have:\n{listed}\n"
            "Serve every file as it was published; other rules are a new version."
        )


def event_digest(principal: Principal, key: str) -> bytes:
    """What names an event in its subject: 128 bits of SHA-256 over principal and key."""
    return digest_of_event(principal.identity, key)


def digest_of_event(identity: str, key: str) -> bytes:
    """The same, of whoever has this identity."""
    return hashlib.sha256(f"{identity}\0{key}".encode()).digest()[:16]


def application_id(principal: Principal, key: str) -> str:
    """An application's id: 100 bits of SHA-256 over principal and key, in base 32, so that
    creating twice with one key makes one application.
    """
    digest = hashlib.sha256(f"application\0{principal.identity}\0{key}".encode()).digest()
    return base64.b32encode(digest)[:20].decode("ascii").lower()


class Registry:
    """What `Service` does for subjects of every kind, at the one desk that there is."""

    def __init__(
        self, store: Store, catalog: Catalog, clock: Callable[[], str], salt: Callable[[], str]
    ) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._clock: Final = clock
        self._salt: Final = salt
        self._desk: Final = Desk(store, partial(index_entry, catalog))
        self._sight: Final = Sight(store, catalog)
        self._published: Final[set[str]] = set()
        self.departed: Final = asyncio.Event()
        """Set once it turned out that a version was published with other rules than those here:
        no application that rests on it can be decided in this process any more.
        """

    @property
    def waiting(self) -> int:
        """How many events wait at the desk."""
        return self._desk.waiting

    async def publish(self, procedure: Procedure) -> Refused | None:
        """Enter a version before anything is decided by it; None: it stands as it is here."""
        subject = publication.subject_of(procedure)
        if subject in self._published:
            return None
        digest, facts = procedure.digest, publication.facts_of(procedure)
        event = entry("publish", digest, digest, facts, None)
        outcome = await self.enter(subject, system(REGISTRY), event, publication.publish)
        if isinstance(outcome, Refused):
            self._notice(outcome)
            return outcome
        self._published.add(subject)
        return None

    def _notice(self, outcome: object) -> None:
        """Remember that rules are others here than they were published."""
        if isinstance(outcome, Refused) and outcome.decisive.code == "published-otherwise":
            self.departed.set()

    async def check_published(self) -> None:
        """Raises RulesMissing where this service lacks a published version, or has it with other
        rules.
        """
        departures: list[str] = []
        before: Position | None = None
        while True:
            page = await self._store.page("procedure", (), PUBLICATIONS, before)
            for stored in page.documents:
                facts = Document.decode(stored).snapshot
                known = self._catalog.find(facts["procedure"], facts["version"])
                if known is None or known.digest != facts["digest"]:
                    told = "is missing" if known is None else "has other rules now"
                    departures.append(f"{facts['procedure']} version {facts['version']} {told}")
            before = page.next
            if before is None:
                break
        if departures:
            raise RulesMissing(departures)

    async def register_buyer(
        self,
        principal: Principal,
        buyer: str,
        name: dict[str, Any],
        fingerprint: str,
        precondition: Precondition | None = None,
    ) -> Outcome:
        """Give a buyer a name; the same name again changes nothing."""
        subject = f"buyer/{buyer}"
        stored = await self._store.read(subject)
        document = NOTHING if stored is None else Document.decode(stored)
        actor = acting(principal, buyers.REGISTRARS)
        if isinstance(actor, Refused):
            return actor
        refusal = precondition(document) if precondition else None
        if refusal is not None:
            return Refused((refusal,))
        if document.version and document.snapshot["name"] == name:
            return Accepted(b"", document, replayed=True)
        key = f"register.{document.version}.{fingerprint[:32]}"
        event = entry("register_buyer", key, fingerprint, {"name": name}, None)
        posting = self._posting(subject, principal, event)
        return await self._desk.post(self._waiting(posting, buyers.register, precondition))

    async def open_pool(
        self, principal: Principal, pool: str, data: dict[str, Any], key: str, fingerprint: str
    ) -> Outcome:
        """Begin a pool with the claims that its sources make."""
        refused = self._outsider(principal)
        if refused is not None:
            return refused
        stranger = await self._stranger(data["claims"])
        if stranger is not None:
            return Refused((stranger,))
        event = entry("open_pool", key, fingerprint, data, None)
        return await self._submit(self._posting(f"pool/{pool}", principal, event), pools.open_pool)

    async def add_claim(
        self, principal: Principal, pool: str, data: dict[str, Any], key: str, fingerprint: str
    ) -> Outcome:
        """Enter one more claim about a pool."""
        refused = self._outsider(principal)
        if refused is not None:
            known = await self._sight.pools(principal, [pool])
            return refused if known else Refused((Refusal("unknown-pool"),))
        stranger = await self._stranger([data])
        if stranger is not None:
            return Refused((stranger,))
        event = entry("claim", key, fingerprint, data, None)
        return await self._submit(self._posting(f"pool/{pool}", principal, event), pools.add_claim)

    async def enter(self, subject: str, principal: Principal, event: Event, rule: Rule) -> Outcome:
        """Make one entry in a subject that no procedure governs."""
        return await self._submit(self._posting(subject, principal, event), rule)

    def _outsider(self, principal: Principal) -> Refused | None:
        """Whoever does not see the registry is refused before anything in it is looked up."""
        if self._sight.registry(principal):
            return None
        actor = acting(principal, pools.CLAIMANTS)
        if isinstance(actor, Refused):
            return actor
        bodies = ", ".join(sorted(self._catalog.bodies))
        return Refused((Refusal("wrong-authority", {"authorities": bodies}),))

    async def _stranger(self, claims: Sequence[dict[str, Any]]) -> Refusal | None:
        """The first buyer of the claims who is not registered."""
        names = sorted({name for claim in claims for name in claim["buyers"]})
        stored = await self._store.read_many([f"buyer/{name}" for name in names])
        unknown = [name for name, found in zip(names, stored, strict=True) if found is None]
        return Refusal("unknown-buyer", {"buyer": unknown[0]}, ("buyers",)) if unknown else None

    def _submit(self, posting: Posting, rule: Rule) -> Awaitable[Outcome]:
        return self._desk.post(self._waiting(posting, rule))

    def _posting(
        self,
        subject: str,
        principal: Principal,
        event: Event,
        known: Known = NOTHING_NAMED,
    ) -> Posting:
        now, salt = self._clock(), self._salt()
        if known is NOTHING_NAMED:
            return Posting(subject, principal, event, now, salt)
        linked = known.applications.get(links.link_of(event.data) or "")
        return Posting(subject, principal, event, now, salt, known.pools, linked=linked)

    def _waiting(
        self,
        posting: Posting,
        rule: Rule,
        precondition: Precondition | None = None,
        batch: set[str] | None = None,
    ) -> Waiting:
        event = posting.event
        return Waiting(
            subject=posting.subject,
            event=event_digest(posting.principal, event.key),
            fingerprint=event.fingerprint,
            decide=lambda before: rule(before, posting),
            precondition=precondition,
            batch=set() if batch is None else batch,
            kind=event.type,
            observer=self._store.observer,
        )


def entry(
    kind: str, key: str, fingerprint: str, data: dict[str, Any], effective_at: str | None
) -> Event:
    """An event of a subject that no procedure governs."""
    return Event(
        type=kind,
        key=key,
        fingerprint=fingerprint,
        authority=None,
        effective_at=effective_at,
        reason=None,
        evidence=(),
        payload="",
        data=data,
    )
