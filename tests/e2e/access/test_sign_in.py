"""Signing in with a key, with a link and out: what a browser is given, and who is refused."""

import re
from html import escape, unescape
from urllib.parse import quote

import httpx
import pytest
from redis.asyncio import Redis

from api.console.visit import HEADERS
from api.sessions import Sessions
from api.sign_in import LANDING
from tests.e2e.access.console import KEY, Console

FORM = "application/x-www-form-urlencoded"


def problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert "Set-Cookie" not in answer.headers


def refused(answer: httpx.Response) -> None:
    """The page again, with what went wrong, and no session."""
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "clearance-session" not in answer.headers.get("Set-Cookie", "")


async def test_the_page_needs_nothing_from_elsewhere(console: Console) -> None:
    answer = await console.get("/sign-in")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r'(?:src|href|action)="(?![/#])|<style| on\w+=', answer.text)
    assert "Set-Cookie" not in answer.headers
    assert 'role="alert"' not in answer.text
    assert 'href="/sign-in/oidc' in answer.text
    console.sign_in.flow = None
    assert "oidc" not in (await console.get("/sign-in")).text


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("", "en", "Sign in"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh", "登录"),
        ("en;q=0.5, zh;q=0.6", "zh", "登录"),
        ("en,zh;q=0.9", "en", "Sign in"),
        ("de, zh;q=0", "en", "Sign in"),
        ("zh;q=x, en;q=nan", "en", "Sign in"),
    ],
)
async def test_the_page_speaks_both_languages(
    console: Console, accepted: str, language: str, title: str
) -> None:
    answer = await console.get("/sign-in", Accept_Language=accepted)
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Authorization, Cookie, Accept-Language"


async def test_the_page_is_switched_to_another_language_and_stays_in_it(console: Console) -> None:
    for came in ("/sign-in?next=/docs", "/sign-in/callback?next=/docs"):
        shown = await console.get(came, Accept_Language="en")
        wanted = "/docs" if came.startswith("/sign-in?") else "/"
        (other,) = re.findall(r'<a class="language" href="([^"]+)" lang="zh-CN"', shown.text)
        assert unescape(other) == f"/sign-in?next={quote(wanted, safe='')}&lang=zh"
    answer = await console.get("/sign-in?next=/docs&lang=zh", Accept_Language="en")
    assert "<h1>登录</h1>" in answer.text
    assert 'name="next" value="/docs"' in answer.text
    assert console.cookie("clearance-language") == "zh"
    refusal = await console.post("/sign-in", {"key": "x", "next": "/docs"}, Accept_Language="en")
    refused(refusal)
    assert "<h1>登录</h1>" in refusal.text
    assert 'name="next" value="/docs"' in refusal.text


async def test_a_key_signs_in(console: Console, redis: Redis) -> None:
    answer = await console.post("/sign-in", {"key": f" {KEY} ", "next": "/docs?x=1"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/docs?x=1"
    assert re.fullmatch(
        r"clearance-session=[A-Za-z0-9_-]{43}; Max-Age=28800; Path=/; HttpOnly; SameSite=Lax",
        answer.headers["Set-Cookie"],
    )
    assert await console.whose(console.cookie()) == "k0"
    (key,) = await redis.keys()
    assert str(console.cookie()) not in f"{key!r} {await redis.get(key)!r}"


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "x", "x" * 3_000, "\x00", "密钥"])
async def test_a_wrong_key_does_not(console: Console, key: str) -> None:
    answer = await console.post("/sign-in", {"key": key})
    refused(answer)
    assert len(key) < 2 or key not in answer.text


async def test_the_page_tells_what_went_wrong_in_both_languages(console: Console) -> None:
    answer = await console.post("/sign-in", {"key": "x"}, Accept_Language="zh")
    assert 'role="alert">此密钥未被接受：可能输入有误、已撤销或已过期。</p>' in answer.text


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"key=" + b"x" * 4_096, FORM, 413, "body-too-large"),
        (b"{}", "application/json", 415, "unsupported-media-type"),
        (b"key=a", "multipart/form-data; boundary=x", 415, "unsupported-media-type"),
        (b"key=a&key=b", FORM, 422, "invalid-request"),
        (b"key=%ff", FORM, 422, "invalid-request"),
        (b"key=\xff", FORM, 422, "invalid-request"),
        (
            b"&".join(b"a%d=1" % n for n in range(9)),
            "application/x-www-form-urlencoded",
            422,
            "invalid-request",
        ),
        (b"key", FORM, 422, "invalid-request"),
    ],
)
async def test_a_form_that_is_none(
    console: Console, body: bytes, media_type: str, status: int, code: str
) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": media_type}
    problem(await console.browser.post("/sign-in", content=body, headers=headers), status, code)


async def test_wrong_keys_are_counted_and_right_ones_are_not_held_up(console: Console) -> None:
    for _ in range(5):
        refused(await console.post("/sign-in", {"key": "x"}))
    problem(await console.post("/sign-in", {"key": "x"}), 429, "too-many-attempts")
    problem(await console.get("/sign-in/link/" + "x" * 43), 429, "too-many-attempts")
    assert (await console.post("/sign-in", {"key": KEY})).status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "OWN"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "OWN/"},
        {},
    ],
    ids=str,
)
async def test_forms_of_other_sites_are_refused(
    console: Console, path: str, headers: dict[str, str]
) -> None:
    await console.post("/sign-in", {"key": KEY})
    session = console.cookie()
    fields = {name: value.replace("OWN", console.url) for name, value in headers.items()}
    answer = await console.browser.post(path, data={"key": KEY}, headers=fields)
    problem(answer, 403, "cross-site-request")
    assert await console.whose(session) == "k0"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "none"}, {"Origin": "OWN"}], ids=str)
