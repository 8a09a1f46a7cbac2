"""Opening, posting, polling and listing from the command line."""

import json
import re
import signal
import unicodedata
from select import select

import pytest

from tests.e2e.cli.conftest import NOTICE, Command


def test_a_buyer_applies(clearance: Command) -> None:
    clearance("buyers", "put", "applying", "--en", "Applying", "--zh", "申请人")
    opening = ("--buyer", "applying", "--reference", "A-1", "--units", "7", "--key", "a-1")
    told = clearance("apply", *opening, *NOTICE)
    opened = r"Application \S+ is open \(record 1, key a-1\); its state: Submitted \(submitted\)\n"
    assert re.match(opened, told.stdout)
    again = clearance.json("apply", *opening, *NOTICE)
    assert again["replayed"]
    assert again["application"]["goods"] == {"item": "NVIDIA H200", "units": 7}
    assert again["record"]["evidence"][0]["title"] == "Decision"
    clearance("apply", code=2)
    assert clearance.json("apply", "--buyer", "nobody", code=3)["code"] == "unknown-buyer"
    body = json.dumps(again["application"] | {"procedure": "h200-import"})
    clearance("apply", "--file", "-", given=body, code=2)


def test_an_event_is_posted_as_the_manual_says(clearance: Command) -> None:
    application = clearance.opened()
    clearance("post", application, "grant_in_principle", "--as", "miit", *NOTICE)
    order = ("declare_order", "--as", "buyer", "--data", "units=5", "--data", "agent=Trading 7")
    done = clearance.json("post", application, *order)
    assert done["record"]["data"] == {"units": 5, "agent": "Trading 7"}
    assert done["application"]["state"] == "in_principle"
    told = clearance("post", application, "approve", "--as", "miit", *NOTICE, "--reason", "Fit.")
    assert re.match(
        r"Recorded as 4: approve \(key \S+\); the state: Cleared in principle \(in_principle\)\n",
        told.stdout,
    )
    record = clearance.json("trail", application, "--seq", "4")
    assert record["evidence"][0]["publisher"] == "MIIT"
    assert (record["reason"], record["authority"]) == ("Fit.", "miit")


def test_an_event_is_posted_from_a_file_or_standard_input(clearance: Command) -> None:
    application = clearance.opened()
    event = json.dumps({"type": "note", "data": {"text": "注"}}, ensure_ascii=False)
    (clearance.folder / "event.json").write_text(event, encoding="utf-8")
    first = clearance.json("post", application, "--file", "event.json", "--key", "k1")
    again = clearance.json("post", application, "--file", "-", "--key", "k1", given=event)
    assert first["record"] == again["record"]
    assert (first["replayed"], again["replayed"]) == (False, True)
    told = clearance("post", application, "--file", "event.json", "--key", "k1")
    assert told.stdout.startswith("Recorded already as 2")


def test_data_may_be_nested_and_a_text_that_looks_like_a_number(clearance: Command) -> None:
    application = clearance.opened()
    clearance("post", application, "grant_in_principle", "--as", "miit", *NOTICE)
    fields = ("condition=c1", "kind=domestic_share", "value.basis_points=3000", 'text.en="5"')
    data = [part for pair in fields for part in ("--data", pair)]
    done = clearance.json("post", application, "propose_condition", "--as", "ndrc", *NOTICE, *data)
    told = done["record"]["data"]
    assert told["value"]["basis_points"] == 3000
    assert told["text"]["en"] == "5"


def test_a_dry_run_writes_nothing(clearance: Command) -> None:
    application = clearance.opened()
    told = clearance("post", application, "note", "--data", "text=hi", "--dry-run").stdout
    assert told.startswith("Would be recorded as 2: note")
    assert clearance.version(application) == 1
    assert clearance.json("post", application, "note", "--dry-run", code=2)["status"] == 422


