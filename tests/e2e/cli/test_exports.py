"""Tables, dossiers and searches on the command line."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from api.client import expect
from tests.e2e.cli.conftest import Command
from tests.e2e.cli.test_trails import left_in


@pytest.fixture
def application(clearance: Command) -> str:
    """An application with four records."""
    identifier = clearance.opened()
    for number in range(3):
        data = {"text": f"note {number}"}
        expect(clearance.client.post(identifier, {"type": "note", "data": data}))
    return identifier


def test_a_table_is_verified_as_well(clearance: Command, application: str) -> None:
    head = expect(clearance.client.application(application)).value.head
    told = clearance.json("export", application, "trail.csv")
    assert told == {"file": "trail.csv", "records": 4, "head": head, "verified": True}
    text = (clearance.folder / "trail.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[3] for row in rows] == ["Record", "1", "2", "3", "4"]
    assert rows[-1][-1] == head
    clearance("export", application, "zh.csv", "--lang", "zh")
    assert "序号" in (clearance.folder / "zh.csv").read_text(encoding="utf-8-sig")
    clearance("export", application, "book.bin", "--format", "xlsx")
    with zipfile.ZipFile(clearance.folder / "book.bin") as archive:
        assert head.encode() in archive.read("xl/worksheets/sheet1.xml")


def test_a_dossier_is_one_of_one_application(clearance: Command, application: str) -> None:
    told = clearance.json("export", application, "dossier.pdf")
    content = (clearance.folder / "dossier.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert told == {"file": "dossier.pdf", "bytes": len(content)}
    for arguments in (("-", "all.pdf"), (application, "part.pdf", "--type", "note")):
        told = clearance.json("export", *arguments, code=2)
        assert told["detail"] == "A dossier is of one application, and of all its records."
    clearance("export", "nothing", "no.pdf", code=4)
    assert "--format names one" in clearance("export", application, "x.foo", code=2).stderr
    assert left_in(clearance.folder) == ["dossier.pdf"]


def test_all_that_one_sees_is_exported_and_shown(clearance: Command, application: str) -> None:
    told = clearance.json("export", "-", "all.jsonl", "--type", "note")
    lines = (clearance.folder / "all.jsonl").read_bytes().splitlines()
    assert (told["records"], told["verified"], told["head"]) == (len(lines), False, "")
    assert sum(application.encode() in line for line in lines) == 3
    found = clearance.json("trail", "--limit", "3")["items"]
    assert [record["seq"] for record in found] == [4, 3, 2]
    assert application in clearance("trail", "--limit", "3").stdout
    assert "--limit N" in clearance("trail", "--limit", "3").stderr
    buyer = expect(clearance.client.application(application)).value.buyer
    narrowed = clearance.json("trail", "--buyer", buyer, "--standing", "confirmed")["items"]
    assert all(record["standing"] == "confirmed" for record in narrowed)
    clearance("trail", "--seq", "1", code=2)
    clearance("trail", application, "--buyer", buyer, code=2)


def test_the_client_downloads_what_the_service_writes(
    clearance: Command, application: str, tmp_path: Path
) -> None:
    client = clearance.client
    table = b"".join(client.download("csv", application, language="zh", type="note"))
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["序号", "2", "3", "4"]
    everything = b"".join(client.download("xlsx"))
    with zipfile.ZipFile(io.BytesIO(everything)) as archive:
        assert application.encode() in archive.read("xl/worksheets/sheet1.xml")
    assert b"".join(client.download("pdf", application)).startswith(b"%PDF-")
    seqs = [one.seq for one in client.search_trail(application=application, newest_first=False)]
    assert seqs == [1, 2, 3, 4]
    assert len(list(client.export_search(application=application, page=2))) == 4
    with pytest.raises(ValueError, match="of one application"):
        next(client.download("pdf"))
