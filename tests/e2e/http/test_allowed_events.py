"""`allowed-events`: what each principal may post next, and what stands in the way."""

from typing import Any

import httpx
import pytest

from api.examples import EVENTS
from tests.e2e.http.journey import LIFE, Application, event, opened, problem
from tests.e2e.http.people import ACTORS, actor

ALL = {*EVENTS, "expire"}


def outlook(application: Application, who: str) -> tuple[set[tuple[str, str | None]], Any]:
    answer = application.client.get(f"{application.path}/allowed-events", headers=actor(who))
    assert answer.status_code == 200
    allowed = {(one["type"], one["authority"]) for one in answer.json()["allowed"]}
    refused = {
        one["type"]: [refusal["code"] for refusal in one["refusals"]]
        for one in answer.json()["refused"]
    }
    assert all(refused.values())
    assert {kind for kind, _ in allowed} | set(refused) == ALL
    assert not {kind for kind, _ in allowed} & set(refused)
    return allowed, refused


INTERRUPTING = ("request_information", "hold")

SUBMITTED: dict[str, set[tuple[str, str | None]]] = {
    "buyer": {
        ("withdraw", "buyer"),
        ("claim_allocation", "buyer"),
        ("link_export", "buyer"),
        ("note", "buyer"),
    },
    "miit": {
        ("grant_in_principle", "miit"),
        ("refuse", "miit"),
        ("return", "miit"),
        ("recuse", "miit"),
        ("extend_deadline", "miit"),
        *((kind, "miit") for kind in INTERRUPTING),
        ("note", "miit"),
    },
    "both": {
        (kind, authority)
        for kind in (
            *("grant_in_principle", "refuse", "return", "recuse", "extend_deadline"),
            *INTERRUPTING,
        )
        for authority in ("miit", "mofcom")
    }
    | {("note", None), ("fix_allocation", "mofcom")},
    "bis": {
        ("clear_export", "bis"),
        ("withhold_export", "bis"),
        ("link_export", "bis"),
        *((kind, "bis") for kind in INTERRUPTING),
        ("note", "bis"),
    },
    "customs": {(kind, "customs") for kind in (*INTERRUPTING, "note")},
    "recorder": {
        ("grant_in_principle", None),
        *(
            (kind, authority)
            for kind in ("refuse", "return", "extend_deadline")
            for authority in ("miit", "mofcom", "ndrc")
        ),
        *(
            (kind, authority)
            for kind in INTERRUPTING
            for authority in ("miit", "mofcom", "ndrc", "customs", "bis")
        ),
        ("recuse", "miit"),
        ("recuse", "mofcom"),
        ("fix_allocation", "mofcom"),
        ("link_export", "buyer"),
        ("link_export", "bis"),
        ("withdraw", "buyer"),
        ("clear_export", "bis"),
        ("withhold_export", "bis"),
        ("claim_allocation", "buyer"),
        ("note", None),
    },
    "auditor": set(),
    "operator": set(),
}


@pytest.mark.parametrize("who", SUBMITTED)
def test_what_each_may_post_on_a_new_application(application: Application, who: str) -> None:
    allowed, _ = outlook(application, who)
    assert allowed == SUBMITTED[who]


@pytest.mark.parametrize(
    ("who", "kind", "code"),
    [
        ("auditor", "note", "role-may-not"),
        ("bis", "approve", "wrong-authority"),
        ("miit", "approve", "transition-not-allowed"),
        ("recorder", "confirm", "recorder-never-confirms"),
    ],
)
def test_what_stands_in_the_way_is_told(
    application: Application, who: str, kind: str, code: str
) -> None:
    _, refused = outlook(application, who)
    assert refused[kind] == [code]


def test_reasons_come_in_both_languages(application: Application) -> None:
    answer = application.client.get(f"{application.path}/allowed-events", headers=actor("bis"))
    for one in answer.json()["refused"]:
        for refusal in one["refusals"]:
            assert refusal["detail"]["en"]
            assert refusal["detail"]["zh"]


def test_guards_that_can_be_foreseen_are_told(application: Application) -> None:
    application.live("propose_licence")
    assert outlook(application, "mofcom")[1]["issue_licence"] == ["four-eyes"]
    assert ("issue_licence", "mofcom") in outlook(application, "mofcom-2")[0]
    assert outlook(application, "buyer")[1]["declare_order"] == ["licence-already-proposed"]


def test_what_is_allowed_is_accepted(client: httpx.Client) -> None:
    """Every step of a life is announced before it is taken."""
    application = opened(client)
    for who, kind, changes in LIFE:
        named = f"ec;{application.buyer};buyer" if who == "buyer" else who
        allowed, _ = outlook(application, named)
        assert kind in {one for one, _ in allowed}, (who, kind)
        application.accept(who, event(kind, **changes))


@pytest.mark.parametrize("who", SUBMITTED)
def test_what_is_refused_for_the_actor_is_refused_when_posted(
    application: Application, who: str
) -> None:
    _, refused = outlook(application, who)
    for kind, codes in refused.items():
        posted = event(kind) if kind in EVENTS else {"type": kind}
        answer = application.post(ACTORS[who], posted, dry_run=True)
        assert answer.status_code in (403, 409)
        assert answer.json()["code"] in {*codes, "wrong-authority"}


def test_no_query_is_known(application: Application) -> None:
    answer = application.client.get(f"{application.path}/allowed-events?lang=zh")
    problem(answer, 422, "invalid-request")