def test_every_way_to_fail_has_its_code(clearance: Command) -> None:
    application = clearance.opened()
    refused = clearance("post", application, "set_conditions", "--as", "ndrc", *NOTICE, code=3)
    assert refused.stdout == ""
    assert "Refused: transition-not-allowed" in refused.stderr
    assert "which knows: grant_in_principle" in refused.stderr
    told = clearance.json("post", application, "set_conditions", "--as", "ndrc", code=3)
    assert told["code"] == "transition-not-allowed"
    note = ("note", "--data", "text=hi")
    assert clearance.json("post", "nothing", *note, code=4)["code"] == "unknown-application"
    clearance("status", "nothing", code=4)
    stale = ("--if-match", '"7.0000000000000000.full"')
    assert clearance.json("post", application, *note, *stale, code=5)["status"] == 412
    away = ("--url", "http://127.0.0.1:1", "--patience", "0.3")
    lost = clearance("post", application, *note, *away, "--key", "k9", code=6)
    assert "does not answer" in lost.stderr
    assert "--key k9" in lost.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("note", "--file", "event.json"),
        ("note", "--data", "text"),
        ("note", "--data", "a=1", "--data", "a.b=2"),
        ("note", "--data", "a=1", "--data", "a=2"),
        ("note", "--title", "T"),
        ("note", "--evidence", "press_report", "--title", "T"),
        ("note", "--evidence", "rumour"),
        ("note", "--unknown"),
        ("note", "--url", "nonsense"),
        ("note", "--api-key", "钱"),
        ("note", "--api-key-file", "missing.key"),
        ("note", "--data", "text=hi", "--key", "k\nl"),
        ("--file", "missing.json"),
        ("--file", "array.json"),
    ],
    ids=str,
)
def test_wrong_usage_is_told_and_sends_nothing(
    clearance: Command, arguments: tuple[str, ...]
) -> None:
    (clearance.folder / "array.json").write_text("[]")
    application = clearance.opened()
    assert clearance("post", application, *arguments, code=2).stderr
    assert clearance.version(application) == 1


def test_a_type_that_nobody_knows_is_wrong_input_and_told_with_one_that_looks_like_it(
    clearance: Command,
) -> None:
    application = clearance.opened()
    for kind, meant in (("aprove", "approve"), ("Grant-in-principle", "grant_in_principle")):
        told = clearance.json("post", application, kind, "--as", "miit", code=2)
        assert told["did_you_mean"][0] == meant
    assert "Did you mean: approve" in clearance("post", application, "aprove", code=2).stderr
    chinese = clearance("post", application, "aprove", "--lang", "zh", code=2).stderr
    assert "您是否指：approve" in chinese
    assert "没有程序包含这一事项" in chinese
    assert clearance.json("post", application, "xyzzy", "--dry-run", code=2)["did_you_mean"] == []
    assert "mean" not in clearance("post", application, "xyzzy", code=2).stderr


def test_a_time_without_its_zone_is_told_with_the_form_that_is_wanted(clearance: Command) -> None:
    for options in (
        ("post", "none", "note", "--effective-at", "2026-01-30"),
        ("post", "none", "note", "--evidence", "press_report", "--published-at", "2026-01-30"),
        ("apply", "--buyer", "b", "--effective-at", "2026-01-30T10:00:00"),
        ("trail", "none", "--since", "yesterday"),
        ("trail", "none", "--until", "2026-01-30Z"),
    ):
        text = options[-1]
        told = clearance(*options, code=2).stderr
        assert f"{options[-2]}: {text} is no time with its zone" in told
        assert "write it as 2026-01-30T00:00:00+08:00" in told


def test_a_rule_of_ours_is_told_without_the_words_of_a_library(clearance: Command) -> None:
    application = clearance.opened()
    event = {
        "type": "note",
        "data": {"text": "hi"},
        "evidence": [
            {"grade": "press_report", "title": "T", "publisher": "P", "published_at": "2026-01-30"}
        ],
    }
    asked = ("post", application, "--file", "-")
    told = clearance.json(*asked, code=2, given=json.dumps(event))["errors"]
    assert told == [
        {
            "pointer": "/evidence/0/published_at",
            "detail": "must be a time with its zone, such as 2026-01-28T00:00:00+08:00",
            "detail_zh": "须为带时区的时间，例如 2026-01-28T00:00:00+08:00",
        }
    ]
    chinese = clearance(*asked, "--lang", "zh", code=2, given=json.dumps(event)).stderr
    assert "须为带时区的时间，例如 2026-01-28T00:00:00+08:00" in chinese


