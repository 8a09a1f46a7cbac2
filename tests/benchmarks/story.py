"""The life of an application in twenty events: what every row posts.

All of it is confirmed: officers with official notices, the buyer with its own statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tests.benchmarks import keys
from workflow.domain.principal import Principal, Role

PROCEDURE = "h200-import"
BUYER = "example-cloud"
BUYER_NAME = {"en": "Example Cloud", "zh": "示例云"}

_AUTHORITY_OF = {"li": "miit", "wang": "mofcom", "zhao": "mofcom", "chen": "ndrc"}
_AUTHORITY_OF |= {"sun": "customs", "smith": "bis"}


@dataclass(frozen=True, slots=True)
class Step:
    """One event and who posts it."""

    poster: str
    event: dict[str, Any]

    @property
    def actor(self) -> str:
        """The principal: name;organisation;role[;authority]."""
        authority = _AUTHORITY_OF.get(self.poster)
        if authority is None:
            return f"{self.poster};{BUYER};buyer"
        return f"{self.poster};{authority};officer;{authority}"

    @property
    def principal(self) -> Principal:
        """The same as a value."""
        name, organisation, role, *authorities = self.actor.split(";")
        return Principal(name, organisation, frozenset({Role(role)}), frozenset(authorities))


OPENER = Step("gao", {})
"""Who submits every application."""

RECORDER = Principal("local", "local", frozenset({Role.RECORDER}))
"""Who asks where nobody else is named."""


def opening(name: str) -> dict[str, Any]:
    """The body that submits an application."""
    return {
        "procedure": PROCEDURE,
        "buyer": BUYER,
        "goods": {"item": "NVIDIA H200", "units": 1000},
        "reference": name,
        "evidence": [_statement("Application for the import of accelerators")],
    }


def _evidence(grade: str, publisher: str, title: str) -> dict[str, Any]:
    return {
        "grade": grade,
        "title": title,
        "publisher": publisher,
        "attribution": None,
        "published_at": "2026-01-28T00:00:00+08:00",
        "url": "https://notices.example/2026/01/28/0417",
        "sha256": None,
    }


def _statement(title: str) -> dict[str, Any]:
    return _evidence("company_statement", "Example Cloud", title)


def _act(poster: str, kind: str, /, **data: Any) -> Step:
    authority = _AUTHORITY_OF[poster]
    evidence = _evidence("official_notice", authority, f"Notice of the act {kind}")
    return Step(
        poster, {"type": kind, "authority": authority, "evidence": [evidence], "data": data}
    )


def _own(kind: str, /, **data: Any) -> Step:
    statement = _statement(f"Statement on the act {kind}")
    return Step("gao", {"type": kind, "evidence": [statement], "data": data})


def _note(poster: str, text: str) -> Step:
    return Step(poster, {"type": "note", "data": {"text": text, "topic": "correspondence"}})


def _reported(step: Step) -> dict[str, Any]:
    """The same act as a recorder enters it from the press."""
    if step.event["type"] == "note":
        return step.event
    report = _evidence("press_report", "Example Press", f"Report on the act {step.event['type']}")
    return {"authority": "buyer", **step.event, "evidence": [report]}


_LICENCE = {"units": 1000, "valid_from": "2020-01-01", "valid_until": "2099-12-31"}

LIFE: Sequence[Step] = (
    _act("chen", "grant_in_principle"),
    _own("declare_order", units=1000, agent="Example Trading"),
    _note("gao", "The purchasing agent has been told of the clearance in principle."),
    _act("li", "approve"),
    _act("wang", "approve"),
    _act("chen", "propose_condition", condition="c1", kind="domestic_share"),
    _act("chen", "propose_condition", condition="c2", kind="reporting", value={"every_days": 30}),
    _note("chen", "The share of domestic chips is being settled with the other authorities."),
    _act("chen", "fix_condition", condition="c1", value={"basis_points": 3000}),
    _act("chen", "fix_condition", condition="c2"),
    _act("chen", "set_conditions"),
    _own("accept_conditions"),
    _act("wang", "propose_licence", **_LICENCE),
    _act("zhao", "issue_licence", licence="MOFCOM-2026-0001"),
    _act("smith", "clear_export", reference="BIS-2026-0001"),
    _act("sun", "record_shipment", shipment="s1", units=300),
    _note("sun", "The second consignment is expected at the same port within a week."),
    _act("sun", "record_shipment", shipment="s2", units=300),
    _act("sun", "record_shipment", shipment="s3", units=300),
    _own("give_up_balance"),
)

BODIES: Sequence[bytes] = tuple(orjson.dumps(step.event) for step in LIFE)

REPORTS: Sequence[dict[str, Any]] = (
    *(_reported(step) for step in (*LIFE[:13], LIFE[14])),
    *(_note("gao", f"Report {number} adds nothing to what is known.").event for number in range(6)),
)
"""Twenty events that one recorder may enter: the same life up to the licence, as reported."""


def request(  # the parts of a request that differ
    method: str, path: str, actor: str | None = None, body: bytes = b"", **headers: str
) -> bytes:
    """An HTTP/1.1 request, ready to be sent on a connection that is kept alive."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", keys.field(actor)]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def post_event(application: str, step: int, key: str) -> bytes:
    """The request that posts the n-th event of an application's life."""
    path = f"/v1/applications/{application}/events"
    return request("POST", path, LIFE[step].actor, BODIES[step], Idempotency_Key=key)


def submit(key: str) -> bytes:
    """The request that submits an application."""
    body = orjson.dumps(opening(key))
    return request("POST", "/v1/applications", OPENER.actor, body, Idempotency_Key=key)


def batch(items: Sequence[tuple[str, int, str]]) -> bytes:
    """The request that posts many events: application, place in `REPORTS`, key."""
    body = [
        {"application": application, "idempotency_key": key, "event": REPORTS[number]}
        for application, number, key in items
    ]
    return request("POST", "/v1/events:batch", None, orjson.dumps(body))


def poll(application: str, tag: str) -> bytes:
    """The request that asks for an application unless it is unchanged."""
    return request("GET", f"/v1/applications/{application}", None, b"", If_None_Match=tag)


def register_buyer() -> bytes:
    """The request that names the buyer; the principal is the local recorder."""
    return request("PUT", f"/v1/buyers/{BUYER}", None, orjson.dumps({"name": BUYER_NAME}))
