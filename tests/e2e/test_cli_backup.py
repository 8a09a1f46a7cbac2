"""`clearance backup`, `restore` and `doctor`, around a service."""

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.cli.diagnoses import told
from api.doctor.finding import Level
from api.doctor.setting import of_folder
from api.settings import Settings
from tests.e2e import undelivered
from tests.e2e.commands import CLEARANCE, Service, run, running
from tests.e2e.http.receiving import Receiver
from tests.e2e.test_cli_log import buyers, refused, register
from workflow.backup.restoring import MARK
from workflow.proof.keys import SignerKey


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().receiving() as found:
        yield found


LOOPBACK = {"CLEARANCE_WEBHOOK_NETWORKS": "127.0.0.0/8"}


def test_a_service_is_backed_up_while_it_runs_and_brought_back(
    tmp_path: Path, receiver: Receiver
) -> None:
    """With the messages that its webhooks have not taken."""
    data, other, file = tmp_path / "data", tmp_path / "other", tmp_path / "backup.zip"
    with running("serve", "--data", data, **LOOPBACK, CLEARANCE_WEBHOOKS="no") as service:
        register(service, "first")
        applications, tried = undelivered.queue(service, data, receiver)
        key = service.keyring.key()
        pages = documents(service, key)
        made = run("backup", file, "--data", data, "--json")
        assert (made.returncode, "keep it as" in made.stderr) == (0, True)
        size = json.loads(made.stdout)["size"]
        assert file.stat().st_mode & 0o777 == 0o600
        register(service, "second")
        lost = undelivered.lose(service, applications[0])
        waiting = undelivered.Undelivered(applications, tried, lost)
        examined = CliRunner().invoke(app, ["doctor", "--data", str(data), "--json"])
        found = {one["name"]: one["level"] for one in json.loads(examined.stdout)["findings"]}
        assert (examined.exit_code, set(found.values())) == (0, {"well"})
        assert found.keys() >= {"server-safe", "log-signed", "log-fits", "service-ready"}
        assert service.stop()[0] == 0
    proved = CliRunner().invoke(app, ["restore", str(file), "--check", "--json"])
    assert json.loads(proved.stdout) == json.loads(made.stdout)
    foreign = str(SignerKey.generate("example.org/log").verifier)
    unknown = CliRunner().invoke(app, ["restore", str(file), "--check", "--key", foreign])
    assert "checkpoint is not good" in str(unknown.exception)
    cut_short(file, other)
    said = asyncio.run(refused(other))
    assert ("cut short" in said, "clearance restore" in said) == (True, True)
    bad = [one for one in of_folder(Settings(data=other)) if one.level is Level.WRONG]
    assert ["恢复曾中断" in told(one).found.zh for one in bad] == [True]
    restored = run("restore", file, "--data", other, "--json")
    assert json.loads(restored.stdout) == {"size": size, "unsettled": [], "secretless": []}
    with running("serve", "--data", other, **LOOPBACK) as service:
        assert documents(service, key) == pages
        register(service, "third")
        assert {"first", "second", "third"} & {*buyers(service)} == {"first", "third"}
        undelivered.check_delivered(service, receiver, waiting)


def documents(service: Service, key: str) -> list[object]:
    """What it answers of what it holds, to whoever had a key before."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=service.url, headers=headers) as client:
        paths = ("/v1/buyers", "/v1/buyers/first", "/v1/keys")
        answers = [client.get(path) for path in paths]
        assert all(answer.is_success for answer in answers), answers
        keys: list[dict[str, object]] = answers.pop().json()["items"]
        return [*(answer.json() for answer in answers), [one["id"] for one in keys]]


def cut_short(file: Path, folder: Path) -> None:
    """A restore that is killed once it has begun to write."""
    command = [CLEARANCE, "restore", str(file), "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not (folder / MARK).exists():
        assert process.poll() is None
        assert time.monotonic() < until
    process.kill()
    process.wait()
    assert (folder / MARK).exists()
