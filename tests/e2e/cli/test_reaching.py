"""How the command finds the service, with which key it comes, and how fast it begins."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.cli.conftest import Command
from tests.e2e.commands import running


def alone(clearance: Command) -> Command:
    """The command where no variable names a service or a key."""
    plain = {n: v for n, v in clearance.environment.items() if not n.startswith("CLEARANCE_")}
    return replace(clearance, environment=plain)


def test_the_address_is_found_in_the_data_folder(
    clearance: Command, folder: Path, url: str
) -> None:
    assert (folder / "address").read_text() == f"{url}\n"
    command = alone(clearance)
    application = clearance.opened()
    command("status", application, "--data-folder", folder)
    command("status", application, CLEARANCE_DATA=str(folder))
    clearance("status", application, "--url", url, CLEARANCE_DATA="/nonexistent")
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


def test_the_key_is_sent_wherever_it_comes_from(
    clearance: Command, keys: Callable[[str], Path]
) -> None:
    posting = ("post", clearance.opened(), "note", "--data", "text=hi")
    officer = keys("chen;ndrc;officer;ndrc")
    own, other = clearance.environment["CLEARANCE_API_KEY_FILE"], officer.read_text()
    for options, variables, given in (
        (("--api-key-file", officer), {}, None),
        (("--api-key-file", "-"), {}, other),
        (("--api-key", other.strip()), {}, None),
        ((), {"CLEARANCE_API_KEY_FILE": str(officer)}, None),
        ((), {"CLEARANCE_API_KEY_FILE": own, "CLEARANCE_API_KEY": other.strip()}, None),
    ):
        told = clearance(*posting, "--json", *options, code=0, given=given, **variables).stdout
        assert json.loads(told)["record"]["principal"] == "chen"
    assert clearance.json(*posting)["record"]["principal"] == "local"


def test_the_operator_of_this_machine_is_known_by_the_data_folder(
    clearance: Command, folder: Path, url: str
) -> None:
    command, application = alone(clearance), clearance.opened()
    command("status", application, "--data-folder", folder)
    command("status", application, "--url", url, "--data-folder", folder)
    note = ("post", application, "note", "--data", "text=hi", "--data-folder", folder)
    told = command(*note, code=3).stderr
    assert "Refused: role-may-not" in told, "who runs the service does not decide"
    assert f"The key came from {folder}/operator.key" in told
    told = command("status", application, "--url", url, CLEARANCE_DATA=str(folder), code=3).stderr
    assert "No key was sent" in told


def test_who_has_no_good_key_is_told_where_one_comes_from(clearance: Command, url: str) -> None:
    command, reach = alone(clearance), ("list", "--url", url)
    told = command(*reach, code=3).stderr
    assert "Refused: unauthenticated" in told
    assert "--api-key-file FILE" in told
    assert "clearance keys create" in told
    assert (
        "密钥由运维人员以 clearance keys create 创建"
        in command(*reach, "--lang", "zh", code=3).stderr
    )
    wrong = clearance.folder / "wrong.key"
    wrong.write_text(f"clr_k123456789012345_{'a' * 43}\n")
    told = command(*reach, "--api-key-file", wrong, code=3).stderr
    assert "Refused: invalid-credential" in told
    assert f"The key came from {wrong}" in told
    assert "aaaa" not in told
    assert command.json(*reach, code=3)["code"] == "unauthenticated"


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


class Busy(BaseHTTPRequestHandler):
    """Answers that it is asked too often."""

    def do_GET(self) -> None:
        self.send_response(429)
        self.send_header("Retry-After", "60")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not to the test's standard error."""


def test_who_asks_too_often_is_told_so(clearance: Command) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        reach = ("list", "--url", f"http://127.0.0.1:{server.server_port}")
        assert "too many requests" in clearance(*reach, code=6).stderr
        assert "请求过多" in clearance(*reach, "--lang", "zh", code=6).stderr
        server.shutdown()


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


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("post app gr", ["grant_in_principle"]),
        ("post app note --as m", ["miit", "mofcom"]),
        ("list --state lic", ["licensed"]),
        ("list --waiting-on b", ["bis", "buyer"]),
        ("trail app --type iss", ["issue_licence"]),
        ("apply --procedure h2", ["h200-import"]),
        ("procedure show h2", ["h200-import", "h200-import/1"]),
    ],
)
def test_the_words_of_the_procedures_are_completed_without_a_service(
    clearance: Command, words: str, offered: list[str]
) -> None:
    place = str(len(words.split()))
    told = alone(clearance)(
        _CLEARANCE_COMPLETE="complete_bash", COMP_WORDS=f"clearance {words}", COMP_CWORD=place
    )
    assert told.stdout.split() == offered


