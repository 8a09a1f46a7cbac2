"""Settings: what is read, and what the service does not start with."""

from pathlib import Path
from typing import Any

import pytest

from api.hosts import OwnHosts
from api.server import both_ways, with_room
from api.settings import Bounds, Observing, Provider, Settings, Unfit

SECRET = "hunter2-and-more"
TOKENS = {
    "OIDC_ISSUER": "https://id.example",
    "OIDC_AUDIENCE": "clearance",
    "OIDC_JWKS_URL": "https://id.example/keys",
}
SIGN_IN = {
    "OIDC_CLIENT_ID": "console",
    "OIDC_CLIENT_SECRET": SECRET,
    "OIDC_AUTHORIZATION_URL": "https://id.example/authorize?tenant=1",
    "OIDC_TOKEN_URL": "http://127.0.0.1:9/token",
}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # named, not listened on


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "HOSTS", "PORT", "REDIS_URL", "REDIS_CA", "PUBLIC_URL", "DATA"):
        monkeypatch.delenv(f"CLEARANCE_{name}", raising=False)


def read(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], **flags: Any) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"CLEARANCE_{name}", value)
    return Settings.from_environment(**flags)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.0.2.1", "2001:db8::1"])
def test_any_address_may_be_listened_on(host: str) -> None:
    assert host in Settings(host=host).origin


@pytest.mark.parametrize("host", EVERYWHERE)
def test_every_address_needs_names(host: str) -> None:
    with pytest.raises(Unfit, match=r"every address .* CLEARANCE_HOSTS or --public-url"):
        Settings(host=host)
    named = Settings(host=host, hosts=("api.example",), port=1)
    assert named.origin == "http://api.example:1"
    assert named.listening in ("http://127.0.0.1:1", "http://[::1]:1")
    assert Settings(host=host, public_url="https://a.example/x/").origin == "https://a.example/x"


@pytest.mark.parametrize("host", ["example.org", "256.1.1.1", "127.0.0.1:80", "[::1]"])
def test_a_name_is_no_address(host: str) -> None:
    with pytest.raises(Unfit, match="not an address"):
        Settings(host=host)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(host="192.0.2.1", hosts=("Api.Example", "[2001:DB8::7]")),
        Settings(host="0.0.0.0", hosts=("api.example", "192.0.2.1", "2001:db8::7")),  # noqa: S104
    ],
)
@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("api.example", True),
        ("API.EXAMPLE.:8000", True),
        ("192.0.2.1:8000", True),
        ("[2001:db8::7]:1", True),
        ("localhost", True),
        ("127.0.0.1:8000", True),
        ("[::1]", True),
        ("0.0.0.0", False),  # noqa: S104
        ("192.0.2.2", False),
        ("evil.example", False),
        ("api.example.evil.example", False),
        ("x.api.example", False),
        ("api.example@evil.example", False),
        ("evil.example/api.example", False),
        ("", False),
    ],
)
def test_the_names_by_which_it_is_called(settings: Settings, host: str, own: bool) -> None:
    refusal = OwnHosts(settings.names).refusal([(b"host", host.encode())])
    assert refusal == (None if own else "foreign-host")


def test_the_public_address_names_a_host() -> None:
    names = Settings(public_url="https://Clearance.Example:8443/here").names
    assert OwnHosts(names).refusal([(b"host", b"clearance.example:8443")]) is None
    assert OwnHosts(names).refusal([(b"host", b"example")]) == "foreign-host"
    assert OwnHosts().refusal([(b"host", b"clearance.example")]) == "foreign-host"


@pytest.mark.parametrize("name", ["a.example:80", "http://a.example", "*", "*.a.example", "a b"])
def test_what_is_no_name_is_told(name: str) -> None:
    with pytest.raises(Unfit, match="CLEARANCE_HOSTS"):
        Settings(hosts=(name,))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example",
        "a.example",
        "https://",
        "https://a.example?x=1",
        "https://a.example/#x",
        "https://a.example:99999",
        "https://[::1",
        "https://a.example/ x",
        'https://a.example/"',
        f"https://ann:{SECRET}@a.example",
    ],
)
def test_a_public_address_is_a_plain_one(url: str) -> None:
    with pytest.raises(Unfit, match="CLEARANCE_PUBLIC_URL") as raised:
        Settings(public_url=url)
    assert SECRET not in str(raised.value)


def test_proxies_are_networks() -> None:
    settings = Settings(trusted_proxies=("10.0.0.0/8", "192.0.2.1", "fd00::/8"))
    assert both_ways(settings.trusted_proxies) == [
        "10.0.0.0/8",
        "::ffff:10.0.0.0/104",
        "192.0.2.1/32",
        "::ffff:192.0.2.1/128",
        "fd00::/8",
    ]
    for text in ("*", "proxy.example", "10.0.0.1/8", ""):
        with pytest.raises(Unfit, match="CLEARANCE_TRUSTED_PROXIES"):
            Settings(trusted_proxies=(text,))
        with pytest.raises(Unfit, match="CLEARANCE_WEBHOOK_NETWORKS"):
            Settings(webhook_networks=(text,))


def test_lists_and_numbers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"HOSTS": "a.example, b.example,", "TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8"}
    variables |= {"RATE_LIMIT": "5", "HEADER_TIMEOUT": "0.5", "WORKERS": "2", "PORT": "0"}
    variables |= {"WEBHOOK_NETWORKS": "10.0.0.0/8, 127.0.0.1"}
    settings = read(monkeypatch, variables)
    assert settings.hosts == ("a.example", "b.example")
    assert settings.trusted_proxies == ("10.0.0.0/8", "fd00::/8")
    assert settings.webhook_networks == ("10.0.0.0/8", "127.0.0.1")
    assert settings.bounds == Bounds(rate_limit=5, header_timeout=0.5, workers=2)


