"""A run of the service in which every kind of secret is made, used, mistyped and ended."""

import asyncio
import secrets
import socket
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from api.examples import CREATIONS
from api.sessions import Sessions
from tests.e2e.access.keeping import Run, bearer
from tests.e2e.access.provider import key_of
from tests.e2e.commands import PATIENCE
from tests.e2e.http.journey import new_key
from workflow.store import SessionStore, connect

OWN = {"Sec-Fetch-Site": "same-origin"}


def everything(run: Run) -> None:
    """All of it, and that each step went as it should."""
    run.made("password", run.password)
    run.made("operator's key", run.operator.split("_", 2)[2])
    make_keys(run)
    make_webhook(run)
    mistype(run)
    misplace(run)
    leave_words(run)
    sign_in(run)
    sign_in_by_link(run)
    show_tokens(run)
    come_from_provider(run)
    send_nonsense(run)
    trouble_database(run)
    read_journal(run)


def make_keys(run: Run) -> None:
    """Keys made, asked for again, rotated by the operator and by their holders, revoked."""
    with run.browser(1) as client:

        def make(role: str, **more: Any) -> tuple[str, str]:
            body = {"name": new_key(role), "organisation": "secrets", "roles": [role], **more}
            headers = bearer(run.operator) | {"Idempotency-Key": new_key()}
            first = client.post("/v1/keys", json=body, headers=headers)
            again = client.post("/v1/keys", json=body, headers=headers)
            assert (first.status_code, again.status_code) == (201, 200)
            return first.json()["id"], first.json()["key"]

        run.keys |= {role: make(role)[1] for role in ("buyer", "recorder", "auditor", "operator")}
        run.keys["blind"] = make("auditor", scopes=["post"])[1]
        identifier, own = make("recorder")
        path = f"/v1/keys/{identifier}"
        assert client.post(f"{path}:rotate", headers=bearer(own)).is_success
        at_once = {"overlap_seconds": 0}
        renewed = client.post(f"{path}:rotate", json=at_once, headers=bearer(run.operator))
        assert client.delete(path, headers=bearer(run.operator)).is_success
        for key in (own, renewed.json()["key"]):
            assert client.get("/v1/buyers", headers=bearer(key)).status_code == 401
        for asked in ("/v1/keys", path, f"{path}/trail"):
            assert client.get(asked, headers=bearer(run.operator)).is_success


def make_webhook(run: Run) -> None:
    """A webhook whose one message is signed and cannot be sent; its secrets shown, and asked for
    again; its end.
    """
    with run.browser(12) as client:
        headers = bearer(run.keys["buyer"]) | {"Idempotency-Key": new_key()}
        body = {"url": "http://127.0.0.1:1/", "types": ["revoke"]}
        first = client.post("/v1/webhooks", json=body, headers=headers)
        again = client.post("/v1/webhooks", json=body, headers=headers)
        assert (first.status_code, again.status_code) == (201, 200)
        path, headers = f"/v1/webhooks/{first.json()['id']}", bearer(run.keys["buyer"])
        assert client.post(f"{path}:rotate", headers=headers).is_success
        assert client.post(f"{path}:ping", headers=headers).is_success
        dead = f"{path}/deliveries?status=dead"
        while not client.get(dead, headers=headers).json()["items"]:
            time.sleep(0.05)
        assert client.patch(path, json={"types": []}, headers=headers).is_success
        for asked in ("/v1/webhooks", path, f"{path}/trail"):
            assert client.get(asked, headers=headers).is_success
        assert client.delete(path, headers=headers).status_code == 204


