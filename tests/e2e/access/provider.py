"""An identity provider on this machine: keys, tokens, and the authorization code flow."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "clearance"
CLIENT = "console"
CLIENT_SECRET = "a secret: with/signs"
SUBJECT = "li"
RIGHTS = {"organisation": "miit", "roles": ["officer"], "authorities": ["miit"]}

Answer = tuple[int, Mapping[str, str], bytes]


@cache
def key_of(kind: str, number: int = 0) -> Key:
    """A private key: `RSA`, a curve of EC, or Ed25519. `number` tells one from another."""
    del number
    if kind == "RSA":
        return RSAKey.generate_key(2048)
    if kind == "Ed25519":
        return OKPKey.generate_key("Ed25519")
    return ECKey.generate_key(kind)


def jwk_of(key: Key, **members: Any) -> dict[str, Any]:
    """How a key is published."""
    return {**key.as_dict(private=False), **members}


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def compact(header: bytes, payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    """A JWS in compact form (RFC 7515 section 7.1), whatever it says."""
    signed = f"{base64url(header)}.{base64url(payload)}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


def signer(key: Key, algorithm: str) -> Callable[[bytes], bytes]:
    return lambda content: JWSRegistry.algorithms[algorithm].sign(content, key)


class Provider:
    """What the provider says, and what it was asked. All of it may be changed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reset()

    def reset(self) -> None:
        self.keys: list[dict[str, Any]] = [jwk_of(key_of("P-256"), kid="k1", alg="ES256")]
        self.now: Callable[[], float] = time.time
        self.replies: dict[str, Answer] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.reached = threading.Event()
        self.pause = 0.0
        self.asked: list[str] = []
        self.told: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.in_id_token: dict[str, Any] = {}

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks"

    def fetches(self) -> int:
        """How often the keys were asked for."""
        return self.asked.count("/jwks")

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of a good token; None takes one away."""
        now = int(self.now())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": SUBJECT, "iat": now, "exp": now + 300}
        found = {**usual, **RIGHTS, **changed}
        return {name: value for name, value in found.items() if value is not None}

    def token(
        self,
        header: Mapping[str, Any] | None = None,
        key: Key | None = None,
        algorithm: str = "ES256",
        **changed: Any,
    ) -> str:
        """An access token, good unless something is changed; a header field of None is left out."""
        fields = {"alg": algorithm, "typ": "at+jwt", "kid": "k1", **(header or {})}
        fields = {name: value for name, value in fields.items() if value is not None}
        return compact(
            json.dumps(fields).encode(),
            json.dumps(self.claims(**changed)).encode(),
            signer(key or key_of("P-256"), algorithm),
        )

    def answer(self, path: str, query: str, form: dict[str, str], basic: str) -> Answer:
        self.asked.append(path)
        self.reached.set()
        self.gate.wait(10)
        if path in self.replies:
            return self.replies[path]
        if path == "/jwks":
            return 200, {}, json.dumps({"keys": self.keys}).encode()
        if path == "/authorize":
            return self._authorize({name: value[0] for name, value in parse_qs(query).items()})
        if path == "/token":
            self.told.append(form)
            return self._exchange(form, basic)
        return 404, {}, b"{}"

    def _authorize(self, asked: dict[str, str]) -> Answer:
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return 302, {"Location": f"{asked['redirect_uri']}?{back}"}, b""

    def _exchange(self, form: dict[str, str], basic: str) -> Answer:
        asked = self.codes.pop(form["code"], None)
        challenge = base64url(hashlib.sha256(form["code_verifier"].encode()).digest())
        wanted = base64.b64encode(f"{CLIENT}:a%20secret%3A%20with%2Fsigns".encode()).decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
            or basic != f"Basic {wanted}"
        ):
            return 400, {}, b'{"error":"invalid_grant"}'
        changed = {"aud": CLIENT, "nonce": asked["nonce"], **self.in_id_token}
        token = self.token({"typ": "JWT"}, **changed)
        return 200, {}, json.dumps({"id_token": token, "token_type": "Bearer"}).encode()


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers on a free port."""

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._reply({name: value[0] for name, value in parse_qs(content).items()})

        def log_message(self, *_: object) -> None:
            pass

        def _reply(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            basic = self.headers.get("Authorization", "")
            status, headers, content = provider.answer(parts.path, parts.query, form, basic)
            with suppress(ConnectionError):  # whoever asked may have gone
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                size = 10 if provider.pause else max(len(content), 1)
                for start in range(0, len(content), size):
                    self.wfile.write(content[start : start + size])
                    time.sleep(provider.pause)

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        server.daemon_threads = True
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
