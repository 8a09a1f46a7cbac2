"""Throwing bad requests at every way in."""

import httpx

from tests.e2e.http.journey import Application, new_key
from tests.e2e.http.people import actor

JSON = {"Content-Type": "application/json"}


def throw(
    client: httpx.Client, path: str, content: bytes, who: str = "recorder", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = JSON | actor(who) | {"Idempotency-Key": new_key()} | named
    method = "PUT" if path.startswith("/v1/buyers/") else "POST"
    return client.request(method, path, content=content, headers=sent)


def every_way_in(target: Application) -> list[str]:
    return [
        "/v1/applications",
        f"{target.path}/events",
        f"{target.path}/events?dry_run=true",
        "/v1/events:batch",
        "/v1/pools",
        "/v1/pools/p/claims",
        "/v1/buyers/thrown-at",
    ]
