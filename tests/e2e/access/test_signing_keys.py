"""The provider's keys: fetched seldom, believed for a while, and missed with dignity."""

import asyncio
import json
import logging

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey

from api.problems import Problem
from api.signing_keys import FAILED_PAUSE, FRESH, STALE, UNKNOWN_PAUSE, key_set
from api.tokens import Tokens
from tests.e2e.access.conftest import Clock
from tests.e2e.access.provider import Answer, Provider, jwk_of, key_of

DOWN: Answer = (503, {}, b"")


async def code(tokens: Tokens, token: str) -> str:
    """The problem with a token, or `good`."""
    try:
        await tokens.claims(token)
    except Problem as problem:
        return problem.code
    return "good"


def rotate(provider: Provider, name: str = "k2", number: int = 1) -> str:
    """Another key instead of the first one, and a token signed with it."""
    key = key_of("P-256", number)
    provider.keys = [jwk_of(key, kid=name)]
    return provider.token({"kid": name}, key, exp=int(provider.now()) + 10_000)


async def test_keys_are_fetched_once_while_they_are_fresh(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    for number in range(3):
        assert await code(tokens, provider.token(sub=f"n{number}")) == "good"
    clock.now += FRESH - 1
    assert await code(tokens, provider.token()) == "good"
    assert provider.fetches() == 1
    clock.now += 1
    assert await code(tokens, provider.token()) == "good"
    assert provider.fetches() == 2


async def test_the_same_keys_again_change_nothing(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    token = provider.token(exp=int(clock.now) + 10_000)
    known = await tokens.claims(token)
    clock.now += FRESH
    assert await tokens.claims(token) is known
    assert provider.fetches() == 2


async def test_many_at_once_fetch_once(tokens: Tokens, provider: Provider) -> None:
    provider.gate.clear()
    waiting = [
        asyncio.create_task(code(tokens, provider.token(sub=f"n{number}"))) for number in range(20)
    ]
    assert await asyncio.to_thread(provider.reached.wait, 10)
    waiting[0].cancel()  # whoever asked first may leave
    provider.gate.set()
    assert await asyncio.gather(*waiting[1:]) == ["good"] * 19
    assert provider.fetches() == 1


async def test_a_new_key_is_looked_for(tokens: Tokens, provider: Provider, clock: Clock) -> None:
    assert await code(tokens, provider.token()) == "good"
    token = rotate(provider)
    clock.now += UNKNOWN_PAUSE
    assert await code(tokens, token) == "good"
    assert provider.fetches() == 2


async def test_unknown_keys_are_looked_for_once_in_a_while(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    for number in range(50):
        token = provider.token({"kid": f"unknown{number}"})
        assert await code(tokens, token) == "invalid-token"
    assert provider.fetches() == 1
    clock.now += UNKNOWN_PAUSE - 1
    assert await code(tokens, provider.token({"kid": "unknown"})) == "invalid-token"
    assert provider.fetches() == 1
    clock.now += 1
    for number in range(50):
        await code(tokens, provider.token({"kid": f"other{number}"}))
    assert provider.fetches() == 2


async def test_a_key_that_is_withdrawn_ends_its_tokens(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    token = provider.token(exp=int(clock.now) + 10_000)
    assert await code(tokens, token) == "good"
    rotate(provider)
    clock.now += FRESH
    assert await code(tokens, token) == "invalid-token"


async def test_another_key_of_the_same_name(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    old = provider.token(exp=int(clock.now) + 10_000)
    assert await code(tokens, old) == "good"
    new = rotate(provider, "k1")
    assert await code(tokens, new) == "invalid-token"
    clock.now += FRESH
    assert await code(tokens, new) == "good"
    assert await code(tokens, old) == "invalid-token"
    provider.keys.insert(0, jwk_of(key_of("P-256"), kid="k1"))
    clock.now += FRESH
    assert [await code(tokens, old), await code(tokens, new)] == ["good", "good"]


async def test_a_token_may_leave_the_key_unnamed_where_one_fits(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    provider.keys = [jwk_of(key_of("P-256")), jwk_of(key_of("RSA"))]
    unnamed = provider.token({"kid": None})
    assert await code(tokens, unnamed) == "good"
    provider.keys.append(jwk_of(key_of("P-256", 1)))
    clock.now += FRESH
    assert await code(tokens, provider.token({"kid": None})) == "invalid-token"


async def test_no_keys_at_all(tokens: Tokens, provider: Provider, clock: Clock) -> None:
    provider.replies["/jwks"] = DOWN
    for _ in range(5):
        assert await code(tokens, provider.token()) == "identity-provider-unavailable"
    assert provider.fetches() == 1
    del provider.replies["/jwks"]
    clock.now += FAILED_PAUSE
    assert await code(tokens, provider.token()) == "good"


async def test_old_keys_serve_while_no_newer_ones_are_to_be_had(
    tokens: Tokens, provider: Provider, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    token = provider.token(exp=int(clock.now) + 10_000)
    assert await code(tokens, token) == "good"
    provider.replies["/jwks"] = DOWN
    clock.now += FRESH
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            assert await code(tokens, token) == "good"
            assert await code(tokens, provider.token(sub="wang")) == "good"
        assert provider.fetches() == 2
        clock.now += STALE - FRESH - 1
        assert await code(tokens, token) == "good"
        clock.now += 1
        assert await code(tokens, token) == "identity-provider-unavailable"
    assert len([one for one in caplog.records if one.name == "api.signing_keys"]) == 1
    del provider.replies["/jwks"]
    clock.now += FAILED_PAUSE
    assert await code(tokens, token) == "good"


async def test_whether_a_key_exists_is_not_known_while_nobody_answers(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    assert await code(tokens, provider.token()) == "good"
    token = rotate(provider)
    provider.replies["/jwks"] = DOWN
    clock.now += UNKNOWN_PAUSE
    assert await code(tokens, token) == "identity-provider-unavailable"
    del provider.replies["/jwks"]
    clock.now += UNKNOWN_PAUSE
    assert await code(tokens, token) == "good"


@pytest.mark.parametrize(
    "reply",
    [
        (302, {"Location": "/other"}, b""),
        (404, {}, b'{"keys":[]}'),
        (200, {}, b""),
        (200, {}, b"[]"),
        (200, {}, b'{"keys":{}}'),
        (200, {}, b'{"keys":[],"keys":[]}'),
        (200, {}, b'{"keys":' + b"[" * 100_000),
        (200, {}, json.dumps({"keys": [{}] * 65}).encode()),
        (200, {}, b'{"keys":[]}' + b" " * 300_000),
        (200, {"Content-Encoding": "gzip"}, b'{"keys":[]}'),
    ],
    ids=["elsewhere", "404", "nothing", "list", "object", "twice", "deep", "many", "big", "coded"],
)
async def test_answers_that_are_no_keys(tokens: Tokens, provider: Provider, reply: Answer) -> None:
    provider.replies = {
        "/jwks": reply,
        "/other": (200, {}, json.dumps({"keys": provider.keys}).encode()),
    }
    assert await code(tokens, provider.token()) == "identity-provider-unavailable"
    assert provider.asked == ["/jwks"]


async def test_a_provider_that_hangs_is_not_waited_for(
    tokens: Tokens, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.provider_client.PATIENCE", 0.05)
    provider.gate.clear()
    assert await code(tokens, provider.token()) == "identity-provider-unavailable"
    provider.gate.set()


async def test_a_provider_that_drips_is_not_waited_for(
    tokens: Tokens, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.provider_client.PATIENCE", 0.1)
    provider.pause = 0.02  # seconds between two pieces, less than any one of them may take
    assert await code(tokens, provider.token()) == "identity-provider-unavailable"


async def test_a_provider_that_is_not_there(
    tokens: Tokens, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens._keys, "_url", "http://127.0.0.1:1/jwks")
    assert await code(tokens, provider.token()) == "identity-provider-unavailable"


def test_keys_of_no_use_are_left_out() -> None:
    good = jwk_of(key_of("P-256"), kid="good")
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024)
    useless = [
        {**key_of("P-256").as_dict(private=True), "kid": "everybody's"},
        {**good, "kid": 7},
        {**good, "kty": "EC2"},
        {**good, "kty": ["EC"]},
        {**good, "crv": "P-521"},
        {**good, "crv": "P-384"},
        {**good, "x": "AAAA"},
        {**good, "x": None},
        {**good, "alg": ["ES256"]},
        {**good, "alg": "ES256K"},
        {"kty": "oct", "k": "AAAA"},
        jwk_of(short),
        {"kty": "RSA", "n": "*", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        "x",
        None,
    ]
    found = key_set(json.dumps({"keys": [*useless, good]}).encode())
    assert [one.kid for one in found.keys] == ["good"]
    assert found.keys[0].algorithms == {"ES256"}
