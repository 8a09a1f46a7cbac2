"""Signing in at the identity provider: only the browser that began comes in, and only once."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from api.code_flow import CodeFlow, CodeFlowSettings
from api.tokens import Tokens
from tests.e2e.access.console import Console
from tests.e2e.access.provider import CLIENT, Provider, key_of
from tests.e2e.access.test_sign_in import problem, refused
from workflow.domain.principal import Role


def parts(address: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}


def changed(address: str, **values: str | None) -> str:
    query = {**parts(address), **values}
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{address.partition('?')[0]}?{urlencode(kept)}"


def no_session(console: Console, answer: httpx.Response, code: int = 401) -> None:
    assert answer.status_code == code
    assert 'role="alert"' in answer.text
    assert console.cookie() is None
    assert console.cookie("clearance-sign-in") is None  # the attempt is over


async def test_the_browser_is_sent_there_and_comes_back_signed_in(
    console: Console, provider: Provider
) -> None:
    there = await console.get("/sign-in/oidc?next=/docs?x=1")
    asked = parts(there.headers["Location"])
    assert there.headers["Location"].startswith(f"{provider.url}/authorize?")
    assert asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == f"{console.url}/sign-in/callback"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) == 43 for name in ("state", "nonce", "code_challenge"))
    assert there.headers["Set-Cookie"].endswith("Max-Age=600; Path=/; HttpOnly; SameSite=Lax")
    assert not any(value in there.headers["Set-Cookie"] for value in asked.values())

    answer = await console.get(await console.to_provider("/sign-in/oidc?next=/docs?x=1"))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/docs?x=1"
    assert await console.whose(console.cookie()) == "t0"
    assert console.cookie("clearance-sign-in") is None
    (claims,) = console.people.admitted
    assert (claims.issuer, claims.name, claims.organisation) == (provider.url, "li", "miit")
    assert claims.roles == {Role.OFFICER}
    (told,) = provider.told
    assert "client_secret" not in told
    assert len(told["code_verifier"]) == 43


async def test_two_attempts_have_nothing_in_common(console: Console) -> None:
    first, second = [
        parts((await console.get("/sign-in/oidc")).headers["Location"]) for _ in range(2)
    ]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


async def test_a_client_without_a_secret_says_its_name(
    console: Console, tokens: Tokens, provider: Provider
) -> None:
    there = CodeFlowSettings(CLIENT, f"{provider.url}/authorize?tenant=1", f"{provider.url}/token")
    console.sign_in.flow = CodeFlow(there, tokens, console.url)
    back = await console.to_provider()
    no_session(console, await console.get(back))  # the provider wants the secret
    (told,) = provider.told
    assert told["client_id"] == CLIENT


async def test_somebody_elses_answer_is_refused(console: Console, provider: Provider) -> None:
    """Who is led to the callback did not begin the sign-in (RFC 9700 section 4.7)."""
    back = await console.to_provider()
    console.browser.cookies.clear()
    no_session(console, await console.get(back))
    assert "/token" not in provider.asked
    await console.get("/sign-in/oidc")
    no_session(console, await console.get(back))
    assert "/token" not in provider.asked
    assert console.sign_in.flow is not None
    state = parts(console.sign_in.flow.address(""))["state"]  # of a browser without a cookie
    no_session(console, await console.get(changed(back, state=state)))
    assert "/token" not in provider.asked


@pytest.mark.parametrize(
    "values",
    [
        {"state": None},
        {"state": ""},
        {"state": "x"},
        {"state": "é"},
        {"code": None},
        {"code": ""},
        {"iss": "https://evil.example"},
        {"error": "access_denied"},
    ],
    ids=str,
)
async def test_an_answer_that_is_none(
    console: Console, provider: Provider, values: dict[str, str | None]
) -> None:
    back = changed(await console.to_provider(), **values)
    no_session(console, await console.get(back))
    assert "/token" not in provider.asked


async def test_a_parameter_twice_is_refused(console: Console, provider: Provider) -> None:
    back = await console.to_provider()
    no_session(console, await console.get(f"{back}&code=x"))
    assert "/token" not in provider.asked


async def test_an_answer_works_once(console: Console) -> None:
    back = await console.to_provider()
    attempt = console.cookie("clearance-sign-in")
    assert attempt is not None
    assert (await console.get(back)).status_code == 303
    console.browser.cookies.clear()
    no_session(console, await console.get(back))
    console.browser.cookies.set("clearance-sign-in", attempt)
    refused(await console.get(back))


async def test_a_code_of_another_attempt_is_refused(console: Console) -> None:
    """Its challenge does not fit our verifier (PKCE)."""
    stolen = parts(await console.to_provider())["code"]
    back = await console.to_provider()
    no_session(console, await console.get(changed(back, code=stolen)))


async def test_asking_with_head_changes_nothing(console: Console, provider: Provider) -> None:
    back = await console.to_provider()
    assert (await console.browser.head(back)).status_code == 405
    assert (await console.get(back)).status_code == 303
    assert provider.asked.count("/token") == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "x"},
        {"nonce": None},
        {"nonce": "é"},
        {"nonce": "\ud800"},
        {"aud": "clearance"},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"azp": "other"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"iat": None},
        {"sub": None},
        {"organisation": None},
    ],
    ids=ascii,
)
async def test_an_id_token_that_is_not_ours(
    console: Console, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.in_id_token = claims
    no_session(console, await console.get(await console.to_provider()))
    assert console.people.admitted == []


@pytest.mark.parametrize("claims", [{"aud": [CLIENT]}, {"aud": [CLIENT, "x"], "azp": CLIENT}])
async def test_an_id_token_for_several(
    console: Console, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.in_id_token = claims
    assert (await console.get(await console.to_provider())).status_code == 303


async def test_an_access_token_is_no_id_token_and_the_other_way_round(
    console: Console, provider: Provider, tokens: Tokens
) -> None:
    back = await console.to_provider()
    nonce = provider.codes[parts(back)["code"]]["nonce"]
    good: dict[str, Any] = {"aud": CLIENT, "nonce": nonce}
    found = await tokens.of_sign_in(provider.token({"typ": None}, **good), CLIENT, nonce)
    assert found.subject == "li"
    for token in (
        provider.token(**good),
        provider.token({"typ": None}, key_of("P-256", 1), **good),
    ):
        body = f'{{"id_token":"{token}"}}'.encode()
        provider.replies["/token"] = (200, {}, body)
        no_session(console, await console.get(back))
        back = await console.to_provider()


async def test_nobody_without_a_role_comes_in(console: Console, provider: Provider) -> None:
    provider.in_id_token = {"roles": ["admin"]}
    no_session(console, await console.get(await console.to_provider()), 403)


async def test_a_credential_that_is_revoked_does_not_come_back(console: Console) -> None:
    console.people.revoked.add("t0")
    no_session(console, await console.get(await console.to_provider()))


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ((400, {}, b'{"error":"invalid_grant"}'), 401),
        ((500, {}, b""), 503),
        ((302, {"Location": "/other"}, b""), 503),
        ((201, {}, b'{"id_token":"a.b.c"}'), 503),
        ((200, {}, b"{}"), 503),
        ((200, {}, b'{"id_token":7}'), 503),
        ((200, {}, b'{"id_token":"a.b.c"}'), 401),
        ((200, {}, b"<html>"), 503),
    ],
)
async def test_a_provider_out_of_order(
    console: Console, provider: Provider, reply: Any, status: int
) -> None:
    provider.replies["/token"] = reply
    answer = await console.get(await console.to_provider())
    no_session(console, answer, status)
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "/other" not in provider.asked


async def test_failures_are_counted(console: Console, provider: Provider) -> None:
    for _ in range(5):
        no_session(console, await console.get(changed(await console.to_provider(), code="x")))
    asked = len(provider.asked)
    answer = await console.get(changed(await console.to_provider(), code="x"))
    problem(answer, 429, "too-many-attempts")
    assert len(provider.asked) == asked + 1  # the provider is not asked for a token


async def test_without_a_provider_there_is_nowhere_to_go(console: Console) -> None:
    back = await console.to_provider()
    console.sign_in.flow = None
    problem(await console.get("/sign-in/oidc"), 404, "not-found")
    no_session(console, await console.get(back))
