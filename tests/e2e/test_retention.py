"""A service whose records have moved to its log answers as it did before, to the byte."""

import time
from pathlib import Path
from typing import Any

import httpx
from redis import Redis

from tests.e2e.commands import PATIENCE, Service, run, running
from tests.e2e.http.journey import Application, opened, problem
from tests.e2e.http.people import actor
from workflow.log.directory import LogDirectory
from workflow.store.keys import Layout, feed

LENGTH = 14
"""Records of the application: its creation, its life, a note."""

Answer = tuple[int, str | None, bytes]


def client_of(service: Service) -> httpx.Client:
    return httpx.Client(base_url=service.url, auth=service.keyring, timeout=PATIENCE)


def told(client: httpx.Client, name: str) -> dict[str, Answer]:
    """What the service answers to everything that may be asked of an application."""
    path = f"/v1/applications/{name}"
    moment = client.get(f"{path}/trail/4").json()["recorded_at"]
    asked = [
        path,
        f"{path}/trail",
        f"{path}/trail?order=desc&limit=5",
        f"{path}/trail?type=note",
        *(f"{path}/trail/{seq}" for seq in range(1, LENGTH + 1)),
        f"{path}?as_of={moment}",
        f"{path}?known_at={moment}",
        f"{path}/allowed-events",
        "/v1/buyers",
        f"/v1/buyers?known_at={moment}",
        "/v1/applications?q=example",
        "/v1/trail?limit=20",
        "/v1/trail?type=approve",
    ]
    found = {one: client.get(one) for one in asked}
    for trail in (f"{path}/trail", "/v1/trail"):
        found[f"lines of {trail}"] = client.get(trail, headers={"Accept": "application/jsonl"})
    return {
        one: (answer.status_code, answer.headers.get("ETag"), answer.content)
        for one, answer in found.items()
    }


def verified(client: httpx.Client, name: str) -> dict[str, Any]:
    """How a trail is found to be, once the log has all of it; how far that goes by now, aside."""
    until = time.monotonic() + PATIENCE
    while True:
        answer = client.get(f"/v1/applications/{name}/trail:verify").json()
        size = answer["log"].pop("size")
        if answer["log"]["checked_to"] == answer["checked"]:
            assert size >= answer["checked"]
            return dict(answer)
        assert time.monotonic() < until, answer
        time.sleep(0.05)


def trail_in(folder: Path, name: str) -> list[bytes]:
    """An application's records as the database of a running service has them."""
    with Redis(unix_socket_path=str(folder / "valkey.sock")) as redis:
        found = redis.lrange(Layout().trail(f"application/{name}"), 0, -1)
    assert isinstance(found, list)
    return found


