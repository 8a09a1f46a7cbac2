"""Access tokens: what is accepted, and everything that must not be (RFC 9068, RFC 8725)."""

import hmac
import json
from functools import partial
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from api.problems import Problem
from api.tokens import REMEMBERED, TokenClaims, Tokens, TokenSettings
from tests.e2e.access.conftest import Clock
from tests.e2e.access.provider import AUDIENCE, Provider, compact, jwk_of, key_of, signer
from workflow.domain.principal import EVERY_SCOPE, Role, Scope

HOUR = 3600


async def bearer(tokens: Tokens, token: str) -> str:
    """Who comes in with a good token."""
    return (await tokens.claims(token)).subject


async def refused(tokens: Tokens, token: str, code: str = "invalid-token") -> Problem:
    with pytest.raises(Problem) as raised:
        await tokens.claims(token)
    assert raised.value.code == code
    for part in token.split("."):
        assert len(part) < 8 or part not in raised.value.detail
    return raised.value


async def test_a_good_token_says_who_comes(tokens: Tokens, provider: Provider) -> None:
    now = int(provider.now())
    assert await tokens.claims(provider.token()) == TokenClaims(
        issuer=provider.url,
        subject="li",
        organisation="miit",
        roles=frozenset({Role.OFFICER}),
        authorities=frozenset({"miit"}),
        scopes=EVERY_SCOPE,
        issued_at=now,
        expires_at=now + 300,
    )


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        ("RS256", "RSA"),
        ("PS256", "RSA"),
        ("ES256", "P-256"),
        ("ES384", "P-384"),
        ("EdDSA", "Ed25519"),
        ("Ed25519", "Ed25519"),
    ],
)
@pytest.mark.parametrize("declared", [True, False])
async def test_every_allowed_algorithm(
    tokens: Tokens, provider: Provider, algorithm: str, kind: str, declared: bool
) -> None:
    members = {"kid": "k1", "use": "sig"} | ({"alg": algorithm} if declared else {})
    provider.keys = [jwk_of(key_of(kind), **members)]
    signing = "Ed25519" if algorithm == "EdDSA" else algorithm
    token = provider.token({"alg": algorithm}, key_of(kind), signing)
    assert (await tokens.claims(token)).subject == "li"


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_the_types_of_an_access_token(tokens: Tokens, provider: Provider, kind: str) -> None:
    assert await bearer(tokens, provider.token({"typ": kind})) == "li"


@pytest.mark.parametrize("kind", [None, "JWT", "at+jwt;x", "logout+jwt", "", 7, ["at+jwt"]])
async def test_another_type_is_refused(tokens: Tokens, provider: Provider, kind: Any) -> None:
    await refused(tokens, provider.token({"typ": kind}))


async def test_none_is_no_algorithm(tokens: Tokens, provider: Provider) -> None:
    payload = json.dumps(provider.claims()).encode()
    for name in ("none", "None", "NONE", "nOnE"):
        header = json.dumps({"alg": name, "typ": "at+jwt", "kid": "k1"}).encode()
        bare = compact(header, payload, lambda _: b"")
        assert bare.endswith(".")
        await refused(tokens, bare)
        await refused(tokens, bare + "AA")


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512"])
async def test_a_public_key_is_no_secret(tokens: Tokens, provider: Provider, name: str) -> None:
    key = key_of("RSA")
    assert isinstance(key, RSAKey)
    provider.keys = [jwk_of(key, kid="k1")]
    header = json.dumps({"alg": name, "typ": "at+jwt", "kid": "k1"}).encode()
    payload = json.dumps(provider.claims()).encode()
    for secret in (key.as_bytes("PEM"), key.as_bytes("DER"), json.dumps(provider.keys[0]).encode()):
        sign = partial(hmac.digest, secret, digest=name.replace("HS", "sha"))
        await refused(tokens, compact(header, payload, sign))


