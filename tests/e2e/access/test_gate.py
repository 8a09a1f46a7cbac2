"""The gate of a running service: browsers with sessions, and tokens of an identity provider."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.access.provider import AUDIENCE, CLIENT, CLIENT_SECRET, Provider
from tests.e2e.commands import Service, running

OFFICER = "li;miit;officer;miit"
RECORDER = "ann;press-desk;recorder"
OWN = {"Sec-Fetch-Site": "same-origin"}
NAME = {"name": {"en": "Signed", "zh": "署名"}}


@pytest.fixture(scope="module")
def service(one_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that knows the provider, and keeps its log to those who have a role."""
    one_provider.reset()
    provider = {
        "ISSUER": one_provider.url,
        "AUDIENCE": AUDIENCE,
        "JWKS_URL": one_provider.jwks_url,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": CLIENT_SECRET,
        "AUTHORIZATION_URL": f"{one_provider.url}/authorize",
        "TOKEN_URL": f"{one_provider.url}/token",
    }
    environment = {f"CLEARANCE_OIDC_{name}": value for name, value in provider.items()}
    environment["CLEARANCE_LOG_PUBLIC"] = "no"
    folder = tmp_path_factory.mktemp("gate")
    with running("serve", "--data", folder, **environment) as started:
        yield started


@pytest.fixture
def browser(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url) as made:
        yield made


@pytest.fixture
def signed_in(service: Service, browser: httpx.Client) -> httpx.Client:
    """A browser in which a recorder has signed in with a key."""
    form = {"key": service.keyring.key(RECORDER)}
    done = browser.post("/sign-in", data=form, headers=OWN)
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    return browser


def test_a_page_leads_to_the_sign_in_and_back(service: Service, browser: httpx.Client) -> None:
    led = browser.get("/docs", headers={"Accept": "text/html,*/*;q=0.8"})
    assert led.status_code == 303
    page = browser.get(led.headers["Location"])
    assert page.status_code == 200
    assert 'value="/docs"' in page.text
    form = {"key": service.keyring.key(RECORDER), "next": "/docs"}
    assert browser.post("/sign-in", data=form, headers=OWN).headers["Location"] == "/docs"
    assert browser.get("/docs").status_code == 200


def test_a_program_is_told_instead(browser: httpx.Client) -> None:
    for accept in ("*/*", "application/json"):
        answer = browser.get("/v1/buyers", headers={"Accept": accept})
        assert answer.status_code == 401
        assert answer.json()["code"] == "unauthenticated"


def test_a_session_reads_and_writes_from_its_own_pages_alone(signed_in: httpx.Client) -> None:
    assert signed_in.get("/v1/buyers").status_code == 200
    put = {"url": "/v1/buyers/signed", "json": NAME}
    for headers in (
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": str(signed_in.base_url).rstrip("/")},
    ):
        answer = signed_in.put(**put, headers=headers)  # type: ignore[arg-type]  # spread out
        assert answer.status_code == 403
        assert answer.json()["code"] == "cross-site-request"
    for headers in (OWN, {"Origin": str(signed_in.base_url).rstrip("/")}):
        assert signed_in.put(**put, headers=headers).status_code in (200, 201)  # type: ignore[arg-type]  # as above


def test_the_record_names_the_credential_behind_the_session(
    service: Service, signed_in: httpx.Client
) -> None:
    own = service.keyring.key(RECORDER).split("_")[1]
    credential = signed_in.get(f"/v1/keys/{own}").json()
    assert credential["name"] == "ann"


def test_a_session_ends_with_the_sign_out(signed_in: httpx.Client) -> None:
    kept = signed_in.cookies["clearance-session"]
    assert signed_in.post("/sign-out").status_code == 403
    assert signed_in.post("/sign-out", headers=OWN).status_code == 303
    again = {"Cookie": f"clearance-session={kept}"}
    assert httpx.get(signed_in.base_url.join("/v1/buyers"), headers=again).status_code == 401


