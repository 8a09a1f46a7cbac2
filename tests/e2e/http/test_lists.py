"""The list of applications: narrowed, searched, the newest first, page by page."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.http.journey import Application, event, opened, problem, register

MODEST, PROUD = "lists-modest", "lists-proud"


@pytest.fixture(scope="module")
def filed(client: httpx.Client) -> dict[str, Application]:
    """Applications of two buyers in several states, in the order of their opening."""
    register(client, MODEST, en="Modest Compute", zh="谦和算力")
    register(client, PROUD, en="Proud Élan Systems", zh="骄阳系统")
    found = {
        "submitted": opened(client, MODEST, reference="LISTS-A1"),
        "granted": opened(client, MODEST, reference="LISTS-A2"),
        "voted": opened(client, PROUD, reference="lists-b1"),
        "reported": opened(client, PROUD, reference="编号-九"),
    }
    found["granted"].accept("ndrc", "grant_in_principle")
    found["voted"].accept("miit", event("grant_in_principle", authority="miit"))
    found["voted"].accept("miit", "approve")
    found["reported"].accept("recorder", "grant_in_principle")
    register(client, MODEST, en="Modest Compute", zh="谦和算力")
    register(client, PROUD, en="Proud Élan Systems", zh="骄阳系统")
    return found


def listed(client: httpx.Client, **query: Any) -> list[str]:
    answer = client.get("/v1/applications", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def pages(client: httpx.Client, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """Every page, following the Link header."""
    answer = client.get("/v1/applications", params=query)
    while True:
        body = answer.json()
        yield body["items"]
        assert (body["next"] is None) == ("next" not in answer.links)
        if body["next"] is None:
            return
        answer = client.get(answer.links["next"]["url"])


Filed = dict[str, Application]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"buyer": MODEST}, {"submitted", "granted"}),
        ({"buyer": MODEST, "state": "in_principle"}, {"granted"}),
        ({"buyer": PROUD, "state": "in_principle"}, {"voted", "reported"}),
        ({"buyer": PROUD, "authority": "miit"}, {"voted"}),
        ({"buyer": MODEST, "authority": "buyer"}, {"submitted", "granted"}),
        ({"buyer": PROUD, "waiting_on": "miit"}, {"reported"}),
        ({"buyer": PROUD, "waiting_on": "mofcom"}, {"voted", "reported"}),
        ({"buyer": MODEST, "waiting_on": "ndrc"}, {"submitted"}),
        ({"buyer": PROUD, "standing": "reported"}, {"reported"}),
        ({"buyer": PROUD, "standing": "confirmed"}, {"voted"}),
        ({"buyer": PROUD, "procedure": "h200-import"}, {"voted", "reported"}),
        ({"buyer": PROUD, "procedure": "another"}, set()),
        ({"buyer": PROUD, "overdue": "true"}, set()),
        ({"buyer": PROUD, "overdue": "false"}, {"voted", "reported"}),
        ({"buyer": "nobody"}, set()),
        ({"buyer": PROUD, "state": "no_such_state"}, set()),
        ({"q": "Modest"}, {"submitted", "granted"}),
        ({"q": "mODEST c"}, {"submitted", "granted"}),
        ({"q": "谦和"}, {"submitted", "granted"}),
        ({"q": "骄阳系统"}, {"voted", "reported"}),
        ({"q": "proud élan"}, {"voted", "reported"}),
        ({"q": MODEST}, {"submitted", "granted"}),
        ({"q": "LISTS-a"}, {"submitted", "granted"}),
        ({"q": "lists-b1"}, {"voted"}),
        ({"q": "编号"}, {"reported"}),
        ({"q": "odest"}, set()),
        ({"q": "谦和", "state": "submitted"}, {"submitted"}),
        ({"q": "lists-b1", "buyer": MODEST}, set()),
    ],
)
def test_a_list_is_narrowed_and_searched(
    client: httpx.Client, filed: Filed, query: dict[str, str], names: set[str]
) -> None:
    expected = [one.id for name, one in filed.items() if name in names]
    assert listed(client, **query) == expected[::-1]


def test_an_id_is_found_by_its_beginning(client: httpx.Client, filed: Filed) -> None:
    wanted = filed["voted"].id
    assert listed(client, q=wanted) == [wanted]
    assert wanted in listed(client, q=wanted[:12].upper())


def test_an_item_is_the_application_as_it_is(client: httpx.Client, filed: Filed) -> None:
    (item,) = client.get("/v1/applications", params={"q": "lists-b1"}).json()["items"]
    assert item == filed["voted"].now() | {"working_days_left": 45}


def test_a_list_follows_what_happens(client: httpx.Client) -> None:
    application = opened(client, "lists-moving")
    for state, kind in (("submitted", "grant_in_principle"), ("in_principle", None)):
        assert listed(client, buyer="lists-moving", state=state) == [application.id]
        if kind:
            application.accept("ndrc", kind)
            assert listed(client, buyer="lists-moving", state=state) == []


def test_the_newest_comes_first_on_every_page(client: httpx.Client) -> None:
    ids = [opened(client, "lists-many").id for _ in range(7)]
    for limit in (1, 2, 3, 7, 200):
        found = list(pages(client, buyer="lists-many", limit=limit))
        assert [item["id"] for page in found for item in page] == ids[::-1]
        assert all(len(page) <= limit for page in found)


def test_pages_of_a_search_hold_together(client: httpx.Client, filed: Filed) -> None:
    found = [item["id"] for page in pages(client, q="LISTS-", limit=1) for item in page]
    assert set(found) >= {filed[name].id for name in ("submitted", "granted", "voted")}
    assert len(found) == len(set(found))


def test_what_is_opened_between_two_pages_disturbs_neither(client: httpx.Client) -> None:
    ids = [opened(client, "lists-busy").id for _ in range(4)]
    first = client.get("/v1/applications", params={"buyer": "lists-busy", "limit": 2}).json()
    opened(client, "lists-busy")
    query = {"buyer": "lists-busy", "limit": 2, "cursor": first["next"]}
    second = client.get("/v1/applications", params=query).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]


def test_a_link_keeps_the_filters_and_names_no_host(client: httpx.Client) -> None:
    for _ in range(2):
        opened(client, "lists-link")
    answer = client.get("/v1/applications", params={"buyer": "lists-link", "limit": 1})
    link = answer.links["next"]["url"]
    assert link.startswith("/v1/applications?")
    assert "buyer=lists-link" in link
    assert "limit=1" in link


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"standing": "certain"},
        {"overdue": "perhaps"},
        {"q": "x" * 65},
        {"cursor": "x" * 201},
        {"cursor": "nonsense"},
        {"cursor": ""},
        {"cursor": "cC4xLg"},
        {"cursor": "cy4z"},
        {"cursor": "÷"},
        {"colour": "red"},
        {"State": "submitted"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/applications", "/v1/buyers", "/v1/pools"])
def test_a_query_that_cannot_be_meant_is_refused(
    client: httpx.Client, path: str, query: dict[str, Any]
) -> None:
    told = problem(client.get(path, params=query), 422, "invalid-request")
    assert told["errors"]


def test_what_is_overdue_tells_since_how_many_working_days(client: httpx.Client) -> None:
    late = opened(client, "lists-late", "recorder", effective_at="2026-01-30T00:00:00+08:00")
    fresh = opened(client, "lists-late")
    assert late.now()["deadline"] == {
        "due": "2026-03-05T15:59:59.999Z",
        "paused_since": None,
        "provisional": False,
    }
    assert listed(client, buyer="lists-late", overdue="true") == [late.id]
    assert listed(client, buyer="lists-late", overdue="false") == [fresh.id]
    assert listed(client, q="lists-late", overdue="true") == [late.id]
    items = client.get("/v1/applications", params={"buyer": "lists-late"}).json()["items"]
    left = {item["id"]: item["working_days_left"] for item in items}
    assert left[fresh.id] == 20
    assert left[late.id] < 0
