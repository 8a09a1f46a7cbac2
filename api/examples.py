"""One example of every event of `h200-import`, for the OpenAPI document and for tests."""

from typing import Any

NOTICE = {
    "grade": "official_notice",
    "title": "Decision on the application",
    "publisher": "MIIT",
    "attribution": None,
    "published_at": "2026-02-10T09:00:00+08:00",
    "url": None,
    "sha256": None,
}
STATEMENT = NOTICE | {
    "grade": "company_statement",
    "title": "Letter to the ministry",
    "publisher": "Example Cloud",
}
REPORT = NOTICE | {
    "grade": "press_report",
    "title": "Ministries approve purchases",
    "publisher": "Example News",
    "attribution": "two people familiar with the matter",
}


def _event(kind: str, authority: str | None, data: Any = None, **more: Any) -> dict[str, Any]:
    evidence = STATEMENT if authority == "buyer" else NOTICE
    event = {"type": kind, "authority": authority, "evidence": [evidence], "data": data or {}}
    return {name: value for name, value in (event | more).items() if value is not None}


EVENTS: dict[str, dict[str, Any]] = {
    "grant_in_principle": _event("grant_in_principle", "ndrc"),
    "declare_order": _event("declare_order", "buyer", {"units": 50000, "agent": "Example Trading"}),
    "approve": _event("approve", "miit"),
    "refuse": _event("refuse", "mofcom", reason="The end use is not shown."),
    "return": _event("return", "mofcom", reason="The form is incomplete."),
    "withdraw": _event("withdraw", "buyer"),
    "propose_condition": _event(
        "propose_condition",
        "ndrc",
        {
            "condition": "c1",
            "kind": "domestic_share",
            "value": {"basis_points": None, "counted_by": "units"},
            "precedent": False,
            "text": {"en": "Buy domestic chips as well", "zh": "须同时采购国产芯片"},
        },
    ),
    "fix_condition": _event(
        "fix_condition", "ndrc", {"condition": "c1", "value": {"basis_points": 3000}}
    ),
    "waive_condition": _event("waive_condition", "ndrc", {"condition": "c1"}),
    "consent": _event("consent", "ndrc", {"condition": "c1"}),
    "set_conditions": _event("set_conditions", "ndrc"),
    "accept_conditions": _event("accept_conditions", "buyer"),
    "claim_met": _event("claim_met", "buyer", {"condition": "c1"}),
    "meet_condition": _event("meet_condition", "ndrc", {"condition": "c1"}),
    "propose_licence": _event(
        "propose_licence",
        "mofcom",
        {
            "units": 50000,
            "valid_from": "2026-03-01",
            "valid_until": "2027-02-28",
            "max_uses": None,
        },
    ),
    "issue_licence": _event("issue_licence", "mofcom", {"licence": "MOFCOM-2026-0001"}),
    "clear_export": _event("clear_export", "bis", {"reference": "BIS-2026-0001"}),
    "withhold_export": _event("withhold_export", "bis", {"reference": "BIS-2026-0002"}),
    "record_shipment": _event("record_shipment", "customs", {"shipment": "s1", "units": 1000}),
    "reverse_shipment": _event("reverse_shipment", "customs", {"shipment": "s1"}),
    "give_up_balance": _event("give_up_balance", "buyer"),
    "suspend": _event("suspend", "mofcom", reason="The reports are overdue."),
    "reinstate": _event("reinstate", "mofcom"),
    "revoke": _event("revoke", "mofcom", reason="The end use was not kept to."),
    "reissue_licence": _event(
        "reissue_licence",
        "mofcom",
        {"valid_from": "2027-03-01", "valid_until": "2028-02-29", "max_uses": None},
    ),
    "link_export": _event("link_export", "bis", {"application": "us-2026-0001"}),
    "recuse": _event("recuse", "miit", {"deputy": "Wang Fang"}),
    "extend_deadline": _event(
        "extend_deadline", "miit", {"working_days": 10}, reason="An expert is being heard."
    ),
    "request_information": _event(
        "request_information", "ndrc", {"query": "q1", "question": "Who will use the chips?"}
    ),
    "provide_information": _event(
        "provide_information", "buyer", {"query": "q1", "answer": "Our own data centres."}
    ),
    "hold": _event("hold", "ndrc", {"hold": "h1", "blocks": ["issue_licence"]}),
    "release": _event("release", "ndrc", {"hold": "h1"}),
    "amend": _event("amend", "buyer", {"units": 60000}),
    "answer_amendment": _event("answer_amendment", "mofcom", {"accept": True}),
    "request_withdrawal": _event("request_withdrawal", "buyer"),
    "answer_withdrawal": _event("answer_withdrawal", "mofcom", {"accept": True}),
    "appeal": _event("appeal", "buyer", reason="The end use was shown."),
    "answer_appeal": _event("answer_appeal", "mofcom", {"accept": True}),
    "claim_allocation": _event(
        "claim_allocation", "buyer", {"units": None, "pool": "joint-2026-01"}
    ),
    "fix_allocation": _event(
        "fix_allocation", "mofcom", {"units": 100000, "pool": "joint-2026-01"}
    ),
    "note": {
        "type": "note",
        "evidence": [REPORT],
        "data": {"text": "The ministry did not comment.", "topic": "comment"},
    },
    "confirm": _event("confirm", "miit", {"seq": 3}),
    "correct": {
        "type": "correct",
        "authority": "customs",
        "reason": "A digit too many was entered.",
        "data": {
            "seq": 12,
            "with": _event("record_shipment", "customs", {"shipment": "s1", "units": 100}),
        },
    },
    "migrate": {"type": "migrate", "data": {"version": 2}},
}