async def test_a_browser_may_say_it_in_two_ways(console: Console, headers: dict[str, str]) -> None:
    fields = {name: value.replace("OWN", console.url) for name, value in headers.items()}
    answer = await console.browser.post("/sign-in", data={"key": KEY}, headers=fields)
    assert answer.status_code == 303


async def test_every_sign_in_has_a_session_of_its_own(console: Console) -> None:
    """A session that somebody else put into the browser is worth nothing afterwards."""
    await console.post("/sign-in", {"key": KEY})
    first = console.cookie()
    await console.post("/sign-in", {"key": KEY})
    second = console.cookie()
    assert first != second
    assert [await console.whose(first), await console.whose(second)] == [None, "k0"]
    given = "A" * 43
    console.browser.cookies.clear()
    console.browser.cookies.set("clearance-session", given)
    answer = await console.post("/sign-in", {"key": KEY})
    assert given not in answer.headers["Set-Cookie"]
    assert await console.whose(given) is None


async def test_signing_out_ends_the_session_everywhere(console: Console) -> None:
    await console.post("/sign-in", {"key": KEY})
    session = console.cookie()
    answer = await console.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in"
    assert answer.headers["Set-Cookie"].startswith("clearance-session=; Max-Age=0; Path=/")
    assert console.cookie() is None
    assert await console.whose(session) is None
    assert (await console.post("/sign-out")).status_code == 303


async def test_a_session_ends_with_its_credential(console: Console) -> None:
    await console.post("/sign-in", {"key": KEY})
    console.people.revoked.add("k0")
    assert await console.whose(console.cookie()) is None


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%2f/evil.example",
        "/../sign-in/link/x",
        "/./sign-out",
        "/docs/../sign-in",
        "/docs//evil",
        "/sign-in",
        "/sign-in/link/" + "x" * 43,
        "/%73ign-in/link/x",
        "javascript:alert(1)",
        "docs",
        "/docs#x",
        "/docs\r\nSet-Cookie: a=b",
        '/docs"><script>',
        "/" + "d" * 512,
        "",
    ],
)
async def test_nobody_is_led_elsewhere(console: Console, wanted: str) -> None:
    answer = await console.post("/sign-in", {"key": KEY, "next": wanted})
    assert answer.headers["Location"] == LANDING
    shown = await console.browser.get("/sign-in", params={"next": wanted})
    assert f'name="next" value="{LANDING}"' in shown.text
    back = await console.browser.get("/sign-in/oidc", params={"next": wanted})
    assert back.headers["Set-Cookie"].partition(";")[0].endswith(LANDING)


@pytest.mark.parametrize(
    "wanted", ["/", "/docs", "/v1/buyers/a.b~c@d:e/?limit=1&q=%e6%b7%b1+a", "/a/"]
)
async def test_a_path_of_this_service_is_kept(console: Console, wanted: str) -> None:
    shown = await console.browser.get("/sign-in", params={"next": wanted})
    assert f'name="next" value="{escape(wanted)}"' in shown.text
    answer = await console.post("/sign-in", {"key": KEY, "next": wanted})
    assert answer.headers["Location"] == wanted


async def test_a_link_signs_in_once(console: Console, sessions: Sessions, redis: Redis) -> None:
    secret = await sessions.make_link("k0")
    assert not any(secret.encode() in key for key in await redis.keys())
    assert (await console.browser.head(f"/sign-in/link/{secret}")).status_code == 405
    answer = await console.get(f"/sign-in/link/{secret}", Sec_Fetch_Site="none")
    assert answer.status_code == 303
    assert answer.headers["Location"] == LANDING
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert await console.whose(console.cookie()) == "k0"
    spent = await console.get(f"/sign-in/link/{secret}", Accept_Language="zh")
    refused(spent)
    assert "此链接已使用或已过期，请使用密钥登录。" in spent.text


async def test_a_link_lapses(console: Console, sessions: Sessions, redis: Redis) -> None:
    secret = await sessions.make_link("k0")
    (key,) = await redis.keys()
    assert 599_000 < await redis.pttl(key) <= 600_000
    await redis.pexpire(key, 0)
    refused(await console.get(f"/sign-in/link/{secret}"))


async def test_a_link_ends_with_its_credential(console: Console, sessions: Sessions) -> None:
    secret = await sessions.make_link("k0")
    console.people.revoked.add("k0")
    refused(await console.get(f"/sign-in/link/{secret}"))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_of_another_site_signs_nobody_in(
    console: Console, sessions: Sessions, site: str
) -> None:
    secret = await sessions.make_link("k0")
    answer = await console.get(f"/sign-in/link/{secret}", Sec_Fetch_Site=site)
    problem(answer, 403, "cross-site-request")
    assert (await console.get(f"/sign-in/link/{secret}")).status_code == 303


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 1_000, "%00", "*"])
async def test_a_link_that_nobody_made(console: Console, secret: str) -> None:
    refused(await console.get(f"/sign-in/link/{secret}"))
