"""`clearance journal`: shown, printed for programs, and written to a file for a spreadsheet."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from api.journal import FIELDS
from tests.e2e.cli.conftest import Command

ZED = ("--name", "zed", "--organisation", "audit", "--role", "auditor")


@pytest.fixture
def operator(clearance: Command, folder: Path) -> Command:
    """The command of whoever runs the service: the data folder is all they name."""
    plain = {n: v for n, v in clearance.environment.items() if not n.startswith("CLEARANCE_")}
    return replace(clearance, environment=plain | {"CLEARANCE_DATA": str(folder)})


def test_it_shows_the_newest_first(clearance: Command, operator: Command) -> None:
    refused = clearance("journal", code=3)
    assert "role-may-not" in refused.stderr
    operator("keys", "create", *ZED)
    shown = operator("journal", "--limit", "3").stdout
    for told in ("key made", "credential/k", "operator (system:clearance, operator)", "refused"):
        assert told in " ".join(shown.split())
    assert "创建密钥" in operator("journal", "--what", "key-made", "--lang", "zh").stdout
    found = operator.json("journal", "--limit", "2", "--what", "refused")["items"]
    assert found[0]["code"] == "role-may-not"
    assert found[0]["route"] == "/v1/journal"
    assert "invalid-request" in operator("journal", "--what", "nothing", code=2).stderr


def test_it_is_written_to_a_file_for_a_spreadsheet(operator: Command) -> None:
    written = operator("journal", "--oldest-first", "--csv", "journal.csv")
    content = (operator.folder / "journal.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == ["id", "recorded_at", *FIELDS]
    assert rows[0]["what"] == "key-made"
    assert f"{len(rows)} entries, in journal.csv." in written.stdout
    piped = operator("journal", "--what", "key-made", "--limit", "1", "--csv", "-").stdout
    assert piped.count("\n") == 2
