"""For whom a webhook is: what its credential may see now, not what it might when it was made."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from workflow.domain import access, credential
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.store import Store


class Owners:
    """Reads the credentials of webhooks, each time anew."""

    def __init__(self, store: Store) -> None:
        self._store: Final = store

    async def of(self, snapshots: Sequence[Mapping[str, Any]], now: str) -> list[Principal | None]:
        """Who each of these webhooks tells, with the scopes of now; None: its credential is no
        longer good, or no key. A token's rights are its own and end with it; a webhook does not.
        """
        names = [snapshot["owner"] for snapshot in snapshots]
        found = await self._store.read_many([f"credential/{name}" for name in names])
        return [_good(name, text, now) for name, text in zip(names, found, strict=True)]


def _good(identifier: str, stored: bytes | None, now: str) -> Principal | None:
    if stored is None:
        return None
    snapshot = Document.decode(stored).snapshot
    until = credential.good_until(snapshot)
    if snapshot["kind"] != "key" or (until is not None and now >= until):
        return None
    return credential.principal_of(identifier, snapshot)


def may_be_told(principal: Principal) -> bool:
    """Whether the credential may be used to ask for anything."""
    return access.may_read(principal) is None