async def test_a_published_secret_is_no_key(tokens: Tokens, provider: Provider) -> None:
    provider.keys = [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1", "alg": "HS256"}]
    header = json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}).encode()
    payload = json.dumps(provider.claims()).encode()
    await refused(tokens, compact(header, payload, lambda t: hmac.digest(b"secret", t, "sha256")))


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]},
        {"crit": ["unheard-of"], "unheard-of": 1},
        {"crit": []},
        {"crit": ["b64"], "b64": True},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"kid": 7},
        {"kid": ["k1"]},
        {"alg": None},
        {"alg": ["ES256"]},
        {"alg": "RS512"},
    ],
    ids=str,
)
async def test_a_header_that_asks_for_more(
    tokens: Tokens, provider: Provider, header: dict[str, Any]
) -> None:
    await refused(tokens, provider.token(header))


async def test_a_field_that_is_not_known_asks_for_nothing(
    tokens: Tokens, provider: Provider
) -> None:
    assert await bearer(tokens, provider.token({"x-trace": "y" * 1000})) == "li"


async def test_who_signs_does_not_say_with_which_key(tokens: Tokens, provider: Provider) -> None:
    attacker = key_of("P-256", 1)
    provider.replies["/evil"] = (
        200,
        {},
        json.dumps({"keys": [jwk_of(attacker, kid="k1")]}).encode(),
    )
    evil = f"{provider.url}/evil"
    for header in (
        {"jku": evil},
        {"x5u": evil},
        {"jwk": jwk_of(attacker)},
        {"jku": evil, "kid": None},
        {"jku": evil, "kid": evil},
        {"jwk": jwk_of(attacker), "kid": None},
    ):
        await refused(tokens, provider.token(header, attacker))
    assert "/evil" not in provider.asked


@pytest.mark.parametrize("changed", [{"aud": "other"}, {"aud": ["a", "b"]}, {"iss": "https://x"}])
async def test_a_token_for_another_or_by_another(
    tokens: Tokens, provider: Provider, changed: dict[str, Any]
) -> None:
    problem = await refused(tokens, provider.token(**changed))
    assert problem.detail == "It is not meant for this service."


async def test_one_audience_of_several(tokens: Tokens, provider: Provider) -> None:
    assert await bearer(tokens, provider.token(aud=["other", AUDIENCE])) == "li"


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "organisation"])
@pytest.mark.parametrize("value", [None, "", [], {}, 7.5, True, "\ud800"])
async def test_a_claim_that_is_missing_or_unfit(
    tokens: Tokens, provider: Provider, name: str, value: Any
) -> None:
    if (name, value) == ("iat", 7.5):  # it may have been issued in 1970
        assert await bearer(tokens, provider.token(iat=7.5)) == "li"
        return
    await refused(tokens, provider.token(**{name: value}))


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": "l" * 65},
        {"sub": "l i"},
        {"sub": "l;i"},
        {"organisation": "mi\nit"},
        {"organisation": "system:clearance"},
        {"sub": "system:link"},
        {"authorities": ["miit", "m;t"]},
        {"authorities": ["buyer"]},
        {"authorities": [7]},
        {"authorities": {"miit": True}},
        {"roles": [["officer"]]},
        {"scope": ["read"]},
        {"exp": 2**60},
    ],
    ids=str,
)
async def test_names_that_could_mean_something_else(
    tokens: Tokens, provider: Provider, changed: dict[str, Any]
) -> None:
    await refused(tokens, provider.token(**changed))


@pytest.mark.parametrize("number", ["1e999", "NaN", "Infinity", "9" * 4500])
async def test_an_end_that_never_comes(tokens: Tokens, provider: Provider, number: str) -> None:
    claims = json.dumps(provider.claims(exp="EXP")).replace('"EXP"', number)
    header = b'{"alg":"ES256","typ":"at+jwt","kid":"k1"}'
    await refused(tokens, compact(header, claims.encode(), signer(key_of("P-256"), "ES256")))


