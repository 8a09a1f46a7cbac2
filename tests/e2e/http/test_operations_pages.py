"""The pages of whoever runs the service: keys made, changed and ended, messages sent again, what
time brings, and the journal, all without scripts.
"""

import html
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.commands import PATIENCE
from tests.e2e.http.journey import Application
from tests.e2e.http.people import ACTORS
from tests.e2e.http.receiving import Receiver
from tests.keyring import Keyring, principal

ROOT = "/operations"
SECRET = re.compile(r'<code id="secret">([^<]+)</code>')
AUDITOR = principal("reader;audit-desk;auditor")


@pytest.fixture(scope="module")
def pages(url: str, keyring: Keyring) -> Iterator[httpx.Client]:
    """Asks for pages as the operator's browser does, without scripts."""
    headers = {"Accept": "text/html", "Accept-Language": "en", **principal(ACTORS["operator"])}
    with httpx.Client(base_url=url, auth=keyring, headers=headers, timeout=PATIENCE) as made:
        yield made


def text(page: httpx.Response, status: int = 200) -> str:
    """What a page says, without what is only for the eye."""
    assert page.status_code == status, page.text
    (body,) = re.findall(r"<main[^>]*>(.*)</main>", page.text, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def key_of(page: httpx.Response) -> str:
    """The key of the form on a page."""
    return str(re.findall(r'name="key" value="([^"]+)"', page.text)[0])


def wanted(pages: httpx.Client, name: str, **changes: str | list[str]) -> dict[str, Any]:
    """The form of a new key, filled in."""
    values: dict[str, Any] = {"name": name, "organisation": "ops-desk", "roles": "auditor"}
    values |= {"scopes": "read"} | changes
    form = {f"wanted.{field}": value for field, value in values.items()}
    return form | {"key": key_of(pages.get(f"{ROOT}/keys/new"))}


def made(pages: httpx.Client, name: str) -> tuple[str, str]:
    """A new key: its id, and the key."""
    answer = pages.post(f"{ROOT}/keys/new", data=wanted(pages, name))
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].rpartition("/")[2], SECRET.findall(answer.text)[0]


