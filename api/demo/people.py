"""Who takes part in the demonstration, and the files that hold their keys.

The keys are made through the public API, with the operator's. Each has a fixed Idempotency-Key, so
that a second start makes none anew; a key whose file is gone gets another secret.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from fastapi import FastAPI

from api import key_files, operator_key
from api.demo import facts
from api.stop import Stop
from workflow.domain import apikey
from workflow.domain.procedure import Procedure

FOLDER = "keys"


class Person(NamedTuple):
    """Somebody with a key; `file` is the name of its file, `said` what it is for."""

    file: str
    said: str
    name: str
    organisation: str
    role: str
    authority: str | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        """The request for the key."""
        authorities = [] if self.authority is None else [self.authority]
        who = {"name": self.name, "organisation": self.organisation}
        return who | {"roles": [self.role], "authorities": authorities}


AUDITOR = Person("auditor", "sees everything, writes nothing", "demo-auditor", "audit", "auditor")
RECORDER = Person("recorder", "enters what is reported", "demo-recorder", "press-desk", "recorder")
BUYER = Person(
    "buyer",
    f"{facts.BUYERS['deepseek']['en']}: its own application alone",
    "demo-buyer",
    "deepseek",
    "buyer",
)


def people(procedures: Iterable[Procedure]) -> list[Person]:
    """An auditor, a recorder, a buyer, and an officer of each authority that is named there."""
    bodies = {
        one.id: one.label.en for procedure in procedures for one in procedure.authorities.values()
    }
    officers = (
        Person(body, f"an officer of {name}", f"demo-{body}", body, "officer", body)
        for body, name in sorted(bodies.items())
    )
    return [AUDITOR, RECORDER, BUYER, *officers]


class KeyRing:
    """The keys in a data folder, which the operator of the service at `client` makes."""

    def __init__(self, client: httpx.AsyncClient, data: Path) -> None:
        self._client, self._data = client, data
        self._operator = operator_key.kept_in(data)

    def file(self, person: Person) -> Path:
        """Where somebody's key is."""
        return self._data / FOLDER / f"{person.file}.key"

    def files(self, cast: Iterable[Person]) -> dict[Path, str]:
        """Every file with a key, and what the key is for: the operator's first."""
        said = {self.file(person): person.said for person in cast}
        return {self._data / operator_key.NAME: "makes keys, decides nothing", **said}

    async def key(self, person: Person) -> str:
        """Somebody's key, made where there is none. Raises Stop."""
        made = await self._send("/v1/keys", person.wanted, f"demo:{person.file}")
        kept = key_files.read(self.file(person))
        if made["key"] is None and kept is not None and credential_of(kept) == made["id"]:
            return kept
        if made["key"] is None:
            made = await self._send(f"/v1/keys/{made['id']}:rotate", {"overlap_seconds": 0})
        key: str = made["key"]
        key_files.write(self.file(person), key)
        return key

    async def _send(
        self, path: str, body: dict[str, Any], name: str | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._operator or '-'}"}
        if name is not None:
            headers["Idempotency-Key"] = name
        try:
            answer = await self._client.post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Stop(f"the keys cannot be made: POST {path}: {error!r}") from error
        found: dict[str, Any] = answer.json()
        if answer.is_success:
            return found
        told = f"the keys cannot be made: POST {path} answered {answer.status_code} {found['code']}"
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            raise Stop(f"{told}: {found['detail']}")
        place = self._data / operator_key.NAME
        raise Stop(
            f"{told}: {place} must hold the operator's key.\n"
            f"A new one: clearance serve --data {self._data} --reset-operator-key"
        )


async def link_of(app: FastAPI, key: str) -> str:
    """The address that signs a browser in once, as the holder of a key."""
    secret = await app.state.sessions.make_link(credential_of(key))
    return f"{app.state.settings.origin}/sign-in/link/{secret}"


def credential_of(key: str) -> str:
    """The id of the credential that a key names; empty where it names none."""
    parted = apikey.parted(key)
    return "" if parted is None else parted[0]