async def test_times_have_a_minute_of_leeway_only_ahead(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    now = int(clock.now)
    for token in (
        provider.token(nbf=now + 60),
        provider.token(iat=now + 60),
        provider.token(exp=now + 1),
    ):
        assert await bearer(tokens, token) == "li"
    for token in (provider.token(nbf=now + 61), provider.token(iat=now + 61)):
        problem = await refused(tokens, token)
        assert problem.detail == "It is not valid yet."
    for past in (now, now - 1, now - HOUR):
        assert (await refused(tokens, provider.token(exp=past))).detail == "It has expired."


async def test_a_token_that_was_good_ends_all_the_same(
    tokens: Tokens, provider: Provider, clock: Clock
) -> None:
    token = provider.token(exp=int(clock.now) + 10)
    known = await tokens.claims(token)
    assert await tokens.claims(token) is known
    clock.now += 9.9
    assert await bearer(tokens, token) == "li"
    clock.now += 0.1
    assert (await refused(tokens, token)).detail == "It has expired."


async def test_no_more_tokens_are_remembered_than_there_is_room(
    tokens: Tokens, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.tokens.REMEMBERED", 2)
    assert REMEMBERED == 4_096
    first, *others = [provider.token(sub=f"n{number}") for number in range(3)]
    before = await tokens.claims(first)
    for token in others:
        await tokens.claims(token)
    again = await tokens.claims(first)
    assert again == before
    assert again is not before


async def test_a_large_token_is_not_read(tokens: Tokens, provider: Provider) -> None:
    small, large = provider.token(padding="x" * 5_600), provider.token(padding="x" * 6_000)
    assert len(small) <= 8 * 1024 < len(large)
    assert await bearer(tokens, small) == "li"
    await refused(tokens, large)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "e30.e30.AA", "é.b.c", "a b.c.d", "W10.e30.A"],
    ids=ascii,
)
async def test_what_is_no_token(tokens: Tokens, provider: Provider, token: str) -> None:
    await refused(tokens, token)
    assert provider.fetches() <= 1


async def test_equal_names_are_refused(tokens: Tokens, provider: Provider) -> None:
    """Two readers could each see another value (RFC 8725 section 2.6)."""
    sign = signer(key_of("P-256"), "ES256")
    header = b'{"alg":"ES256","typ":"at+jwt","kid":"k1"}'
    claims = json.dumps(provider.claims()).encode()
    assert await bearer(tokens, compact(header, claims, sign)) == "li"
    for doubled in (header[:-1] + b',"alg":"ES256"}', b'{"typ":"JWT",' + header[1:]):
        await refused(tokens, compact(doubled, claims, sign))
    await refused(tokens, compact(header, b'{"sub":"wang",' + claims[1:], sign))
    nested = b'{"x":{"a":1,"a":2},' + claims[1:]
    await refused(tokens, compact(header, nested, sign))


@pytest.mark.parametrize("payload", [b"[]", b'"x"', b"null", b"{", b"\xff", b"[" * 5_000])
async def test_claims_that_are_none(tokens: Tokens, provider: Provider, payload: bytes) -> None:
    header = b'{"alg":"ES256","typ":"at+jwt","kid":"k1"}'
    await refused(tokens, compact(header, payload, signer(key_of("P-256"), "ES256")))


async def test_a_token_cannot_be_changed(tokens: Tokens, provider: Provider) -> None:
    header, payload, signature = provider.token().split(".")
    other = provider.token(roles=["operator"], authorities=[]).split(".")[1]
    await refused(tokens, f"{header}.{other}.{signature}")
    await refused(tokens, f"{header}.{payload}.{signature[:-2]}")
    await refused(tokens, f"{header}.{payload}.{signature}=")
    await refused(tokens, provider.token(key=key_of("P-256", 1)))