CLOUD_EVENTS: dict[str, dict[str, Any]] = {
    "approve": {
        "specversion": "1.0",
        "id": "8d0c1f5e",
        "source": "https://miit.example/decisions",
        "type": "clearance.event.approve",
        "time": "2026-02-10T09:00:00+08:00",
        "datacontenttype": "application/json",
        "data": {"authority": "miit", "evidence": [NOTICE]},
    }
}

CREATIONS: dict[str, dict[str, Any]] = {
    "application": {
        "procedure": "h200-import",
        "buyer": "example-cloud",
        "goods": {"item": "NVIDIA H200", "units": None},
        "pool": None,
        "reference": "EC-2026-001",
        "effective_at": "2026-01-30T00:00:00+08:00",
        "evidence": [STATEMENT],
    }
}

BUYERS: dict[str, dict[str, Any]] = {"buyer": {"name": {"en": "DeepSeek", "zh": "深度求索"}}}

CLAIM: dict[str, Any] = {
    "units": 400000,
    "bound": "at_least",
    "buyers": ["alibaba", "bytedance", "tencent"],
    "evidence": [REPORT],
}

POOLS: dict[str, dict[str, Any]] = {
    "pool": {
        "id": "joint-2026-01",
        "title": {"en": "Joint purchase, January 2026", "zh": "2026年1月联合采购"},
        "claims": [CLAIM],
    }
}

CLAIMS: dict[str, dict[str, Any]] = {"claim": CLAIM | {"units": 380000, "supersedes": "k1"}}

BATCHES: dict[str, Any] = {
    "batch": [
        {
            "application": "q3m5xk2yw7ah4tzc6d5e",
            "idempotency_key": "2026-02-10-0001",
            "event": EVENTS["approve"],
        }
    ]
}

KEYS: dict[str, dict[str, Any]] = {
    "officer": {
        "name": "li",
        "organisation": "miit",
        "roles": ["officer"],
        "authorities": ["miit"],
    },
    "read-only": {
        "name": "dashboard",
        "organisation": "deepseek",
        "roles": ["buyer"],
        "scopes": ["read"],
        "expires_at": "2036-01-01T00:00:00+08:00",
    },
}

ROTATIONS: dict[str, dict[str, Any]] = {"an hour": {"overlap_seconds": 3600}}

WEBHOOKS: dict[str, dict[str, Any]] = {
    "all": {"url": "https://receiver.example/clearance"},
    "licences": {
        "url": "https://receiver.example/licences",
        "description": "tells the warehouse",
        "types": ["issue_licence", "revoke"],
        "buyers": ["example-cloud"],
    },
    "closed": {"url": "https://receiver.example/closed", "states": ["refused", "withdrawn"]},
}

WEBHOOK_CHANGES: dict[str, dict[str, Any]] = {
    "go on": {"enabled": True},
    "elsewhere": {"url": "https://receiver.example/new", "types": []},
}
