"""docs/webhooks.md: its receiver and its commands run as they stand there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.examples import BUYERS, CREATIONS
from tests.e2e.commands import CLEARANCE, PATIENCE, Service, running

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
LOOPBACK = {"CLEARANCE_WEBHOOK_NETWORKS": "127.0.0.0/8"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


class Shell:
    """What a reader types, in one session."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def type(self, block: str) -> str:
        """What the commands print; they must all succeed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{block}\nprintf '\\ntyped\\n'\n")
        self._process.stdin.flush()
        lines: list[str] = []
        while "typed\n" not in lines:
            lines.append(self._process.stdout.readline())
            assert lines[-1], f"it ended: {''.join(lines)}"
        return "".join(lines[:-1])


@contextmanager
def child(*command: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process in the reader's folder, whose output is read line by line."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={"PATH": f"{Path(CLEARANCE).parent}:{os.defpath}", "LANG": "C.UTF-8"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running("serve", "--data", tmp_path / "data", **LOOPBACK) as found:
        yield found


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


@pytest.mark.timeout(2 * PATIENCE)
def test_the_page_can_be_followed(service: Service, tmp_path: Path) -> None:
    (code,) = blocks("python")
    (tmp_path / "receiver.py").write_text(code, encoding="utf-8")
    make, try_out, narrow, rotate, post = blocks("bash")
    with (
        child(sys.executable, "-W", "error", "receiver.py", "0", folder=tmp_path) as receiver,
        child("bash", "-eu", folder=tmp_path) as process,
    ):
        port = line(receiver).removeprefix("listening on ")
        shell = Shell(process)
        shell.type(make.replace("9000", port))
        assert (tmp_path / "webhook.secret").read_text().startswith("whsec_")
        assert "ping" in shell.type(try_out)
        kind, webhook, _ = line(receiver).split()
        assert kind == "clearance.webhook.ping"
        application = _opened(service)
        assert line(receiver) == f"clearance.event.create {application} 1"
        assert webhook in shell.type(narrow)
        shell.type(rotate)
        shell.type('clearance webhooks ping "$id"')
        assert line(receiver).startswith("clearance.webhook.ping ")
        (tmp_path / "ann.key").write_text(service.keyring.key())
        posted = shell.type(f"url={service.url} app={application}\n{post}")
        assert '"id":"https://news.example/desk 7"' in posted
        forged = {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
        answer = httpx.post(f"http://127.0.0.1:{port}/", content=b"{}", headers=forged)
        assert answer.status_code == 400
        assert line(receiver).startswith("refused: ")


def _opened(service: Service) -> str:
    """An application that somebody enters."""
    with httpx.Client(base_url=service.url, auth=service.keyring) as client:
        body = CREATIONS["application"] | {"effective_at": None}
        client.put(f"/v1/buyers/{body['buyer']}", json=BUYERS["buyer"])
        answer = client.post("/v1/applications", json=body, headers={"Idempotency-Key": "k-1"})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["application"]["id"]
    return found
