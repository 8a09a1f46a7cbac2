"""An application of a test's own, and its way through the procedure."""

import time
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from api.examples import BUYERS, CREATIONS, EVENTS
from tests.e2e.http.people import BUYER, actor

_numbers = count(1)

LIFE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ndrc", "grant_in_principle", {}),
    ("buyer", "declare_order", {}),
    ("miit", "approve", {}),
    ("mofcom", "approve", {"authority": "mofcom"}),
    ("ndrc", "propose_condition", {}),
    ("ndrc", "fix_condition", {}),
    ("ndrc", "set_conditions", {}),
    ("buyer", "accept_conditions", {}),
    ("mofcom", "propose_licence", {}),
    ("mofcom-2", "issue_licence", {}),
    ("bis", "clear_export", {}),
    ("customs", "record_shipment", {}),
    ("buyer", "give_up_balance", {}),
)
"""Who posts what, from submission to shipment."""


def new_key(prefix: str = "k") -> str:
    """A key that no other test uses."""
    return f"{prefix}-{next(_numbers)}"


def event(kind: str, **changes: Any) -> dict[str, Any]:
    """The example of an event, with changes; a change to None leaves the field out."""
    made = deepcopy(EVENTS[kind]) | changes
    if kind == "propose_licence" and "data" not in changes:
        made["data"] |= {"valid_from": "2020-01-01", "valid_until": "2099-12-31"}
    return {name: value for name, value in made.items() if value is not None}


def creation(**changes: Any) -> dict[str, Any]:
    """The example of an application, taking effect when it is posted."""
    return deepcopy(CREATIONS["application"]) | {"effective_at": None} | changes


def register(client: httpx.Client, buyer: str, **name: str) -> None:
    """Give a buyer its entry in the registry."""
    body = {"name": BUYERS["buyer"]["name"] | name}
    answer = client.put(f"/v1/buyers/{buyer}", json=body, headers=actor("recorder"))
    assert answer.status_code in (200, 201)


@dataclass(frozen=True, slots=True)
class Application:
    """One application, and what its test does to it."""

    client: httpx.Client
    id: str
    buyer: str = BUYER

    @property
    def path(self) -> str:
        return f"/v1/applications/{self.id}"

    def post(
        self,
        who: str,
        what: str | dict[str, Any],
        key: str | None = None,
        *,
        dry_run: bool = False,
        **headers: str,
    ) -> httpx.Response:
        """Post an event; its key is new where none is given."""
        body = event(what) if isinstance(what, str) else what
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= actor(self._named(who)) | {"Idempotency-Key": key or new_key()}
        query = {"dry_run": "true"} if dry_run else None
        return self.client.post(f"{self.path}/events", json=body, headers=named, params=query)

    def accept(self, who: str, what: str | dict[str, Any], **more: Any) -> dict[str, Any]:
        """Post an event that must be accepted; the record and the application after it."""
        answer = self.post(who, what, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def live(self, until: str) -> "Application":
        """Go through its life from the beginning up to and including the last event of a type."""
        return self._live(0, until)

    def live_on(self, until: str) -> "Application":
        """The same, where the clearance in principle has been given already."""
        return self._live(1, until)

    def _live(self, first: int, until: str) -> "Application":
        last = max(place for place, step in enumerate(LIFE) if step[1] == until)
        for who, kind, changes in LIFE[first : last + 1]:
            self.accept(who, event(kind, **changes))
        return self

    def get(self, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(self.path, headers=named)

    def now(self) -> dict[str, Any]:
        """The application as it is."""
        found: dict[str, Any] = self.get().json()
        return found

    def tag(self) -> str:
        """Its entity tag as it is."""
        found: str = self.get().headers["ETag"]
        return found

    def trail(self, **query: Any) -> httpx.Response:
        return self.client.get(f"{self.path}/trail", params=query)

    def records(self) -> list[dict[str, Any]]:
        """The whole trail, in order."""
        answer = self.client.get(f"{self.path}/trail", headers={"Accept": "application/jsonl"})
        return [httpx.Response(200, content=line).json() for line in answer.content.splitlines()]

    def _named(self, who: str) -> str:
        return f"ec;{self.buyer};buyer" if who == "buyer" else who


def opened(
    client: httpx.Client, buyer: str = BUYER, who: str | None = None, **changes: Any
) -> Application:
    """A new application of a registered buyer, who submits it unless somebody else enters it."""
    register(client, buyer)
    named = actor(who or f"ec;{buyer};buyer") | {"Idempotency-Key": new_key("create")}
    body = creation(buyer=buyer, **changes)
    answer = client.post("/v1/applications", json=body, headers=named)
    assert answer.status_code == 201, answer.text
    return Application(client, answer.json()["application"]["id"], buyer)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, which must be this one."""
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    assert found["code"] == code, found
    return found


def proof_of(application: Application, seq: int) -> httpx.Response:
    """The proof of a record, which takes about a second to be there."""
    while True:
        answer = application.client.get(f"{application.path}/trail/{seq}/proof")
        if answer.status_code == 200:
            return answer
        problem(answer, 404, "not-yet-logged")
        assert answer.headers["Retry-After"] == "1"
        time.sleep(0.02)


def in_the_log(client: httpx.Client) -> Application:
    """An application with three records, all of them in the log: one of a ministry, then a note."""
    application = opened(client)
    application.accept("ndrc", "grant_in_principle")
    application.accept("buyer", "note")
    proof_of(application, 3)
    return application
