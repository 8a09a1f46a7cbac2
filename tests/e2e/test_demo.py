"""`clearance demo`: what was reported in January 2026, by whom, and nothing beyond it."""

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.commands import CLEARANCE, run, running, servers_of
from tests.e2e.conftest import LAST_LINE, Demonstration
from workflow.domain import trail

SHARERS = ("alibaba", "bytedance", "tencent")
BUYERS = (*SHARERS, "deepseek")
REUTERS_30 = ("Reuters", "two people familiar with the matter", "2026-01-30")
REUTERS_28 = ("Reuters", "sources", "2026-01-28")
SILENT_ON_ORDERS = {"ordered": None, "claimed": None, "fixed": None, "licensed": None}


def cited(sources: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    return [
        (source["publisher"], source["attribution"], source["published_at"][:10])
        for source in sources
    ]


def topics(application: dict[str, Any]) -> set[str]:
    return {note["topic"] for note in application["notes"]}


def test_the_overview_is_printed_as_the_reports_printed_it(demonstration: Demonstration) -> None:
    for words in ("DeepSeek", "深度求索", "ByteDance", "字节跳动", "Alibaba", "阿里巴巴"):
        assert words in demonstration.printed
    for words in ("Tencent", "腾讯", "Conditionally approved", "more than 400,000", "reported"):
        assert words in demonstration.printed
    assert demonstration.printed.count("Reuters") >= len(BUYERS)
    assert "contradict" in demonstration.printed


def test_it_prints_where_to_look(demonstration: Demonstration) -> None:
    """Every command that is printed is run, and every page that is named is read."""
    url, identifier = demonstration.service.url, demonstration.application("deepseek")["id"]
    application = f"{url}/v1/applications/{identifier}"
    _, _, rest = demonstration.printed.partition("Where to look:\n")
    commands = re.findall(r"^    (\S.*)$", rest, re.MULTILINE)
    pages = {one for one in commands if one.startswith("http")}
    assert pages == {f"{url}/docs"}
    assert {f"{CLEARANCE} {one} --url {url}" for one in ("buyers", f"trail {identifier}")} < set(
        commands
    )
    for command in commands:
        shown = f"curl -H 'Accept: text/html' {command}" if command in pages else command
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", shown.replace("curl", "curl -fsS")],
            capture_output=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, (command, done.stderr.decode())
        assert done.stdout
    for path in ("/v1/buyers", "/v1/pools", "/openapi.json"):
        assert f"curl {url}{path}" in commands
    for command in (application, f"{application}/trail", f"{application}/trail:verify"):
        assert f"curl {command}" in commands


def test_every_buyer_is_approved_by_report_and_confirmed_by_nobody(
    demonstration: Demonstration,
) -> None:
    overview = demonstration.overview()
    assert set(overview) == set(BUYERS)
    for buyer, line in overview.items():
        assert line["state"] == "ministry_approved"
        assert line["standing"] == "reported"
        assert line["units"].items() >= SILENT_ON_ORDERS.items()
        application = demonstration.application(buyer)
        assert application["confirmed_state"] is None
        assert application["order"] is None
        assert application["licence"] is None
        assert application["goods"]["units"] is None
        assert application["gates"] == {"export": "shut"}
        assert application["holds"] == []
        assert set(application["approvals"]) == {"miit", "mofcom"}


def test_the_sources_are_those_of_the_reports(demonstration: Demonstration) -> None:
    overview = demonstration.overview()
    assert cited(overview["deepseek"]["sources"]) == [REUTERS_30]
    for buyer in SHARERS:
        assert cited(overview[buyer]["sources"]) == [REUTERS_28, REUTERS_30]


def test_the_clearance_in_principle_names_no_authority(demonstration: Demonstration) -> None:
    for buyer in BUYERS:
        records = list(map(json.loads, demonstration.trail(buyer).splitlines()))
        assert [record["type"] for record in records[:3]] == [
            "create",
            "grant_in_principle",
            "propose_condition",
        ]
        assert records[1]["authority"] is None
        day = "2026-01-23T16:00:00.000Z" if buyer in SHARERS else "2026-01-29T16:00:00.000Z"
        assert records[0]["effective_at"] == records[1]["effective_at"] == day


def test_every_record_was_entered_by_the_recorder_and_names_its_source(
    demonstration: Demonstration,
) -> None:
    unsourced = []
    for buyer in BUYERS:
        for record in map(json.loads, demonstration.trail(buyer).splitlines()):
            assert (record["principal"], record["organisation"]) == ("demo-recorder", "press-desk")
            assert record["role"] == "recorder"
            assert all(piece["url"] is None for piece in record["evidence"])
            if not record["evidence"]:
                unsourced.append(record["data"]["topic"])
    assert unsourced == ["orders"] * len(BUYERS)  # the facts give no source for this one


def test_the_conditions_have_no_value_yet(demonstration: Demonstration) -> None:
    for buyer in SHARERS:
        (condition,) = demonstration.application(buyer)["conditions"]
        assert condition["authority"] == "ndrc"
        assert condition["kind"] == "domestic_share"
        assert condition["value"]["basis_points"] is None
        assert condition["status"] == "proposed"
    (condition,) = demonstration.application("deepseek")["conditions"]
    assert (condition["kind"], condition["value"]) == ("other", {})


def test_what_moves_nothing_is_a_note(demonstration: Demonstration) -> None:
    common = {"us-export", "statement", "no-comment", "orders"}
    for buyer in SHARERS:
        assert topics(demonstration.application(buyer)) == common | {"customs"}
    assert topics(demonstration.application("deepseek")) == common | {"scrutiny"}
    assert b'"topic":"customs"' in demonstration.trail("deepseek")  # shown are the latest five


def test_the_pool_shows_two_claims_and_their_conflict(demonstration: Demonstration) -> None:
    pool = demonstration.get("/v1/pools/joint-2026-01").json()
    assert pool["conflict"] is True
    claims = {tuple(claim["buyers"]): claim for claim in pool["claims"]}
    assert set(claims) == {SHARERS, ("alibaba", "bytedance", "deepseek", "tencent")}
    for claim in claims.values():
        assert (claim["units"], claim["bound"]) == (400_000, "at_least")
    assert cited(claims[SHARERS]["evidence"]) == [REUTERS_28]
    shares = {share["buyer"]: (share["status"], share["units"]) for share in pool["shares"]}
    assert shares == dict.fromkeys(SHARERS, ("unknown", None))


def test_started_again_it_loads_nothing_twice_and_leaves_no_server(tmp_path: Path) -> None:
    heads = []
    for _ in range(2):
        with running("demo", "--data", tmp_path) as service:
            found = Demonstration(service, service.read_until(LAST_LINE), tmp_path)
            again = "all of it was there already" in found.printed
            pool = found.get("/v1/pools").json()["items"][0]["head"]
            heads.append([pool, *(found.application(buyer)["head"] for buyer in BUYERS)])
            assert len(servers_of(tmp_path)) == 1
            name = {"name": {"en": "Invented Cloud", "zh": "虚构云"}}
            httpx.put(f"{service.url}/v1/buyers/invented", json=name).raise_for_status()
            assert service.stop(signal.SIGINT) == (0, "")
            assert not servers_of(tmp_path)
    assert heads[0] == heads[1]
    assert again
    assert "Invented" not in found.printed, "only what was reported is printed as reported"


@pytest.mark.parametrize("buyer", BUYERS)
def test_the_trails_are_sound(demonstration: Demonstration, buyer: str) -> None:
    application = demonstration.application(buyer)
    verdict = trail.verify(demonstration.trail(buyer).splitlines())
    assert verdict.ok
    assert verdict.head == application["head"]
    path = f"/v1/applications/{application['id']}/trail:verify"
    assert demonstration.get(path).json()["ok"] is True


def test_interrupted_while_it_loads_it_is_completed_by_the_next_start(tmp_path: Path) -> None:
    with running("demo", "--data", tmp_path) as service:
        assert service.stop(signal.SIGINT) == (0, "")
    with running("demo", "--data", tmp_path) as service:
        service.read_until(LAST_LINE)
        found = Demonstration(service, "", tmp_path)
        assert set(found.overview()) == set(BUYERS)
        assert len(found.trail("deepseek").splitlines()) == 11


def test_other_data_under_its_names_is_told_and_kept(tmp_path: Path) -> None:
    pool = {"id": "joint-2026-01", "title": {"en": "Another pool", "zh": "另一额度"}, "claims": []}
    with running("serve", "--data", tmp_path) as service:
        assert httpx.post(f"{service.url}/v1/pools", json=pool).status_code == 201
        service.stop()
    done = run("demo", "--data", tmp_path, "--port", "0")
    assert done.returncode == 1
    assert "the demonstration cannot be loaded: POST /v1/pools answered 409" in done.stderr
    assert not servers_of(tmp_path)
    with running("serve", "--data", tmp_path) as service:
        found = httpx.get(f"{service.url}/v1/pools/joint-2026-01").json()
        assert found["title"] == pool["title"]
