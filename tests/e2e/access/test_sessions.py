"""Sessions: how long they last, and what a cookie must look like."""

import asyncio

import orjson
import pytest
from redis.asyncio import Redis

from api.sessions import IDLE, LONGEST, NOTED, Cookie, Sessions
from api.sign_in import same_origin, site_of
from tests.e2e.access.conftest import Clock


async def only(redis: Redis) -> bytes:
    (key,) = await redis.keys()
    assert isinstance(key, bytes)
    return key


async def credential_of(sessions: Sessions, secret: str) -> str | None:
    found = await sessions.find(secret)
    return None if found is None else found.credential


async def test_a_session_has_256_random_bits(sessions: Sessions) -> None:
    made = {await sessions.begin("k0") for _ in range(20)}
    assert len(made) == 20
    assert all(len(one) == 43 for one in made)


async def test_a_session_lapses_when_nobody_uses_it(
    sessions: Sessions, redis: Redis, clock: Clock
) -> None:
    secret = await sessions.begin("k0")
    key = await only(redis)
    assert (IDLE - 1) * 1000 < await redis.pttl(key) <= IDLE * 1000
    await redis.pexpire(key, 5_000)
    clock.now += NOTED - 1
    assert await credential_of(sessions, secret) == "k0"
    assert await redis.pttl(key) <= 5_000  # not every use is a write
    clock.now += 1
    assert await credential_of(sessions, secret) == "k0"
    assert await redis.pttl(key) > (IDLE - 1) * 1000
    await redis.pexpire(key, 0)
    assert await credential_of(sessions, secret) is None


async def test_a_session_ends_however_much_it_is_used(
    sessions: Sessions, redis: Redis, clock: Clock
) -> None:
    secret = await sessions.begin("k0")
    clock.now += LONGEST - 10
    assert await credential_of(sessions, secret) == "k0"
    assert await redis.pttl(await only(redis)) <= 10_000
    clock.now += 10
    assert await credential_of(sessions, secret) is None


async def test_a_use_does_not_bring_an_ended_session_back(
    sessions: Sessions, redis: Redis, clock: Clock
) -> None:
    for _ in range(20):
        secret = await sessions.begin("k0")
        clock.now += NOTED
        await asyncio.gather(credential_of(sessions, secret), sessions.end(secret))
        assert await redis.keys() == []


async def test_the_database_holds_the_credential_and_times(
    sessions: Sessions, redis: Redis, clock: Clock
) -> None:
    await sessions.begin("k0")
    stored = orjson.loads(await redis.get(await only(redis)) or b"")
    now = int(clock.now)
    assert stored == {"credential": "k0", "mark": "", "expires": now + LONGEST, "seen": now}


@pytest.mark.parametrize("secret", ["", "x", "x" * 44, "é" * 43, "\n" + "x" * 42])
async def test_what_is_no_session(sessions: Sessions, secret: str) -> None:
    assert await credential_of(sessions, secret) is None
    assert await sessions.redeem(secret) is None
    await sessions.end(secret)


async def test_a_link_is_no_session_and_a_session_no_link(sessions: Sessions) -> None:
    link, session = await sessions.make_link("k0"), await sessions.begin("k0")
    assert await credential_of(sessions, link) is None
    assert await sessions.redeem(session) is None
    found = await asyncio.gather(*(sessions.redeem(link) for _ in range(5)))
    assert found == ["k0", None, None, None, None]


def test_over_https_a_cookie_is_for_this_host_alone() -> None:
    cookie = Cookie("clearance-session", "https://example.org", 60)
    assert cookie.holding("x") == (
        "__Host-clearance-session=x; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure"
    )
    assert cookie.gone() == (
        "__Host-clearance-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"
    )
    assert cookie.of([(b"cookie", b"clearance-session=x")]) is None


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([b"s=x"], "x"),
        ([b"a=b; s=x;c=d"], "x"),
        ([b"as=y; s=x"], "x"),
        ([b"a=b", b"s=x"], "x"),
        ([b"s=x; s=y"], None),
        ([b"s=x", b"s=x"], None),
        ([b"S=x"], None),
        ([b"s"], None),
        ([b""], None),
        ([], None),
    ],
)
def test_a_cookie_is_read_when_there_is_one(lines: list[bytes], value: str | None) -> None:
    cookie = Cookie("s", "http://127.0.0.1:8000", 60)
    assert cookie.of([(b"host", b"s=z"), *((b"cookie", line) for line in lines)]) == value


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ([(b"sec-fetch-site", b"same-origin")], True),
        ([(b"sec-fetch-site", b"none")], True),
        ([(b"sec-fetch-site", b"same-site")], False),
        ([(b"sec-fetch-site", b"cross-site")], False),
        ([(b"sec-fetch-site", b"same-origin"), (b"sec-fetch-site", b"none")], False),
        ([(b"sec-fetch-site", b"cross-site"), (b"origin", b"https://a.example")], False),
        ([(b"origin", b"https://a.example")], True),
        ([(b"origin", b"https://a.example"), (b"origin", b"https://a.example")], False),
        ([(b"origin", b"https://a.example:443")], False),
        ([(b"origin", b"http://a.example")], False),
        ([(b"origin", b"null")], False),
        ([(b"referer", b"https://a.example/")], False),
        ([], False),
    ],
)
def test_whose_page_a_request_comes_from(headers: list[tuple[bytes, bytes]], own: bool) -> None:
    assert same_origin(iter(headers), "https://a.example") is own


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://A.example/x/y", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:443/", "http://a.example:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ],
)
def test_an_origin_as_browsers_write_it(url: str, site: str) -> None:
    assert site_of(url) == site
