"""`clearance serve --procedures DIR`: the guide's automatic import licence, by a file alone."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.commands import PATIENCE, Service, run, running
from tests.e2e.test_cli_workers import alone, answer, eventually, workers_of
from tests.e2e.test_cli_workers import command as arguments_of
from tests.e2e.warm import Run
from tests.integration.store.servers import VALKEY
from tests.integration.store.servers import running as foreign
from tests.keyring import Keyring, principal
from tests.unit.automatic import FILE

BUYER = "example-cloud"
OFFICIAL = {
    "grade": "official_notice",
    "title": "A decision",
    "publisher": "MOFCOM",
    "published_at": "2026-01-30T00:00:00+08:00",
}
PEOPLE = {
    "buyer": f"ec;{BUYER};buyer",
    "mofcom": "lin;mofcom;officer;mofcom",
    "customs": "wu;customs;officer;customs",
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with the one file."""
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "automatic_import.yaml").write_text(FILE, encoding="utf-8")
    return folder


class Desk:
    """A buyer's application under the procedure, over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        name = {"name": {"en": "Example Cloud", "zh": "示例云"}}
        assert self.client.put(f"/v1/buyers/{BUYER}", json=name).is_success
        body = {
            "procedure": "automatic-import",
            "buyer": BUYER,
            "goods": {"item": "Servers", "units": None},
        }
        made = self._send("buyer", "/v1/applications", "create", body)
        assert made.status_code == 201, made.text
        self.path = f"/v1/applications/{made.json()['application']['id']}"

    def post(self, who: str, kind: str, key: str, **data: Any) -> httpx.Response:
        body = {"type": kind, "data": data, "evidence": [OFFICIAL]}
        return self._send(who, f"{self.path}/events", key, body)

    def accepted(self, who: str, kind: str, key: str = "", **data: Any) -> dict[str, Any]:
        answer = self.post(who, kind, key or kind, **data)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["application"]
        return found

    def _send(self, who: str, path: str, key: str, body: dict[str, Any]) -> httpx.Response:
        named = principal(PEOPLE[who]) | {"Idempotency-Key": key}
        return self.client.post(path, json=body, headers=named)


@contextmanager
def desk_at(service: Service, keyring: Keyring | None = None) -> Iterator[Desk]:
    """A desk at a running service; the keyring where its server is not in its data folder."""
    auth = keyring or service.keyring
    client = httpx.Client(base_url=service.url, auth=auth, trust_env=False)
    with client:
        yield Desk(client)


def test_one_file_is_all_that_a_new_procedure_takes(own: Path, tmp_path: Path) -> None:
    arguments = ("serve", "--data", tmp_path / "data", "--procedures", own)
    with running(*arguments) as service, desk_at(service) as desk:
        shown = desk.client.get("/v1/procedures/automatic-import/1").json()
        assert shown["licence"] == {"months": 6, "days": None, "max_uses": 6}
        desk.accepted("buyer", "declare_order", units=600)
        granted: dict[str, Any] = {"licence": "AUTO-1", "units": 600}
        long = desk.post("mofcom", "grant_licence", "long", **granted, max_uses=7)
        assert (long.status_code, long.json()["code"]) == (409, "beyond-uses")
        licence = desk.accepted("mofcom", "grant_licence", **granted)["licence"]
        assert licence["max_uses"] == 6
        for number in range(6):
            desk.accepted(
                "customs", "record_shipment", f"s{number}", shipment=f"s{number}", units=10
            )
        seventh = desk.post("customs", "record_shipment", "s6", shipment="s6", units=10)
        assert (seventh.status_code, seventh.json()["code"]) == (409, "uses-exhausted")
        told = desk.client.get(f"{desk.path}/allowed-events", headers=principal(PEOPLE["customs"]))
        refused = {one["type"]: one["refusals"] for one in told.json()["refused"]}
        (reason,) = refused["record_shipment"]
        assert reason["code"] == "uses-exhausted"
        assert reason["detail"]["en"]
        assert reason["detail"]["zh"]


def test_a_variable_does_and_each_process_of_several_has_it(own: Path, tmp_path: Path) -> None:
    folder = {"CLEARANCE_PROCEDURES": str(own)}
    arguments = ("serve", "--data", tmp_path / "data", "--workers", "2")
    with running(*arguments, **folder) as service, desk_at(service) as desk:
        for number in range(8):
            desk.accepted("buyer", "note", f"{number}", text="No comment.")
        command = ["worker", "--data", str(tmp_path / "data")]
        assert refusal_of_worker(command) == "automatic-import version 1 is missing"
        with_own = Run([*command, "--procedures", own])
        assert with_own.stdout is not None
        assert with_own.stdout.readline() == "clearance worker is ready\n"
        with_own.send_signal(signal.SIGTERM)
        assert with_own.wait(PATIENCE) == 0
        with_own.communicate()


def refusal_of_worker(command: list[str]) -> str:
    done = run(*command)
    assert done.returncode == 1
    return told_in(done.stderr)


def told_in(errors: str) -> str:
    """The one version that a service does not have as it was published."""
    (line,) = [line for line in errors.splitlines() if line.startswith("  - ")]
    return line.removeprefix("  - ")


def test_once_used_a_file_is_neither_changed_nor_taken_away(own: Path, tmp_path: Path) -> None:
    data, file = tmp_path / "data", own / "automatic_import.yaml"

    def start() -> "subprocess.CompletedProcess[str]":
        return run("serve", "--data", data, "--procedures", own, "--port", "0")

    changed = FILE.replace("max_uses: 6", "max_uses: 7")
    file.write_text(changed, encoding="utf-8")
    with running("serve", "--data", data, "--procedures", own) as service:
        with desk_at(service):
            pass
        assert service.stop()[0] == 0
    file.write_text(FILE, encoding="utf-8")
    refused = start()
    assert refused.returncode == 1
    assert told_in(refused.stderr) == "automatic-import version 1 has other rules now"
    assert "other rules are a new version" in refused.stderr
    file.unlink()
    assert told_in(start().stderr) == "automatic-import version 1 is missing"
    file.write_text(f"# Words change nothing.\n{changed}", encoding="utf-8")
    later = FILE.replace("\nversion: 1\n", "\nversion: 2\n")
    (own / "automatic_import_2.yaml").write_text(later, encoding="utf-8")
    with running("serve", "--data", data, "--procedures", own) as service:
        listed = httpx.get(f"{service.url}/v1/procedures", auth=service.keyring).json()["items"]
        versions = [one["version"] for one in listed if one["name"] == "automatic-import"]
        assert versions == [1, 2]


CHANGED = FILE.replace("max_uses: 6", "max_uses: 2")
"""The same version with other rules."""


def test_a_process_that_is_started_again_has_the_rules_of_the_others(
    own: Path, tmp_path: Path
) -> None:
    """The file was edited since; before anything was published, and with nobody to tell."""
    data, file = tmp_path / "data", own / "automatic_import.yaml"
    arguments = ("serve", "--data", data, "--procedures", own, "--workers", "2")
    with running(*arguments) as service:
        first = workers_of(service)
        file.write_text(CHANGED, encoding="utf-8")
        for child in first:
            os.kill(child, signal.SIGKILL)
        assert eventually(lambda: len(workers_of(service) - first) == 2)
        later = workers_of(service)
        assert eventually(lambda: answer(service))
        with desk_at(service) as desk:
            desk.accepted("buyer", "declare_order", units=600)
            licence = desk.accepted("mofcom", "grant_licence", licence="A-1", units=600)["licence"]
            assert licence["max_uses"] == 6
            for left in later:
                alone(service, left, later)
                with httpx.Client(base_url=service.url, trust_env=False) as client:
                    shown = client.get("/v1/procedures/automatic-import/1", auth=service.keyring)
                assert shown.json()["licence"]["max_uses"] == 6
        assert service.stop()[0] == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_with_other_rules_decides_nothing_and_ends(
    own: Path, tmp_path: Path, workers: str
) -> None:
    """It began before another one published the version."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.yaml").write_text(CHANGED, encoding="utf-8")
    with foreign(VALKEY, tmp_path / "server") as url:
        both = ("serve", "--data", tmp_path / "data", "--redis", url)
        right = (*both, "--procedures", own)
        wrong = (*both, "--procedures", tmp_path / "other", "--workers", workers)
        with running(*right) as service, running(*wrong) as late:
            keyring = Keyring(tmp_path / "data", lambda: service.url)
            with desk_at(service, keyring) as desk:
                desk.accepted("buyer", "note", text="No comment.")
                path = desk.path
            command = ["worker", "--data", str(tmp_path / "data"), "--redis", url]
            body = {"type": "declare_order", "data": {"units": 600}, "evidence": [OFFICIAL]}
            headers = principal(PEOPLE["buyer"]) | {"Idempotency-Key": "o"}
            children = workers_of(late)
            refused = httpx.post(
                f"{late.url}{path}/events", json=body, headers=headers, auth=keyring
            )
            assert (refused.status_code, refused.json()["code"]) == (409, "published-otherwise")
            _, errors = late.process.communicate(timeout=PATIENCE)
            assert late.process.returncode == 1
            assert "was published with other rules than this process has" in errors
            assert "Traceback" not in errors
            assert not any(map(arguments_of, children))
            again = run(*wrong, "--port", "0")
            assert told_in(again.stderr) == "automatic-import version 1 has other rules now"
            assert refusal_of_worker(command) == "automatic-import version 1 is missing"
            there = httpx.post(
                f"{service.url}{path}/events", json=body, headers=headers, auth=keyring
            )
            assert there.status_code == 201, there.text
            assert service.stop()[0] == 0


def test_a_folder_with_problems_stops_the_start_and_is_told(own: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (own / "automatic_import.yaml").write_text(FILE.replace("months: 6", "months: 0"), "utf-8")
    (own / "other.yaml").write_text("- 1\n", encoding="utf-8")
    refused = run("serve", "--data", data, "--procedures", own, "--port", "0")
    assert refused.returncode == 2
    assert "months: must be greater than or equal to 1" in refused.stderr
    assert f"{own}/other.yaml:1: a procedure file is a mapping" in refused.stderr
    missing = run("serve", "--data", data, "--procedures", tmp_path / "none", "--port", "0")
    assert (missing.returncode, "there is no such folder" in missing.stderr) == (2, True)