def test_a_session_ends_with_its_credential(service: Service, signed_in: httpx.Client) -> None:
    shown = {"Authorization": f"Bearer {service.keyring.operator}"}
    made = httpx.post(
        f"{service.url}/v1/keys",
        json={"name": "short", "organisation": "press-desk", "roles": ["recorder"]},
        headers=shown,
    ).json()
    done = signed_in.post("/sign-in", data={"key": made["key"]}, headers=OWN)
    assert done.status_code == 303
    assert signed_in.get("/v1/buyers").status_code == 200
    gone = httpx.delete(f"{service.url}/v1/keys/{made['id']}", headers=shown)
    assert gone.status_code == 204
    assert signed_in.get("/v1/buyers").status_code == 401


def test_a_session_ends_with_the_secret_that_it_began_with(
    service: Service, browser: httpx.Client
) -> None:
    shown = {"Authorization": f"Bearer {service.keyring.operator}"}
    body = {"name": "rotated", "organisation": "press-desk", "roles": ["recorder"]}
    made = httpx.post(f"{service.url}/v1/keys", json=body, headers=shown).json()
    browser.post("/sign-in", data={"key": made["key"]}, headers=OWN)
    path = f"{service.url}/v1/keys/{made['id']}:rotate"
    httpx.post(path, json={"overlap_seconds": 3600}, headers=shown)
    assert browser.get("/v1/buyers").status_code == 200
    last = httpx.post(path, json={"overlap_seconds": 0}, headers=shown).json()
    assert browser.get("/v1/buyers").status_code == 401
    browser.post("/sign-in", data={"key": last["key"]}, headers=OWN)
    assert browser.get("/v1/buyers").status_code == 200


def test_a_session_does_not_help_a_wrong_bearer(signed_in: httpx.Client) -> None:
    wrong = {"Authorization": "Bearer clr_nobody_secret"}
    assert signed_in.get("/v1/buyers", headers=wrong).status_code == 401


def test_a_token_comes_in_and_its_rights_leave_a_record(
    service: Service, one_provider: Provider
) -> None:
    token = one_provider.token(sub="zhang")
    shown = {"Authorization": f"Bearer {token}"}
    own = httpx.get(f"{service.url}/v1/keys", headers=shown)
    assert own.status_code == 200, own.text
    (credential,) = own.json()["items"]
    assert credential["kind"] == "token"
    for _ in range(3):
        assert httpx.get(f"{service.url}/v1/buyers", headers=shown).status_code == 200
    operator = {"Authorization": f"Bearer {service.keyring.operator}"}
    path = f"{service.url}/v1/keys/{credential['id']}"
    (record,) = httpx.get(f"{path}/trail", headers=operator).json()["items"]
    assert (record["type"], record["organisation"]) == ("grant", "system:clearance")
    assert httpx.delete(path, headers=operator).status_code == 204
    assert httpx.get(f"{service.url}/v1/buyers", headers=shown).status_code == 401


def test_signing_in_at_the_provider_leads_into_the_service(
    service: Service, browser: httpx.Client
) -> None:
    there = browser.get("/sign-in/oidc")
    with httpx.Client() as elsewhere:
        back = elsewhere.get(there.headers["Location"])
    done = browser.get(back.headers["Location"])
    assert done.status_code == 303, done.text
    assert browser.get("/v1/procedures").status_code == 200


@pytest.mark.parametrize("path", ["checkpoint", "key", "tile/0/000.p/1"])
def test_a_log_that_is_not_public_takes_a_credential(
    service: Service, browser: httpx.Client, path: str
) -> None:
    assert browser.get(f"/log/{path}").status_code == 401
    shown = {"Authorization": f"Bearer {service.keyring.key(RECORDER)}"}
    answer = browser.get(f"/log/{path}", headers=shown)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"].startswith("private, ")
    assert answer.headers["Vary"] == "Authorization, Cookie"
