"""Cursors of a search over all trails, as others send them."""

import base64
from typing import Any

import httpx

from tests.e2e.http.journey import opened, problem
from tests.e2e.http.people import actor

BUYER = "searching-cloud"
OWN = f"sc;{BUYER};buyer"


def page(client: httpx.Client, who: str, **query: Any) -> httpx.Response:
    return client.get("/v1/trail", params=query, headers=actor(who))


def test_a_cursor_is_of_one_question_of_one_principal(client: httpx.Client) -> None:
    opened(client, BUYER).live("declare_order")
    for who, other in (("auditor", "miit"), (OWN, "rival"), (OWN, "auditor")):
        first = page(client, who, limit=1).json()
        cursor = first["next"]
        assert page(client, who, limit=1, cursor=cursor).json()["items"] not in ([], first["items"])
        for asked, query in ((other, {}), (who, {"order": "asc"}), (who, {"type": "create"})):
            answer = page(client, asked, limit=1, cursor=cursor, **query)
            assert (
                problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/query/cursor"
            )


def test_nobody_makes_up_a_place_in_the_feeds(client: httpx.Client) -> None:
    opened(client, BUYER)
    text = f"f.{'.'.join('1' * 64)}"
    forged = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for who in (OWN, "miit", "auditor"):
        problem(page(client, who, cursor=forged), 422, "invalid-request")
