"""The log over HTTP: what everybody may have, what auditors may, and what it proves."""

import json
import time
from http.client import HTTPConnection
from urllib.parse import quote

import httpx
import orjson
import pytest

from tests.e2e.http.journey import Application, in_the_log, opened, problem, proof_of
from tests.e2e.http.people import actor
from tests.keyring import NOBODY, Keyring
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import VerifierKey
from workflow.proof.merkle import leaf_hash
from workflow.proof.paths import TiledTree
from workflow.proof.tiles import decode_bundle, hash_tile_path, split, width_of
from workflow.proof.unsound import Unsound


@pytest.fixture(scope="module")
def logged(client: httpx.Client) -> Application:
    """An application with three records, all of them in the log."""
    return in_the_log(client)


@pytest.fixture(scope="module")
def keys(client: httpx.Client) -> list[VerifierKey]:
    """What the service says the log's keys are."""
    answer = client.get("/log/key", auth=NOBODY)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return [VerifierKey.parse(line) for line in answer.text.splitlines()]


def published(client: httpx.Client, keys: list[VerifierKey]) -> Checkpoint:
    return open_checkpoint(client.get("/log/checkpoint", auth=NOBODY).content, keys)[0]


def tile(client: httpx.Client, path: str) -> bytes | None:
    """A tile, as whoever has no credential gets it."""
    answer = client.get(f"/log/{path}", auth=NOBODY)
    assert answer.status_code in (200, 404)
    return answer.content if answer.status_code == 200 else None


def test_a_proof_verifies_with_the_key_alone(
    client: httpx.Client, logged: Application, keys: list[VerifierKey]
) -> None:
    for seq in (1, 2, 3):
        answer = proof_of(logged, seq)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        proof = InclusionProof.parse(answer.content)
        assert proof.extra is None
        record = client.get(f"{logged.path}/trail/{seq}").content
        assert proof.check(record, keys).origin == keys[0].name
        with pytest.raises(Unsound):
            proof.check(record.replace(b'"seq":', b'"seq": '), keys)


def test_a_proof_is_for_whoever_may_see_the_record(logged: Application) -> None:
    path = f"{logged.path}/trail/1/proof"
    assert logged.client.get(path, headers=actor("buyer")).status_code == 200
    problem(logged.client.get(path, headers=actor("rival")), 404, "unknown-record")
    problem(logged.client.get(path, auth=NOBODY), 401, "unauthenticated")
    problem(logged.client.get(f"{logged.path}/trail/4/proof"), 404, "unknown-record")
    problem(logged.client.get(f"{logged.path}/trail/0/proof"), 422, "invalid-request")


@pytest.mark.usefixtures("logged")
def test_anybody_can_compute_the_root(client: httpx.Client, keys: list[VerifierKey]) -> None:
    checkpoint = published(client, keys)
    tree = TiledTree(checkpoint.size, lambda path: tile(client, path))
    assert tree.root() == checkpoint.root
    assert tree.consistency(1)