def test_words_for_yes_and_no_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {})
    assert (settings.webhooks, settings.log.public) == (True, True)
    assert not settings.observing.request_lines
    settings = read(monkeypatch, {"WEBHOOKS": "no", "LOG_PUBLIC": "No", "REQUEST_LINES": "1"})
    assert (settings.webhooks, settings.log.public) == (False, False)
    assert settings.observing.request_lines
    with pytest.raises(Unfit, match="CLEARANCE_WEBHOOKS is yes or no, not never"):
        read(monkeypatch, {"WEBHOOKS": "never"})


def test_a_journal_that_is_too_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unfit, match="CLEARANCE_JOURNAL_ENTRIES must be at least 10000"):
        read(monkeypatch, {"JOURNAL_ENTRIES": "9999"})
    assert read(monkeypatch, {"JOURNAL_ENTRIES": "10000"}).bounds.journal_entries == 10_000


@pytest.mark.parametrize("name", ["RATE_LIMIT", "CONNECTIONS", "HEADER_TIMEOUT", "ATTEMPTS"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "nan"])
def test_a_limit_is_a_number_above_none(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(Unfit, match=f"CLEARANCE_{name}"):
        read(monkeypatch, {name: value})


def test_a_password_is_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in (
        f"redis://ann:{SECRET}@127.0.0.1",
        f"rediss://:{SECRET}@127.0.0.1/0",
        f"rediss://:{SECRET}/x@127.0.0.1/0",
        f"redis://127.0.0.1/0?password={SECRET}",
        f"rediss://127.0.0.1/0?db=1&ssl_password={SECRET}",
    ):
        with pytest.raises(Unfit, match="CLEARANCE_REDIS_URL") as raised:
            read(monkeypatch, {}, redis_url=url)
        assert SECRET not in str(raised.value)
        settings = read(monkeypatch, {"REDIS_URL": url})
        assert settings.redis_url == url
        assert SECRET not in repr(settings)
    assert read(monkeypatch, {}, redis_url="unix:///run/redis.sock").redis_url


def test_an_authority_is_for_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unfit, match="CLEARANCE_REDIS_CA"):
        read(monkeypatch, {"REDIS_CA": "/a.pem", "REDIS_URL": "redis://127.0.0.1"})
    settings = read(monkeypatch, {"REDIS_CA": "/a.pem", "REDIS_URL": "rediss://127.0.0.1"})
    assert settings.redis_ca == Path("/a.pem")


def test_an_identity_provider_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {}).provider is None
    provider = read(monkeypatch, TOKENS).provider
    assert provider == Provider("https://id.example", "clearance", "https://id.example/keys")
    assert not provider.signs_in
    provider = read(monkeypatch, SIGN_IN | {"OIDC_ROLES_CLAIM": "groups"}).provider
    assert provider
    assert provider.signs_in
    assert (provider.roles_claim, provider.authorities_claim) == ("groups", "authorities")
    assert provider.client_secret == SECRET
    assert SECRET not in repr(provider)


@pytest.mark.parametrize("missing", [*TOKENS, *SIGN_IN])
def test_half_an_identity_provider_is_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    whole = TOKENS | SIGN_IN
    if missing == "OIDC_CLIENT_SECRET":
        assert read(monkeypatch, whole | {missing: ""}).provider  # a public client
        return
    with pytest.raises(Unfit, match=r"OIDC"):
        read(monkeypatch, whole | {missing: ""})


@pytest.mark.parametrize(
    "name", [name for name, value in (TOKENS | SIGN_IN).items() if ":" in value]
)
def test_an_identity_provider_is_reached_by_https(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for url in ("http://id.example/x", f"https://ann:{SECRET}@id.example", "id.example"):
        with pytest.raises(Unfit, match=f"CLEARANCE_{name}") as raised:
            read(monkeypatch, TOKENS | SIGN_IN | {name: url})
        assert SECRET not in str(raised.value)
    assert read(monkeypatch, TOKENS | SIGN_IN | {name: "http://[::1]:1/x"}).provider


def test_connections_fit_into_the_files_that_may_be_open() -> None:
    assert with_room(Bounds(connections=5)).connections == 5
    assert 5 <= with_room(Bounds(connections=10**9)).connections < 10**9


COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


def observing(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Observing:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings.from_environment().observing


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, Observing()),
        ({"CLEARANCE_LINES": "text"}, Observing(lines="text")),
        ({"CLEARANCE_REQUEST_LINES": "Yes"}, Observing(request_lines=True)),
        (COLLECTOR, Observing(traces=True)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c.example/v1"}, Observing(traces=True)),
        (COLLECTOR | {"OTEL_SDK_DISABLED": "TRUE"}, Observing()),
        (COLLECTOR | {"OTEL_TRACES_EXPORTER": "none"}, Observing()),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": ""}, Observing()),
    ],
)
def test_what_the_service_tells_of_itself(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: Observing
) -> None:
    assert observing(monkeypatch, variables) == expected


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"CLEARANCE_LINES": "xml"}, "CLEARANCE_LINES is auto, json or text, not xml"),
        ({"CLEARANCE_REQUEST_LINES": "some"}, "CLEARANCE_REQUEST_LINES is yes or no"),
        (COLLECTOR | {"OTEL_TRACES_EXPORTER": "zipkin"}, "otlp or none, not zipkin"),
        (COLLECTOR | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf, not grpc"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "http or https address"),
    ],
)
def test_what_cannot_be_told_so_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    with pytest.raises(Unfit, match=told):
        observing(monkeypatch, variables)
