"""Two processes of one service: on one store, with clocks and keys that are a test's own."""

from datetime import timedelta
from random import Random

from tests.integration.events import CATALOG
from tests.unit.acting import NOW, OPERATOR
from workflow.credentials import Credentials, Granted
from workflow.domain import apikey, clock
from workflow.domain.canonical import decode
from workflow.domain.credential import Rights
from workflow.domain.principal import Principal, Role, Scope
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.domain.trail import verify
from workflow.identities import Identities, Token
from workflow.service import Service
from workflow.store import Store

OFFICER = Rights("qian", "miit", frozenset({Role.OFFICER}), frozenset({"miit"}))
READER = Rights("li", "press-desk", frozenset({Role.RECORDER}), scopes=frozenset({Scope.READ}))
MARK = "a" * 64
ISSUER = "https://login.example.org/realms/one"


class Clocks:
    """The clocks of all processes; they stand still until they are told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def present(self) -> str:
        return self.after(0)

    def monotonic(self) -> float:
        return self.seconds

    def after(self, seconds: float) -> str:
        """The instant so many seconds from now."""
        return clock.later(NOW, timedelta(seconds=self.seconds + seconds))


class Process:
    """What one process has of the service."""

    def __init__(self, store: Store, clocks: Clocks, seed: int) -> None:
        service = Service(store, CATALOG, clocks.present)
        self.identities = Identities(store, service, CATALOG, clocks.present, clocks.monotonic)
        random = Random(seed).randbytes
        self.credentials = Credentials(service, CATALOG, self.identities, clocks.present, random)

    async def make(
        self, rights: Rights = OFFICER, expires_at: str | None = None
    ) -> tuple[str, str]:
        """The id and the key of a new credential."""
        return made(await self.credentials.grant(OPERATOR, rights, expires_at, None, MARK))

    async def rotate(self, who: Principal, identifier: str, overlap: int = 0) -> tuple[str, str]:
        """The id, as it was, and the new key."""
        return made(await self.credentials.rotate(who, identifier, overlap, None, MARK))

    async def admitted(self, key: str) -> Principal:
        """Whoever comes in with a key that is good."""
        principal = await self.identities.principal_of_key(key)
        assert principal is not None
        return principal

    async def good(self, *keys: str) -> list[bool]:
        """Which keys let somebody in, as they are looked up and as they are at hand."""
        found = [await self.identities.principal_of_key(key) for key in keys]
        assert [self.identities.at_hand(key) for key in keys] == found
        return [one is not None for one in found]


def made(outcome: Granted | Refused) -> tuple[str, str]:
    assert isinstance(outcome, Granted), outcome
    assert outcome.key is not None
    return outcome.id, outcome.key


def secret_of(key: str) -> str:
    return key.split("_", 2)[2]


def mark_of(key: str) -> str:
    return apikey.mark(apikey.digest_of(key))


def token(rights: Rights, issued_at: int, subject: str = "s-1") -> Token:
    return Token(ISSUER, subject, rights, issued_at)


async def types(store: Store, identifier: str) -> list[str]:
    """The types of a credential's records, of a trail that holds."""
    records = await store.records(f"credential/{identifier}", 1, 100)
    verdict = verify(records)
    assert verdict.ok, verdict
    assert verdict.snapshot == (await stored(store, identifier)).snapshot
    return [decode(record)["type"] for record in records]


async def stored(store: Store, identifier: str) -> Document:
    found = await store.read(f"credential/{identifier}")
    assert found is not None
    return Document.decode(found)