def mistype(run: Run) -> None:
    """Keys that are nearly right, until the address is told to wait."""
    _, identifier, secret = run.keys["recorder"].split("_", 2)
    wrong = secret[::-1]
    run.made("mistyped key", wrong)
    with run.browser(2) as client:
        for shown in (
            f"Bearer clr_{identifier}_{wrong}",
            f"Bearer clr_{wrong}_{identifier}",
            f"Bearer {wrong}",
            f"Basic {wrong}",
            f"Bearer\t{wrong} {wrong}",
        ):
            answer = client.get("/v1/buyers", headers={"Authorization": shown})
            assert answer.status_code == 401, shown
        headers = bearer(f"clr_{identifier}_{wrong}")
        codes = {client.get("/v1/nothing", headers=headers).status_code for _ in range(20)}
        assert codes == {401, 429}


def misplace(run: Run) -> None:
    """A good key where an id belongs, or a field of a body; whatever the answer is."""
    key = run.keys["recorder"]
    with run.browser(3) as client:
        for method, path in (
            ("GET", f"/v1/keys/{key}"),
            ("DELETE", f"/v1/keys/{key}"),
            ("POST", f"/v1/keys/{key}:rotate"),
            ("GET", f"/v1/applications/{key}"),
            ("GET", f"/v1/buyers?cursor={key}"),
            ("GET", f"/{key}"),
            ("GET", f"/sign-in/link/{key}"),
        ):
            for shown in (run.keys["recorder"], run.keys["blind"]):
                headers = bearer(shown) | {"User-Agent": f"tool/1 {key}"}
                answer = client.request(method, path, headers=headers)
                assert answer.is_client_error, path
        body = {"name": key, "organisation": key, "roles": [key], "expires_at": key}
        for sent in (body, [key], key):
            answer = client.post("/v1/keys", json=sent, headers=bearer(run.keys["operator"]))
            assert answer.status_code == 422


def leave_words(run: Run) -> None:
    """The word that is no secret, in what is stored, answered and logged."""
    with run.browser(4) as client:
        name = {"name": {"en": run.word, "zh": "名"}}
        path, headers = "/v1/buyers/secrets", bearer(run.keys["recorder"])
        assert client.put(path, json=name, headers=headers).is_success
        body = CREATIONS["application"] | {"buyer": "secrets", "effective_at": None}
        headers = bearer(run.keys["buyer"]) | {"Idempotency-Key": new_key()}
        assert client.post("/v1/applications", json=body, headers=headers).status_code == 201
        path, headers = f"/v1/applications/{run.word}", bearer(run.keys["blind"])
        assert client.get(path, headers=headers).status_code == 403


def sign_in(run: Run) -> None:
    """With a wrong key and a right one; the session used, ended, and shown after its end."""
    wrong = secrets.token_urlsafe(32)
    run.made("wrong key at the sign-in", wrong)
    with run.browser(5) as browser:
        form = {"key": f"clr_x_{wrong}"}
        assert browser.post("/sign-in", data=form, headers=OWN).status_code == 401
        form = {"key": run.keys["recorder"], "next": "/docs"}
        assert browser.post("/sign-in", data=form, headers=OWN).status_code == 303
        session = browser.cookies["clearance-session"]
        run.made("session", session)
        assert browser.get("/v1/buyers").status_code == 200
        cross = {"Sec-Fetch-Site": "cross-site"}
        assert browser.post("/v1/keys", json={}, headers=cross).status_code == 403
        assert browser.post("/sign-out", headers=OWN).status_code == 303
        shown = {"Cookie": f"clearance-session={session}"}
        assert browser.get("/v1/buyers", headers=shown).status_code == 401


def sign_in_by_link(run: Run) -> None:
    """A link used twice."""

    async def make() -> str:
        client = connect(run.reached)
        store = SessionStore(client)
        try:
            return await Sessions(store).make_link(run.keys["recorder"].split("_")[1])
        finally:
            await store.close()
            await client.aclose()

    link = asyncio.run(make())
    run.made("link", link)
    with run.browser(6) as browser:
        assert browser.get(f"/sign-in/link/{link}").status_code == 303
        run.made("session of the link", browser.cookies["clearance-session"])
        assert browser.get("/v1/buyers").status_code == 200
        assert browser.get(f"/sign-in/link/{link}").status_code == 401