def test_it_tells_its_version(clearance: Command) -> None:
    assert clearance("--version").stdout == f"clearance {version('clearance')}\n"


def test_who_finds_no_service_at_the_usual_place_is_told_how_to_name_one(
    clearance: Command,
) -> None:
    with socket.socket() as taken:  # the usual port, so that nobody answers there
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 8000))
        command, short = alone(clearance), ("--patience", "0.3")
        told = command("list", *short, code=6).stderr
        assert "export CLEARANCE_URL=http://127.0.0.1:PORT" in told
        assert "--data-folder DIR" in told
        assert "export CLEARANCE_URL=" in command("list", *short, "--lang", "zh", code=6).stderr
    named = command("list", *short, "--url", "http://127.0.0.1:1", code=6).stderr
    assert "export" not in named


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("post", "app", "--file", "missing.json"), 2, "unusable"),
        (("post", "app", "note", "--data", "x"), 2, "unusable"),
        (("post", "app", "note", "--unknown"), 2, "unusable"),
        (("post",), 2, "unusable"),
        (("apply",), 2, "unusable"),
        (("import", "missing.jsonl"), 2, "unusable"),
        (("verify", "missing.jsonl"), 2, "unusable"),
        (("export", "none", "no/such/folder"), 4, "unknown-application"),
        (("procedure", "show", "nothing"), 4, "not-found"),
        (("procedure", "show", "missing.yaml"), 2, "unusable"),
        (("procedure", "diagram", "h200-import", "--state", "nowhere"), 4, "not-found"),
        (("status", "none"), 4, "unknown-application"),
        (("list", "--url", "http://127.0.0.1:1", "--patience", "0.3"), 6, "unavailable"),
        (("list", "--data-folder", "nowhere"), 6, "unavailable"),
        (("list", "--url", "nonsense"), 2, "unusable"),
    ],
    ids=str,
)
def test_a_program_is_told_of_every_failure_in_one_object(
    clearance: Command, arguments: tuple[str, ...], code: int, named: str
) -> None:
    told = clearance.json(*arguments, code=code)
    assert told["code"] == named
    assert told["detail"]
    assert told["detail_zh"]


def test_a_program_is_told_the_key_that_settles_what_was_lost(clearance: Command) -> None:
    away = ("--url", "http://127.0.0.1:1", "--patience", "0.3", "--key", "k9")
    told = clearance.json("post", "app", "note", "--data", "text=hi", *away, code=6)
    assert told["key"] == "k9"


@pytest.mark.parametrize(
    ("arguments", "chinese"),
    [
        (("post", "app", "--file", "missing.json"), "无法读取 missing.json：没有这个文件或目录。"),
        (("post", "app", "note", "--data", "x"), "x 不是 NAME=VALUE 的形式。"),
        (("procedure", "show", "nothing"), "本机没有程序 nothing；现有 h200-import/1"),
    ],
    ids=str,
)
def test_failures_are_told_in_the_language_that_was_asked_for(
    clearance: Command, arguments: tuple[str, ...], chinese: str
) -> None:
    code = 4 if "nothing" in arguments else 2
    assert chinese in clearance(*arguments, "--lang", "zh", code=code).stderr
    assert chinese in clearance(*arguments, code=code, LANG="zh_CN.UTF-8").stderr


def test_help_is_told_in_the_language_that_was_asked_for(clearance: Command) -> None:
    for shown in (
        clearance("post", "--help", "--lang", "zh").stdout,
        clearance("post", "--help", LANG="zh_CN.UTF-8").stdout,
    ):
        assert "作出行为的机关" in shown
        assert "The authority" not in shown
    assert "--title, --publisher" in clearance("post", "--help", COLUMNS="200").stdout