def comes_in(pages: httpx.Client, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    return httpx.get(pages.base_url.join("/v1/keys"), headers=headers).status_code == 200


def noted(pages: httpx.Client, what: str, subject: str) -> list[str]:
    """Whom the journal names for what was done to a subject, each time."""
    query = {"what": what, "limit": "1000"}
    answer = pages.get("/v1/journal", params=query, headers={"Accept": "application/json"})
    found = (one for one in answer.json()["items"] if one["subject"] == subject)
    return [one["principal"] for one in found for _ in range(one["count"])]


@pytest.mark.parametrize(
    "rest", ["", "/webhooks", "/timers", "/keys", "/keys/new", "/keys/operator"]
)
def test_whoever_does_not_run_the_service_is_kept_out(pages: httpx.Client, rest: str) -> None:
    for who in (AUDITOR, *(principal(ACTORS[name]) for name in ("recorder", "miit", "buyer"))):
        answer = pages.get(f"{ROOT}{rest}", headers=who)
        assert answer.status_code == 403
        assert "this is not for your role" in answer.text
        assert f'href="{ROOT}"' not in answer.text
    assert f'href="{ROOT}"' in pages.get("/").text


def test_nobody_else_makes_a_key(pages: httpx.Client) -> None:
    form = wanted(pages, "intruder")
    answer = pages.post(f"{ROOT}/keys/new", data=form, headers=AUDITOR)
    assert answer.status_code == 403
    assert not SECRET.search(answer.text)
    for deed in ("rotate", "revoke"):
        answer = pages.post(f"{ROOT}/keys/operator/{deed}", data={"key": "k"}, headers=AUDITOR)
        assert answer.status_code == 403


def test_it_is_said_how_things_stand(pages: httpx.Client) -> None:
    told = text(pages.get(ROOT))
    assert "Nothing was found: the database keeps what it acknowledges" in told
    assert re.search(r"As at .* Load it again", told)
    assert re.search(r"Records in the database [\d,]+ Records in it [\d,]+ Not in it yet \d", told)
    assert re.search(r"Applications that are due and wait \d", told)
    assert "clearance backup clearance-" in told
    chinese = text(pages.get(ROOT, headers={"Accept-Language": "zh"}))
    assert "未发现问题：数据库能保住所确认的内容" in chinese


def test_a_key_is_shown_once(pages: httpx.Client) -> None:
    form = wanted(pages, "once")
    first = pages.post(f"{ROOT}/keys/new", data=form)
    assert first.status_code == 201
    assert first.headers["Cache-Control"] == "no-store"
    (key,) = SECRET.findall(first.text)
    assert comes_in(pages, key)
    again = pages.post(f"{ROOT}/keys/new", data=form)
    assert "The key was shown then, and no other one was made." in text(again, 201)
    assert key not in again.text
    identifier = first.headers["Location"].rpartition("/")[2]
    assert key not in pages.get(f"{ROOT}/keys/{identifier}").text
    listed = text(pages.get(f"{ROOT}/keys", params={"organisation": "ops-desk"}))
    assert listed.count("once ops-desk auditor none read good") == 1
    assert noted(pages, "key-made", f"credential/{identifier}") == ["op"]


def test_a_new_key_reads_alone_unless_more_is_asked(pages: httpx.Client) -> None:
    page = pages.get(f"{ROOT}/keys/new")
    assert re.findall(r'name="wanted\.scopes" value="(\w+)" checked', page.text) == ["read"]
    assert "Beijing time; without it, the key does not end by itself." in text(page)


def test_what_does_not_fit_is_told_where_it_was_typed(pages: httpx.Client) -> None:
    form = wanted(pages, "two words", roles=[], scopes=[])
    answer = pages.post(f"{ROOT}/keys/new", data=form)
    assert "no key was made" in text(answer, 422)
    assert 'value="two words"' in answer.text
    assert answer.text.count("This does not fit:") == 3
    assert "String should match" not in answer.text
    assert "without blanks or colons" in answer.text
    assert f'value="{form["key"]}"' in answer.text
    unfit = pages.post(f"{ROOT}/keys/new", data=wanted(pages, "x", roles=["auditor", "officer"]))
    assert "roles-unfit" in text(unfit, 422)
    assert 'value="officer" checked' in unfit.text


def test_a_key_gets_a_new_secret(pages: httpx.Client) -> None:
    identifier, old = made(pages, "renewed")
    address = f"{ROOT}/keys/{identifier}/rotate"
    asked = pages.get(address)
    assert "not at all: it is known to others for 1 hour for 1 day for 7 days" in text(asked)
    form = {"key": key_of(asked), "overlap": "0"}
    (fresh,) = SECRET.findall(pages.post(address, data=form).text)
    assert fresh != old
    assert comes_in(pages, fresh)
    again = pages.post(address, data=form)
    assert (again.status_code, SECRET.findall(again.text)) == (200, [])
    told = text(pages.get(f"{ROOT}/keys/{identifier}"))
    assert "2 given a new secret" in told
    assert pages.post(address, data=form | {"overlap": "1"}).status_code == 422
    assert noted(pages, "key-rotated", f"credential/{identifier}") == ["op"]


def test_a_key_is_ended_for_good(pages: httpx.Client) -> None:
    identifier, key = made(pages, "ended")
    address = f"{ROOT}/keys/{identifier}"
    form = {"key": key_of(pages.get(f"{address}/revoke"))}
    for _ in range(2):
        answer = pages.post(f"{address}/revoke", data=form)
        assert (answer.status_code, answer.headers["Location"]) == (303, address)
    page = pages.get(address)
    assert "ended revoked" in text(page)
    assert f'href="{address}/revoke"' not in page.text
    assert not comes_in(pages, key)
    assert noted(pages, "key-revoked", f"credential/{identifier}")[-1] == "op"


def test_nobody_ends_the_key_that_they_came_in_with(pages: httpx.Client) -> None:
    found = pages.get("/v1/keys", params={"organisation": "ops"}, headers={"Accept": "*/*"})
    (own,) = (one["id"] for one in found.json()["items"] if one["name"] == "op")
    assert f"{own}/revoke" not in pages.get(f"{ROOT}/keys/{own}").text
    answer = pages.post(f"{ROOT}/keys/{own}/revoke", data={"key": "k-own"})
    assert "own-credential" in text(answer, 409)
    assert pages.get(f"{ROOT}/keys/none").status_code == 404


def test_time_brings_something(pages: httpx.Client, application: Application) -> None:
    due = application.now()["deadline"]["due"]
    page = pages.get(f"{ROOT}/timers", params={"within": "year"})
    while application.id not in page.text:
        (later,) = re.findall(r'<a href="([^"]+)" rel="next">Later', page.text)
        page = pages.get(html.unescape(later))
    assert f"{application.id} Submitted It is overdue, and nothing else happens." in text(page)
    assert f"{due[:10]} 16:00:00 UTC" in page.text
    assert application.id not in pages.get(f"{ROOT}/timers", params={"within": "hour"}).text
    assert pages.get(f"{ROOT}/timers", params={"within": "ever"}).status_code == 422


def settled(pages: httpx.Client, path: str, number: int) -> str:
    """A webhook's page when so many of its messages were taken."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        told = text(pages.get(path, params={"status": "delivered"}))
        if told.count("Send again") == number:
            return told
        time.sleep(0.02)
    raise AssertionError(told)


def test_a_message_is_sent_again(pages: httpx.Client, application: Application) -> None:
    json = {"Accept": "application/json"}
    with Receiver().receiving() as receiver:
        body = {"url": receiver.url, "description": "an office"}
        webhook = pages.post("/v1/webhooks", json=body, headers=json).json()["id"]
        path = f"{ROOT}/webhooks/{webhook}"
        assert receiver.url in text(pages.get(f"{ROOT}/webhooks"))
        form = {"key": key_of(pages.get(path))}
        answer = pages.post(path, data=form | {"deed": "ping"})
        assert answer.status_code == 303
        there = answer.headers["Location"]
        assert re.search(r"The message msg_ping_\d+: (pending|delivered)\.", text(pages.get(there)))
        assert (
            'notice done" role="status"'
            not in pages.get(f"{path}?did=ping&message=msg_ping_1").text
        )
        assert receiver.next().headers["webhook-id"].startswith("msg_ping_")
        application.accept("ndrc", "grant_in_principle")
        name = receiver.next().headers["webhook-id"]
        assert name.startswith(f"msg_{application.id}_2")
        told = settled(pages, path, 2)
        assert f"Grant clearance in principle {name} delivered 1 204" in told
        pages.post(path, data=form | {"deed": "resend", "delivery": name})
        assert receiver.next().headers["webhook-id"] == name
        for deed, standing in (("disable", "disabled"), ("enable", "active")):
            form = {"key": key_of(pages.get(path)), "deed": deed}
            assert pages.post(path, data=form).status_code == 303
            assert f"Status {standing} Holder" in text(pages.get(path))
            for said in ("disable", "enable"):
                told = pages.get(path, params={"did": said}).text
                assert ('notice done" role="status"' in told) == (said == deed)
            refused = pages.post(path, data={"key": "k", "deed": "ping"})
            assert refused.status_code == (409 if deed == "disable" else 303)
        assert noted(pages, "webhook-changed", f"webhook/{webhook}") == ["op", "op"]
        pages.delete(f"/v1/webhooks/{webhook}", headers=json)
    assert pages.get(path).status_code == 404


def test_the_journal_is_searched_and_taken_along(pages: httpx.Client) -> None:
    pages.get("/v1/applications/none", headers={"Accept": "*/*", **AUDITOR})
    found = pages.get(
        f"{ROOT}/journal", params={"what": "refused", "actor": "reader"}, headers=AUDITOR
    )
    told = text(found)
    assert "refused unknown-application reader audit-desk (auditor) 127.0.0.1" in told
    assert "GET /v1/applications/{id}" in told
    for form in ("csv", "jsonl"):
        link = f'{ROOT}/journal/entries.{form}?what=refused&amp;actor=reader"'
        assert link in found.text
        file = pages.get(html.unescape(link.strip('"')), headers=AUDITOR)
        assert file.headers["Content-Disposition"] == f'attachment; filename="journal.{form}"'
        assert "unknown-application" in file.text
    assert "No entry fits." in text(pages.get(f"{ROOT}/journal", params={"until": "2020-01-01"}))
    assert pages.get(f"{ROOT}/journal/entries.xlsx").status_code == 404
    assert pages.get(f"{ROOT}/journal", params={"since": "once"}).status_code == 422
    assert pages.get(f"{ROOT}/journal", headers=principal(ACTORS["miit"])).status_code == 403
    query = {"what": "journal-read", "actor": "reader"}
    read = pages.get("/v1/journal", params=query, headers={"Accept": "application/json"}).json()
    assert sum(one["count"] for one in read["items"]) == 3