@pytest.mark.parametrize(
    ("algorithm", "kind", "members"),
    [
        ("ES256", "P-256", {"alg": "ES384"}),
        ("ES256", "P-256", {"use": "enc"}),
        ("ES256", "P-256", {"key_ops": ["sign"]}),
        ("ES256", "P-256", {"key_ops": "verify"}),
        ("RS256", "RSA", {"alg": "PS256"}),
        ("PS256", "RSA", {"alg": "RS256"}),
    ],
)
async def test_a_key_is_used_for_what_it_is_meant(
    tokens: Tokens, provider: Provider, algorithm: str, kind: str, members: dict[str, Any]
) -> None:
    provider.keys = [jwk_of(key_of(kind), kid="k1", **members)]
    await refused(tokens, provider.token(key=key_of(kind), algorithm=algorithm))


async def test_an_algorithm_for_another_sort_of_key(tokens: Tokens, provider: Provider) -> None:
    provider.keys = [jwk_of(key_of("RSA"), kid="k1")]
    await refused(tokens, provider.token())
    provider.keys = [jwk_of(key_of("P-384"), kid="k2")]
    await refused(tokens, provider.token({"kid": "k2"}))


async def test_a_service_may_allow_less(provider: Provider, clock: Clock) -> None:
    provider.keys = [jwk_of(key_of("P-256"), kid="k1"), jwk_of(key_of("RSA"), kid="k2")]
    settings = TokenSettings(provider.url, AUDIENCE, provider.jwks_url, algorithms=("RS256",))
    strict = Tokens(settings, clock, clock)
    await refused(strict, provider.token())
    assert await bearer(strict, provider.token({"kid": "k2"}, key_of("RSA"), "RS256")) == "li"
    await strict.close()


async def test_roles_that_are_not_ours_give_nothing(tokens: Tokens, provider: Provider) -> None:
    found = await tokens.claims(provider.token(roles=["officer", "admin"]))
    assert found.roles == {Role.OFFICER}
    assert (await tokens.claims(provider.token(roles="officer"))).roles == {Role.OFFICER}
    for roles in (None, [], ["admin"], "officer recorder", ["OFFICER"]):
        await refused(tokens, provider.token(roles=roles), "no-role")


async def test_scopes_narrow(tokens: Tokens, provider: Provider) -> None:
    for given, found in (
        ("read", {Scope.READ}),
        ("openid post read", {Scope.POST, Scope.READ}),
        ("openid", set()),
        ("", set()),
        ("reading", set()),
    ):
        assert (await tokens.claims(provider.token(scope=given))).scopes == found


async def test_claims_have_the_names_that_are_set(provider: Provider, clock: Clock) -> None:
    settings = TokenSettings(
        provider.url,
        AUDIENCE,
        provider.jwks_url,
        organisation_claim="https://example.org/org",
        roles_claim="groups",
        authorities_claim="bodies",
    )
    tokens = Tokens(settings, clock, clock)
    claims: dict[str, Any] = {"https://example.org/org": "ndrc", "groups": ["recorder"]}
    claims |= {"roles": ["operator"], "authorities": ["miit"]}
    found = await tokens.claims(provider.token(**claims))
    assert found.organisation == "ndrc"
    assert found.roles == {Role.RECORDER}
    assert found.authorities == frozenset()
    await tokens.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jwks_url", "http://example.org/jwks"),
        ("jwks_url", "ftp://127.0.0.1/jwks"),
        ("jwks_url", "https:///jwks"),
        ("algorithms", ("HS256",)),
        ("algorithms", ("none", "RS256")),
        ("algorithms", ()),
        ("issuer", ""),
        ("audience", ""),
    ],
)
def test_settings_that_would_let_anybody_in(name: str, value: Any) -> None:
    usual: dict[str, Any] = {"issuer": "https://i", "audience": "a", "jwks_url": "https://i/jwks"}
    assert TokenSettings(**usual).roles_claim == "roles"
    with pytest.raises(ValueError, match=r"\w"):
        TokenSettings(**{**usual, name: value})
