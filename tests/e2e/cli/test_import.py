"""`clearance import`: carried on where it stopped, and nothing twice."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli.conftest import Command


def note(application: str, text: str, **more: Any) -> dict[str, Any]:
    event = {"type": "note", "data": {"text": text}}
    return {"application": application, "event": event} | more


def written(clearance: Command, *lines: dict[str, Any], name: str = "file.jsonl") -> Path:
    path = clearance.folder / name
    texts = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text("".join(texts), encoding="utf-8")
    return path


def texts_of(clearance: Command, application: str) -> list[str]:
    records = clearance.client.trail(application, type="note")
    return [record.data["text"] for record in records]


def test_a_file_again_repeats_nothing(clearance: Command) -> None:
    application = clearance.opened()
    file = written(clearance, *(note(application, f"{n}") for n in range(250)))
    told = clearance.json("import", file)
    assert told == {"lines": 250, "new": 250, "replayed": 0, "refused": []}
    assert clearance.json("import", file)["replayed"] == 250
    assert texts_of(clearance, application) == [f"{n}" for n in range(250)]
    assert [path.name for path in clearance.folder.iterdir()] == ["file.jsonl"]


def test_a_line_that_is_there_twice_is_meant_twice(clearance: Command) -> None:
    application = clearance.opened()
    same = note(application, "same")
    assert clearance.json("import", written(clearance, same, same))["new"] == 2
    longer = clearance.json(
        "import", written(clearance, note(application, "new"), same, same, same)
    )
    assert (longer["new"], longer["replayed"]) == (2, 2)


def test_a_key_in_the_file_is_the_key(clearance: Command) -> None:
    application = clearance.opened()
    clearance("import", written(clearance, note(application, "a", idempotency_key="mine")))
    again = clearance.json("post", application, "note", "--data", "text=a", "--key", "mine")
    assert again["replayed"]


def test_applications_are_opened_and_their_events_follow(clearance: Command) -> None:
    opening = {
        "procedure": "h200-import",
        "buyer": "example-cloud",
        "goods": {"item": "NVIDIA H200"},
    }
    lines = [
        {"create": opening | {"reference": "I-1"}, "ref": "one"},
        note("@one", "first"),
        {"create": opening | {"reference": "I-2"}, "ref": "two", "idempotency_key": "import-2"},
        note("@two", "second"),
        note("@one", "third"),
    ]
    file = written(clearance, *lines)
    assert clearance.json("import", file)["new"] == 5
    assert clearance.json("import", file)["replayed"] == 5
    found = clearance.json("list", "--search", "I-1")["items"]
    assert len(found) == 1
    assert texts_of(clearance, found[0]["id"]) == ["first", "third"]


def test_a_refused_line_is_named_and_the_rest_goes_on(clearance: Command) -> None:
    application = clearance.opened()
    bad = {"application": application, "event": {"type": "set_conditions", "authority": "ndrc"}}
    file = written(
        clearance, note(application, "a"), bad, note("nothing", "b"), note(application, "c")
    )
    told = clearance.json("import", file, code=3)
    assert [(one["line"], one["status"]) for one in told["refused"]] == [(2, 409), (3, 404)]
    assert told["new"] == 2
    assert (told["code"], told["detail"]) == ("lines-refused", "2 lines were refused.")
    chinese = clearance("import", file, "--lang", "zh", code=3).stderr
    assert "第 2 行：transition-not-allowed：在“submitted”状态下不能进行" in chinese
    assert "第 3 行：unknown-application：没有这份申请。" in chinese
    again = clearance("import", file, code=3)
    assert "4 lines: 0 recorded, 2 recorded before, 2 refused" in again.stdout
    assert "line 2: transition-not-allowed" in again.stderr


def test_a_table_of_events(clearance: Command) -> None:
    application = clearance.opened()
    file = clearance.folder / "events.csv"
    file.write_text(
        "application,type,authority,evidence.grade,evidence.title,evidence.publisher,"
        "evidence.published_at,data.units,data.text\n"
        f'{application},grant_in_principle,ndrc,official_notice,"Notice, no. 1",国家发改委,'
        "2026-01-30T00:00:00+08:00,,\n"
        f"{application},declare_order,buyer,,,,,5,\n"
        f'{application},note,,,,,,,"two\nlines"\n',
        encoding="utf-8-sig",
    )
    assert clearance.json("import", file)["new"] == 3
    assert clearance.json("import", file)["replayed"] == 3
    found = clearance.json("trail", application)["items"]
    assert [record["type"] for record in found[1:]] == [
        "grant_in_principle",
        "declare_order",
        "note",
    ]
    assert found[1]["evidence"][0]["publisher"] == "国家发改委"
    assert found[2]["data"]["units"] == 5
    assert found[3]["data"]["text"] == "two\nlines"


@pytest.mark.parametrize("form", ["--csv", "--jsonl"])
def test_nothing_is_sent_of_a_file_that_cannot_be_read(clearance: Command, form: str) -> None:
    application = clearance.opened()
    good = json.dumps(note(application, "a"))
    bad = {
        "--jsonl": f'{good}\n{{"application":\n[]\n{{"event":{{}}}}\n{good[:-1]},"x":1}}\n',
        "--csv": f"application,type,colour\n{application},note,\n{application},note,red\na\n",
    }
    file = clearance.folder / "bad"
    file.write_text(bad[form])
    told = clearance("import", file, form, code=2)
    assert "nothing was sent" in told.stderr
    assert told.stderr.count("line ") == {"--jsonl": 4, "--csv": 2}[form]
    chinese = clearance("import", file, form, "--lang", "zh", code=2).stderr
    assert "未发送任何内容" in chinese
    assert {"--jsonl": "缺少 application", "--csv": "未知的列 colour"}[form] in chinese
    assert "line" not in chinese
    assert clearance.version(application) == 1
    clearance("import", "missing", code=2)


def many(clearance: Command, application: str, count: int = 3000) -> Path:
    return written(clearance, *(note(application, f"{n}") for n in range(count)))


def interrupted(clearance: Command, file: Path, number: signal.Signals) -> tuple[int, str]:
    """An import that is stopped when a part of it is done."""
    process = clearance.start("import", file)
    journal = file.with_name(file.name + ".progress")
    try:
        begun = time.monotonic()
        while not journal.exists():
            assert process.poll() is None
            assert time.monotonic() - begun < 20
            time.sleep(0.005)
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert "Traceback" not in errors
    return process.wait(), errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_import_goes_on_and_repeats_nothing(
    clearance: Command, number: signal.Signals
) -> None:
    for count in (3_000, 9_000, 27_000):  # it may be done before the signal comes
        application = clearance.opened()
        file = many(clearance, application, count)
        code, errors = interrupted(clearance, file, number)
        before = clearance.version(application)
        if before <= count:
            break
    assert 100 < before <= count
    if number is signal.SIGINT:
        assert code == 130, errors
        assert "goes on from there" in errors
        assert "exit code 130" in clearance("import", "--help").stdout
    done = clearance("import", file)
    assert "lines are done already" in done.stderr
    assert texts_of(clearance, application) == [f"{n}" for n in range(count)]


def test_a_journal_is_believed_only_where_it_fits(clearance: Command) -> None:
    application, other = clearance.opened(), clearance.opened()
    file = many(clearance, application)
    interrupted(clearance, file, signal.SIGKILL)
    journal = file.with_name(file.name + ".progress")
    kept = journal.read_text()
    written(clearance, *(note(other, f"{n}") for n in range(300)))
    done = clearance.json("import", file)
    assert (done["lines"], done["new"]) == (300, 300)
    many(clearance, application)
    told = json.loads(kept)
    told["progress"]["last"][2] = "0" * 64  # a record that the service does not have
    for text in (json.dumps(told), "{", ""):
        journal.write_text(text)
        done = clearance.json("import", file)
        assert done["lines"] == done["new"] + done["replayed"] == 3000
    assert texts_of(clearance, application) == [f"{n}" for n in range(3000)]


def test_a_service_that_is_gone_is_told(clearance: Command) -> None:
    application = clearance.opened()
    file = written(clearance, note(application, "a"))
    away = ("--url", "http://127.0.0.1:1", "--patience", "0.3")
    assert "goes on from there" in clearance("import", file, *away, code=6).stderr
    assert clearance.json("import", "-", given=file.read_text())["new"] == 1
