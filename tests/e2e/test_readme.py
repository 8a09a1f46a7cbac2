"""The READMEs' commands, in both languages, run as they stand there against empty services."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.commands import CLEARANCE, READY, running, servers_of
from tests.e2e.conftest import LAST_LINE
from tests.integration.store.servers import VALKEY
from tests.integration.store.servers import running as foreign

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
RECORD = re.compile(r'^\{"record":.*', re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[str]:
    return re.findall(r"```bash\n(.*?)```", read(name), re.DOTALL)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What every block prints, in one shell beside a service."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "workflow").symlink_to(ROOT / "workflow")
    with running("serve", "--data", folder / "data") as service:
        script = "\n".join(blocks("README.md")).replace("http://127.0.0.1:8000", service.url)
        done = subprocess.run(
            ["/bin/bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert "current state" in (folder / "procedure.svg").read_text(encoding="utf-8")
    return done.stdout.decode()


def test_a_newcomer_takes_one_buyer_from_submission_to_shipment(printed: str) -> None:
    assert '"state":"shipped","entered_at"' in printed
    assert "\n304\n" in printed
    assert '"ok":true,"checked":13' in printed
    assert "OK: 13 records" in printed
    assert "BAD: record 3: the hash does not fit the content" in printed
    assert "found, exit status 1" in printed
    assert '"code":"transition-not-allowed"' in printed
    assert '{"type":"note","authority":' in printed


def test_the_same_key_again_gives_the_same_record(printed: str) -> None:
    records = [json.loads(line)["record"] for line in RECORD.findall(printed)]
    # k1 to k4, k4 again, k5 to k12, what k14 would make, and k15.
    assert [record["seq"] for record in records] == [2, 3, 4, 5, *range(5, 15), 14]
    assert records[3] == records[4]


def test_what_was_told_wrong_is_corrected_and_the_past_has_two_answers(printed: str) -> None:
    bodies = [json.loads(line) for line in printed.splitlines() if line.startswith('{"id":')]
    known, true = (body for body in bodies if "as_of" in body)
    assert (known["state"], known["licence"]["balance"]) == ("shipped", 0)
    assert (true["state"], true["licence"]["balance"]) == ("licensed", 45_000)
    overview = next(line for line in printed.splitlines() if line.startswith('{"items":[{"buyer"'))
    (row,) = json.loads(overview)["items"]
    assert (row["state"], row["units"]["shipped"]) == ("shipped", 50_000)


def test_a_change_of_law_is_tried_before_it_is_published(printed: str) -> None:
    assert re.search(r"changed +│ events +│ declare_order.reason_required │ false +│ true", printed)
    assert "│ licensed " in printed
    assert "3 declare_order: This" in printed
    assert "Licence: MOFCOM-2026-0001" in printed
    told = " ".join(printed.split())
    assert (
        "1 applications replayed: 1 would stand elsewhere, 0 gates, 1 licences and 0 draws" in told
    )
    assert "4 records would be refused" in told


@pytest.mark.parametrize("name", READMES)
def test_the_transition_is_explained_as_it_is(printed: str, name: str) -> None:
    made = [json.loads(line) for line in RECORD.findall(printed)]
    before, after = made[2]["record"], made[3]["record"]
    line = RECORD.findall(printed)[3]
    quoted = re.findall(r'`("[^`]+)`', read(name))
    assert len(quoted) == 4
    for words in quoted:
        assert words in line, words
    assert (after["seq"], made[3]["application"]["version"]) == (5, 5)
    assert (after["principal"], after["authority"], after["role"]) == ("wang", "mofcom", "officer")
    assert after["prev"] == before["hash"]
    assert "/votes/approve/mofcom" in after["changes"]["set"]
    assert made[2]["application"]["state"] == "in_principle"


def test_both_languages_have_the_same_commands_files_and_addresses() -> None:
    assert blocks("README.md") == blocks("README.zh-CN.md")
    english, chinese = (
        {*re.findall(r"`([^`\n]+)`", read(name)), *re.findall(r"^    (\S.*?)  ", read(name), re.M)}
        for name in READMES
    )
    assert english == chinese


def words(command: str, filled: dict[str, str]) -> list[str]:
    """A command of the README, its placeholders filled."""
    assert f"`{command}`" in read("README.md")
    assert filled.keys() < set(re.findall(r"[\w/]+", command))
    for name, value in filled.items():
        command = command.replace(name, value)
    return shlex.split(command)


def test_the_commands_for_an_empty_service_start_one(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    own = words(".venv/bin/clearance serve --data DIR --port N", {"DIR": folder, "N": "0"})
    with running(*own[1:]) as service:
        found = httpx.get(f"{service.url}/v1/buyers", auth=service.keyring)
        assert found.json()["items"] == []
        assert len(servers_of(tmp_path / "data")) == 1
    with foreign(VALKEY, tmp_path / "server") as server:
        elsewhere = words(
            ".venv/bin/clearance serve --data DIR --redis URL",
            {"URL": server, "DIR": str(tmp_path / "other")},
        )
        with running(*elsewhere[1:]) as service:
            assert httpx.get(f"{service.url}/readyz").status_code == 200


def test_make_demo_starts_where_it_is_told_and_the_command_finds_it(tmp_path: Path) -> None:
    told = {"8123": "0", "/some/folder": str(tmp_path / "kept")}
    make, *rest = words("make demo PORT=8123 DATA=/some/folder", told)
    # What runs the tests is installed already.
    here = ["--old-file=.venv/.installed", f"BIN={Path(CLEARANCE).parent}"]
    here.append("--no-print-directory")  # as it does below another make
    process = subprocess.Popen(
        [make, *here, *rest],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        ready = READY.fullmatch(process.stdout.readline())
        assert ready
        assert ready[2] == told["/some/folder"]
        while LAST_LINE not in (line := process.stdout.readline()):
            assert line, "it ended"
        assert "`export CLEARANCE_DATA=/some/folder`" in read("README.md")
        found = subprocess.run(
            [CLEARANCE, "buyers"],
            env=os.environ | {"CLEARANCE_DATA": ready[2]},
            cwd=tmp_path,
            capture_output=True,
            check=True,
            timeout=30,
        )
        assert "DeepSeek" in found.stdout.decode()
    finally:
        os.killpg(process.pid, signal.SIGINT)  # Ctrl-C
        process.wait(timeout=30)
        process.stdout.close()
    assert not servers_of(tmp_path / "kept")
