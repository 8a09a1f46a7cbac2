"""How the command finds the service, what it says who it is, and how fast it begins."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Command
from tests.e2e.commands import CLEARANCE, running


def alone(clearance: Command) -> Command:
    """The command where no variable names a service."""
    plain = {n: v for n, v in clearance.environment.items() if n != "CLEARANCE_URL"}
    return replace(clearance, environment=plain)


def test_the_address_is_found_in_the_data_folder(
    clearance: Command, folder: Path, url: str
) -> None:
    assert (folder / "address").read_text() == f"{url}\n"
    command = alone(clearance)
    application = clearance.opened()
    command("status", application, "--data-folder", folder)
    command("status", application, CLEARANCE_DATA=str(folder))
    command("status", application, "--url", url, CLEARANCE_DATA="/nonexistent")
    wrong = "http://127.0.0.1:1"
    command("status", application, "--data-folder", folder, CLEARANCE_URL=wrong)


def test_the_usual_folders_are_looked_into(clearance: Command) -> None:
    command = alone(clearance)
    with running("serve", "--data", clearance.folder / "data"):
        assert command.json("list") == {"items": []}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_address_that_is_left_behind_misleads_nobody(
    clearance: Command, tmp_path: Path, number: signal.Signals
) -> None:
    data, command = tmp_path / "own", alone(clearance)
    with running("serve", "--data", data) as service:
        command("list", "--data-folder", data)
        service.stop(number)
    assert (data / "address").exists() == (number is signal.SIGKILL)
    told = command("list", "--data-folder", data, code=6).stderr
    assert f"no service runs on the data folder {data}" in told
    with running("serve", "--data", data):
        command("list", "--data-folder", data)


def test_the_actor_is_sent(clearance: Command) -> None:
    application = clearance.opened()
    posting = ("post", application, "note", "--data", "text=hi")
    done = clearance.json(*posting, "--actor", "chen;ndrc;officer;ndrc")
    assert done["record"]["principal"] == "chen"
    named = replace(
        clearance, environment=clearance.environment | {"CLEARANCE_ACTOR": "li;miit;officer;miit"}
    )
    assert named.json(*posting)["record"]["principal"] == "li"
    clearance(*posting, "--actor", "li;miit", code=3)


def test_something_else_at_the_address_is_told(clearance: Command, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>It works!</h1>")
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().split("port ")[1].split()[0]
        told = clearance("list", "--url", f"http://127.0.0.1:{port}", code=6).stderr
    finally:
        server.kill()
        server.communicate()
    assert "as no clearance service does" in told


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(clearance: Command, shell: str) -> None:
    script = clearance(
        "--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    ).stdout
    assert "_CLEARANCE_COMPLETE" in script


def test_a_word_is_completed(clearance: Command) -> None:
    told = clearance(
        _CLEARANCE_COMPLETE="complete_bash", COMP_WORDS="clearance procedure d", COMP_CWORD="2"
    )
    assert told.stdout.split() == ["diagram", "diff"]


def test_help_and_serve_do_not_wait_for_the_client() -> None:
    code = "import sys, api.cli; print(*sorted({'httpx', 'fastapi', 'pydantic'} & {*sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "\n"


def test_every_command_has_its_help() -> None:
    listed = subprocess.run(
        [CLEARANCE, "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = "apply post status list trail allowed buyers pools procedure import export verify"
    for command in (*commands.split(), "serve", "demo"):
        assert f" {command} " in listed
        shown = subprocess.run([CLEARANCE, command, "--help"], capture_output=True, check=False)
        assert shown.returncode == 0