def moved(folder: Path, name: str) -> None:
    """Wait until nothing is left in the database."""
    until = time.monotonic() + PATIENCE
    while any(trail_in(folder, name)):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_service_answers_as_before(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running("serve", "--data", folder) as service, client_of(service) as client:
        application = opened(client).live("record_shipment")
        repeated = application.post("ndrc", "note", "the-key")
        before, sound = told(client, application.id), verified(client, application.id)
        assert (sound["ok"], sound["log"]["ok"], sound["checked"]) == (True, True, LENGTH)
        assert {status for status, _, _ in before.values()} == {200}
        assert service.stop()[0] == 0
    with running("serve", "--data", folder, CLEARANCE_LOG_HOT_DAYS="0") as service:
        moved(folder, application.id)
        with client_of(service) as client:
            assert told(client, application.id) == before
            assert verified(client, application.id) == sound
            assert client.get(f"{application.path}/trail/4/proof").status_code == 200
            again = Application(client, application.id)
            answer = again.post("ndrc", "note", "the-key")
            assert (answer.status_code, answer.json()) == (200, repeated.json())
            problem(
                again.post("ndrc", "grant_in_principle", "the-key"), 422, "idempotency-key-reused"
            )
            again.accept("ndrc", "note")
            assert verified(client, application.id)["ok"] is True
        assert service.stop()[0] == 0
    without_the_entries(folder, application.id)
    (folder / "log" / "tile").rename(folder / "gone")
    unable = run("serve", "--data", folder, "--port", "0")
    assert (unable.returncode, f"Restore {folder / 'log'}" in unable.stderr) == (1, True)
    assert "recover" not in unable.stderr


def without_the_entries(folder: Path, name: str) -> None:
    """What goes on where old records cannot be read, and who is told."""
    entries = folder / "log" / "tile" / "entries"
    with running("serve", "--data", folder) as service, client_of(service) as client:
        application = Application(client, name)
        assert application.records()
        client.get(application.path, headers=actor("rival"))  # that the key comes into the log now
        settled(folder)
        what_was_altered_is_not_told(client, application, entries)
        entries.rename(folder / "elsewhere")
        for form in ("application/json", "application/jsonl"):
            answer = client.get(f"{application.path}/trail", headers={"Accept": form})
            problem(answer, 503, "archive-unreadable")
        assert client.get(application.path).status_code == 200
        nothing_is_told(client, name)
        repeat = problem(application.post("ndrc", "note", "the-key"), 503, "archive-unreadable")
        assert ("same key" in repeat["detail"], "nothing" in repeat["detail"]) == (True, False)
        (line,) = client.get("/v1/buyers").json()["items"]
        assert (line["sources_unread"], line["application"]) == (True, name)
        (finding,) = client.get("/readyz").json()["findings"]
        assert finding.startswith("archive-unreadable: ")
        application.accept("ndrc", "note")
        code, errors = service.stop()
    told = [line for line in errors.splitlines() if '"level": "error"' in line]
    assert (code, len(told), str(entries) in told[0]) == (0, 1, True)


def what_was_altered_is_not_told(
    client: httpx.Client, application: Application, entries: Path
) -> None:
    """Of a record that is not the one of which the log has the hash."""
    path = f"{application.path}/trail/3"
    text = client.get(path).content.rstrip()
    files = {one: one.read_bytes() for one in entries.rglob("*") if one.is_file()}
    for file, raw in files.items():
        file.write_bytes(raw.replace(text, text.replace(b'"recorded_at":"2', b'"recorded_at":"3')))
    problem(client.get(path), 503, "archive-unreadable")
    assert client.get(f"{application.path}/trail/2").status_code == 200
    problem(client.get(f"{application.path}/trail:verify"), 503, "archive-unreadable")
    for file, raw in files.items():
        file.write_bytes(raw)
    assert client.get(path).content.rstrip() == text


def settled(folder: Path) -> None:
    """Wait until the log has every record: what is added later has whole bundles written anew."""
    log = LogDirectory(folder / "log")
    with Redis(unix_socket_path=str(folder / "valkey.sock")) as redis:
        until = time.monotonic() + PATIENCE
        while log.signed().size < sum(redis.xlen(feed(tag)) for tag in Layout().tags):
            assert time.monotonic() < until
            time.sleep(0.05)


def nothing_is_told(client: httpx.Client, hidden: str) -> None:
    """Whatever somebody asks of an application that does not concern them, the answer is that of
    one that there never was; also where its records cannot be read.
    """
    paths = client.get("/openapi.json").json()["paths"]
    about = "/v1/applications/{id}"
    asked = [one for one, ways in paths.items() if one.startswith(about) and "get" in ways]
    assert {about, f"{about}/trail/{{seq}}", f"{about}/trail/{{seq}}/proof"} <= set(asked)
    queries = ("", "?known_at=2026-01-01T00:00:00Z", "?order=desc", "?wait=1", "?lang=en")
    for path in (one.replace("{seq}", "2") + query for one in asked for query in queries):
        told = []
        for name in (hidden, "a" * len(hidden)):
            answer = client.get(path.replace("{id}", name), headers=actor("rival"))
            told.append((answer.status_code, answer.text.replace(name, "")))
        assert told[0] == told[1], path
        assert told[0][0] in {404, 422, 400}, (path, told)