@pytest.mark.usefixtures("logged")
def test_every_entry_is_a_leaf_and_auditors_have_them(
    client: httpx.Client, keys: list[VerifierKey]
) -> None:
    size = published(client, keys).size
    width = width_of(0, 0, size)
    path = hash_tile_path(0, 0, width).removeprefix("tile/0/")
    leaves = split(tile(client, f"tile/0/{path}") or b"")
    for who in ("auditor", "operator"):
        answer = client.get(f"/log/tile/entries/{path}", headers=actor(who))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("private, ")
        entries = decode_bundle(answer.content)
        assert [leaf_hash(entry) for entry in entries] == leaves
        assert orjson.loads(entries[0])["subject"].startswith("credential/")
    for who in ("recorder", "miit", "buyer"):
        answer = client.get(f"/log/tile/entries/{path}", headers=actor(who))
        problem(answer, 403, "role-may-not")


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("path", ["checkpoint", "key", "tile/0/000.p/1"])
def test_what_does_not_change_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(f"/log/{path}", auth=NOBODY)
    if path == "tile/0/000.p/1":
        assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    known = {"If-None-Match": first.headers["ETag"]}
    answer = client.get(f"/log/{path}", headers=known, auth=NOBODY)
    if path != "checkpoint" or answer.status_code == 304:
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]
    head = client.head(f"/log/{path}", auth=NOBODY)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        *("0/000.p/0", "0/000.p/256", "0/000.p/01", "0/00", "0/0000", "0/x000/000", "0/999"),
        *("64/000", "9/000", "-1/000", "00/000", "0/", "", "0", "e/000", "Entries/000"),
        *("0/../../checkpoint", "../checkpoint", "..%2F..%2Foperator.key", "0/%2e%2e/000"),
        *("./entries/000.p/1", "/entries/000.p/1", "0/000.p/1/", "0/000%00", "0/٠٠٠", "0/000.p"),
        "0/x001/x234/067",
    ],
)
def test_nothing_else_lies_there(url: str, keyring: Keyring, path: str) -> None:
    """Whatever is asked for, it is read as numbers or not at all."""
    connection = HTTPConnection(url.removeprefix("http://"))
    quoted = quote(path, safe="/.%")  # sent as it is: httpx would resolve the dots
    shown = {"Authorization": f"Bearer {keyring.operator}"}
    connection.request("GET", f"/log/tile/{quoted}", headers=shown)
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)["code"]) == (404, "not-found")
    connection.close()


@pytest.mark.usefixtures("logged")
def test_what_no_checkpoint_covers_is_not_there(
    client: httpx.Client, keys: list[VerifierKey]
) -> None:
    size = published(client, keys).size
    for path in (hash_tile_path(0, size // 256, 255), hash_tile_path(0, size // 256 + 9, 1)):
        assert tile(client, path) is None
    last = (size - 1) // 256
    assert tile(client, hash_tile_path(0, last, width_of(0, last, size))) is not None
    for width in range(1, width_of(0, last, size)):
        found = tile(client, hash_tile_path(0, last, width))
        assert found is None or len(found) == 32 * width, "there at that size, or not at all"


def test_only_reading_is_possible(client: httpx.Client) -> None:
    for path in ("checkpoint", "key", "tile/0/000"):
        problem(client.post(f"/log/{path}", auth=NOBODY), 405, "method-not-allowed")
        problem(client.get(f"/log/{path}?x=1", auth=NOBODY), 422, "invalid-request")


def test_the_trail_of_a_pool_is_proved_as_well(client: httpx.Client) -> None:
    claim = {"units": 5, "bound": "exactly", "buyers": ["example-cloud"], "evidence": []}
    pool = {"id": "log-pool", "title": {"en": "P", "zh": "额度"}, "claims": [claim]}
    opened(client)
    assert client.post("/v1/pools", json=pool, headers=actor("recorder")).status_code == 201
    path = "/v1/pools/log-pool/trail"
    record = client.get(f"{path}/1").content
    assert client.get(path).json()["items"] == [orjson.loads(record)]
    while client.get(f"{path}/1/proof").status_code == 404:
        time.sleep(0.02)
    keys = [VerifierKey.parse(line) for line in client.get("/log/key").text.splitlines()]
    InclusionProof.parse(client.get(f"{path}/1/proof").content).check(record, keys)
    found = client.get(f"{path}:verify").json()
    assert (found["ok"], found["checked"], found["log"]["checked_to"]) == (True, 1, 1)
    for place in (path, f"{path}/1", f"{path}/1/proof", f"{path}:verify"):
        for who in ("auditor", "operator", "miit", "recorder"):
            assert client.get(place, headers=actor(who)).status_code == 200
        problem(client.get(place, headers=actor("buyer")), 403, "role-may-not")
        other = place.replace("log-pool", "no-pool")
        problem(client.get(other, headers=actor("auditor")), 404, "unknown-pool")
    problem(client.get(f"{path}/2"), 404, "unknown-record")
    problem(client.get(f"{path}/2/proof"), 404, "unknown-record")