def test_an_application_is_shown_in_both_languages(clearance: Command) -> None:
    application = clearance.opened()
    clearance("post", application, "grant_in_principle", "--as", "miit", *NOTICE)
    english = clearance("status", application).stdout
    assert re.search(r"^State +Cleared in principle \(in_principle\)", english, re.MULTILINE)
    assert re.search(r"^Waiting on +MIIT, MOFCOM", english, re.MULTILINE)
    for chinese in (
        clearance("status", application, "--lang", "zh").stdout,
        clearance("status", application, LANG="zh_CN.UTF-8").stdout,
        clearance("status", application, LC_ALL="zh_TW.UTF-8", LANG="en_GB.UTF-8").stdout,
    ):
        assert re.search(r"^状态 +原则同意", chinese, re.MULTILINE)
        assert re.search(r"^等待 +工信部, 商务部", chinese, re.MULTILINE)
        assert re.search(r"^买方 +示例云 \(example-cloud\)", chinese, re.MULTILINE)
        assert re.search(r"^闸门 +美国出口许可: 关闭", chinese, re.MULTILINE)
    asked = clearance("status", application, "--lang", "en", LC_ALL="zh_CN.UTF-8").stdout
    assert asked == english


def test_a_table_stands_in_line_with_wide_characters(clearance: Command) -> None:
    clearance.opened()
    for columns in ("80", "120", "160"):
        lines = clearance("list", "--lang", "zh", COLUMNS=columns).stdout.splitlines()
        assert len(lines) > 3
        assert len(set(map(width, lines))) == 1


def test_nothing_in_an_answer_commands_the_terminal(clearance: Command) -> None:
    application = clearance.opened()
    title = ("--evidence", "press_report", "--title", "T", "--published-at", NOTICE[-1])
    note = ("note", "--data", "text=hi", *title, "--publisher", "a\x1b]0;owned\x07b")
    clearance("post", application, *note)
    shown = clearance("trail", application).stdout
    assert "\x1b" not in shown
    assert "owned" in shown


def test_a_list_is_narrowed_and_cut(clearance: Command) -> None:
    mine = [clearance.opened() for _ in range(3)]
    listed = [one["id"] for one in clearance.json("list", "--limit", "2")["items"]]
    assert listed == mine[:0:-1]
    assert "--limit" in clearance("list", "--limit", "2").stderr
    every = [one["id"] for one in clearance.json("list", "--all")["items"]]
    assert set(mine) <= set(every)
    assert clearance.json("list", "--search", mine[0])["items"][0]["id"] == mine[0]
    assert not clearance.json("list", "--state", "shipped")["items"]
    assert not clearance("list", "--all").stderr


def test_what_may_come_next(clearance: Command) -> None:
    application = clearance.opened()
    told = clearance.json("allowed", application)
    assert "grant_in_principle" in {one["type"] for one in told["allowed"]}
    assert "transition-not-allowed" in clearance("allowed", application).stdout


def test_a_watch_prints_each_change_until_interrupted(clearance: Command) -> None:
    application = clearance.opened()
    watch = clearance.start("status", application, "--watch", "--json")
    try:
        assert watch.stdout is not None
        assert json.loads(watch.stdout.readline())["version"] == 1
        clearance("post", application, "note", "--data", "text=hi")
        assert json.loads(watch.stdout.readline())["version"] == 2
        watch.send_signal(signal.SIGINT)
        assert watch.wait(timeout=30) == 0
    finally:
        watch.kill()
        _, errors = watch.communicate()
    assert "Traceback" not in errors


def test_a_watch_names_the_bodies_that_are_waited_for(clearance: Command) -> None:
    application = clearance.opened()
    for lang, bodies in (("en", "Waiting on: MIIT, MOFCOM, NDRC"), ("zh", "等待: 工信部, 商务部")):
        watch = clearance.start("status", application, "--watch", "--lang", lang)
        try:
            assert watch.stdout is not None
            assert bodies in watch.stdout.readline()
        finally:
            watch.kill()
            watch.communicate()


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_fit_the_terminal_and_lose_nothing(
    clearance: Command, columns: int, lang: str
) -> None:
    application = clearance.opened()
    clearance("post", application, "grant_in_principle", "--as", "miit", *NOTICE)
    room = str(columns)
    event, state, body = {
        "en": ("Grant clearance in principle", "Cleared in principle", "MIIT"),
        "zh": ("作出原则同意", "原则同意", "工信部"),
    }[lang]
    standing = {"en": "reported", "zh": "据报道"}[lang]  # a recorder's word confirms nothing
    trail = clearance("trail", application, "--lang", lang, COLUMNS=room).stdout
    for told in (event, state, body, "2026-01-30", standing, "MIIT, 2026-01-30", "local (local,"):
        assert told in trail
    assert "grant_in_principle" not in trail
    listed = clearance("list", "--search", application, "--lang", lang, COLUMNS=room).stdout
    reference = clearance.json("status", application)["reference"]
    for told in (application, state, body, standing, "example-cloud", reference):
        assert told in listed
    for line in (trail + listed).splitlines():
        assert width(line) <= columns, line