def show_tokens(run: Run) -> None:
    """Tokens good and bad."""
    made, forged = run.provider.token, run.provider.token(key=key_of("P-256", 1))
    good, foreign, unknown = made(), made(aud="another"), made({"kid": "k2"})
    with run.browser(7) as client:
        for token, status in ((good, 200), (foreign, 401), (forged, 401), (unknown, 401)):
            run.made(f"token {len(run.secrets)}", token.rpartition(".")[2])
            assert client.get("/v1/buyers", headers=bearer(token)).status_code == status


def come_from_provider(run: Run) -> None:
    """The authorization code flow to its end, and with a code that is none."""
    with run.browser(8) as browser:
        for broken in ("", "x"):
            there = browser.get("/sign-in/oidc").headers["Location"]
            run.made(f"attempt {broken}", browser.cookies["clearance-sign-in"].partition("/")[0])
            back = httpx.get(there).headers["Location"]
            run.made(f"code {broken}", parse_qs(urlsplit(back).query)["code"][0])
            answer = browser.get(back.replace("code=", f"code={broken}"))
            assert answer.status_code == (401 if broken else 303), answer.text
            run.made(f"verifier {broken}", run.provider.told[-1]["code_verifier"])
        run.made("session by the provider", browser.cookies["clearance-session"])
        assert browser.get("/v1/buyers").status_code == 200


def send_nonsense(run: Run) -> None:
    """Requests that are none, each with a good key."""
    key = run.keys["recorder"]
    shown = f"Authorization: Bearer {key}\r\n".encode()
    for status, request in (
        (b"400", b"GET / HTTP/1.1\r\nHost: localhost\r\n" + shown + b"bad header\0\r\n\r\n"),
        (b"421", b"GET / HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n" + shown + b"\r\n"),
        (b"400", b"NONSENSE " + key.encode() + b"\r\n\r\n"),
        (
            b"431",
            b"GET / HTTP/1.1\r\nConnection: close\r\n"
            + shown
            + b"X: "
            + b"x" * 100_000
            + b"\r\n\r\n",
        ),
    ):
        assert _raw(run, request).startswith(b"HTTP/1.1 " + status), status
    headers = bearer(key) | {"Content-Type": "application/json"}
    with run.browser(9) as client:
        body = b'{"x": ' + key.encode()
        answer = client.post("/v1/applications", content=body, headers=headers)
        assert answer.status_code == 400


def trouble_database(run: Run) -> None:
    """The database cut off, locked, and damaged, so that the service itself fails."""
    redis, key = run.redis, run.keys["auditor"]
    (name,) = redis.keys(f"*d:credential/{key.split('_')[1]}")
    sound = redis.get(name)
    assert sound is not None
    with run.browser(10) as client:

        def asked(shown: str) -> int:
            return client.get("/v1/keys", headers=bearer(shown)).status_code

        redis.set(name, b"damaged")
        assert asked(key) == 500
        redis.set(name, sound)
        assert asked(key) == 200
        redis.client_kill_filter(_type="normal", skipme=True)
        assert asked(run.operator) == 200
        redis.config_set("requirepass", "another")
        redis.client_kill_filter(_type="normal", skipme=True)
        assert asked(run.operator) == 503
        redis.config_set("requirepass", run.password)
        assert asked(run.operator) == 200


def read_journal(run: Run) -> None:
    """What the service has noted of all this, in each form."""
    with run.browser(11) as client:
        for form in ("application/json", "application/jsonl", "text/csv"):
            headers = bearer(run.keys["auditor"]) | {"Accept": form}
            assert client.get("/v1/journal", headers=headers).is_success


def _raw(run: Run, request: bytes) -> bytes:
    """The answer to bytes that no client would send."""
    port = urlsplit(run.url).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    run.places[f"answer: {len(run.places)} to nonsense"] = received
    return received