def width(line: str) -> int:
    """The cells that a line takes on a terminal."""
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in line)


def test_what_may_come_next_is_named_and_keeps_the_codes(clearance: Command) -> None:
    told = clearance("allowed", clearance.opened(), "--lang", "zh").stdout
    assert re.search(r"refuse +│ 不予许可 +│ 工信部 \(miit\)", told)
    assert re.search(r"approve +│ 批准 +│ transition-not-allowed", told)


def test_buyers_and_pools(clearance: Command) -> None:
    clearance.opened()
    assert "示例云" in clearance("buyers", "--lang", "zh").stdout
    assert clearance.json("buyers", "show", "example-cloud")["name"]["en"] == "Example Cloud"
    clearance("buyers", "show", "nobody", code=4)
    claim = {"units": 400_000, "bound": "at_least", "buyers": ["example-cloud"]}
    pool = {"id": "cli-pool", "title": {"en": "Joint", "zh": "联合"}, "claims": [claim]}
    clearance("pools", "open", "--file", "-", given=json.dumps(pool))
    clearance("pools", "claim", "cli-pool", "--file", "-", given=json.dumps(claim | {"units": 5}))
    assert len(clearance.json("pools", "show", "cli-pool")["claims"]) == 2
    assert "at least 400,000" in clearance("pools").stdout
    assert "至少400,000" in clearance("pools", "--lang", "zh").stdout
    assert "示例云 (example-cloud)" in clearance("pools", "show", "cli-pool", "--lang", "zh").stdout
    clearance("pools", "show", "nothing", code=4)


def test_a_file_and_options_beside_it_are_refused(clearance: Command) -> None:
    """Neither may be dropped in silence: the record would be another than the one asked for."""
    file = clearance.folder / "whole.json"
    file.write_text('{"type":"note","data":{"text":"From the file."}}', encoding="utf-8")
    clearance("post", "none", "--file", "whole.json", "--as", "miit", code=2)
    clearance("post", "none", "--file", "whole.json", "--data", "text=other", code=2)
    clearance("apply", "--file", "whole.json", "--buyer", "b", code=2)


def test_follow_prints_records_until_interrupted(clearance: Command) -> None:
    """Of one application from a record on, and of all that one sees from an id on."""
    application = clearance.opened()
    one = clearance.start("follow", application, "--after", "0", "--json")
    every = clearance.start("follow", "--type", "note", "--json")
    try:
        assert one.stdout is not None
        assert every.stdout is not None
        first = json.loads(one.stdout.readline())
        assert (first["id"], first["record"]["type"]) == ("1", "create")
        while not select([every.stdout], [], [], 0.1)[0]:  # it begins when it has started
            clearance.client.post(application, {"type": "note", "data": {"text": "hi"}})
        place = json.loads(every.stdout.readline())
        noted = [json.loads(one.stdout.readline()) for _ in range(place["record"]["seq"] - 1)]
        assert [each["id"] for each in noted] == [str(each["record"]["seq"]) for each in noted]
        assert place["record"] == noted[-1]["record"]
        for process in (one, every):
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 0
    finally:
        for process in (one, every):
            process.kill()
            _, errors = process.communicate()
            assert "Traceback" not in errors
    clearance.client.post(application, {"type": "note", "data": {"text": "again"}})
    after = clearance.start("follow", "--after", place["id"], "--lang", "zh")
    try:
        assert after.stdout is not None
        line = after.stdout.readline()
        assert "  备注  " in line
        assert f"{application} {place['record']['seq'] + 1}" in line
    finally:
        after.kill()
        after.communicate()
    clearance("follow", "nothing", code=4)
