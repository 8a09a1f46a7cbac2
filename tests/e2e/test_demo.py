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
    for words in (
        "Tencent",
        "腾讯",
        "Conditionally approved",
        "more than 400,000",
        "at least 400,000",
        "reported",
    ):
        assert words in demonstration.printed
    for words in ("more than 400,000", "at least 400,000"):  # as reported, and as it is kept
        assert words in demonstration.printed
    assert demonstration.printed.count("Reuters") >= len(BUYERS)
    assert "contradict" in demonstration.printed


def test_it_prints_where_to_look(demonstration: Demonstration) -> None:
    """Every command that is printed is run as it stands there."""
    url, identifier = demonstration.service.url, demonstration.application("deepseek")["id"]
    application, key = (
        f"{url}/v1/applications/{identifier}",
        demonstration.folder / "keys/auditor.key",
    )
    _, _, rest = demonstration.printed.partition("Where to look")
    commands = re.findall(r"^    (\S.*)$", rest, re.MULTILINE)
    assert [one for one in commands if one.startswith("http")] == [demonstration.link]
    commands.remove(demonstration.link)
    here = f"--url {url} --api-key-file {key}"
    assert {f"{CLEARANCE} {one} {here}" for one in ("buyers", f"trail {identifier}")} < {*commands}
    for command in commands:
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", command.replace("curl", "curl -fsS")],
            capture_output=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, (command, done.stderr.decode())
        assert done.stdout
    curl = f'curl -H "Authorization: Bearer $(cat {key})"'
    for place in (f"{url}/v1/buyers", application, f"{application}/trail:verify"):
        assert f"{curl} {place}" in commands


def test_it_makes_keys_for_everybody_who_takes_part(demonstration: Demonstration) -> None:
    """Each in a file for its owner alone, named with what it is for, and never printed."""
    folder = demonstration.folder / "keys"
    names = {"auditor", "recorder", "buyer", "ndrc", "miit", "mofcom", "bis", "customs"}
    assert {file.name for file in folder.iterdir()} == {f"{name}.key" for name in names}
    for name in names:
        file = folder / f"{name}.key"
        assert file.stat().st_mode & 0o777 == 0o600
        assert re.search(rf"^  {re.escape(str(file))} +\w", demonstration.printed, re.MULTILINE)
        assert file.read_text().strip() not in demonstration.printed
    operator = (demonstration.folder / "operator.key").read_text().strip()
    assert demonstration.printed.count(operator) == 1, "shown this once"


@pytest.mark.parametrize(
    ("name", "seen", "note"),
    [
        ("auditor", set(BUYERS), 403),
        ("recorder", set(BUYERS), 200),
        ("buyer", {"deepseek"}, 200),
        ("customs", set(BUYERS), 200),
    ],
)
def test_each_key_opens_what_it_is_for(
    demonstration: Demonstration, name: str, seen: set[str], note: int
) -> None:
    url, key = f"{demonstration.service.url}/v1/applications", demonstration.key(name)
    found = httpx.get(url, headers=key).json()["items"]
    assert {one["buyer"] for one in found} == seen
    path = f"{url}/{demonstration.application('deepseek')['id']}/events?dry_run=true"
    event = {"type": "note", "data": {"text": "Seen."}}
    assert httpx.post(path, json=event, headers=key).status_code == note


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


def keys_in(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (folder / "keys").iterdir()}


def test_started_again_it_loads_nothing_twice_and_leaves_no_server(tmp_path: Path) -> None:
    heads, keys = [], []
    for _ in range(2):
        with running("demo", "--data", tmp_path) as service:
            found = Demonstration(service, service.read_until(LAST_LINE), tmp_path)
            again = "all of it was there already" in found.printed
            pool = found.get("/v1/pools").json()["items"][0]["head"]
            heads.append([pool, *(found.application(buyer)["head"] for buyer in BUYERS)])
            keys.append(keys_in(tmp_path))
            assert len(servers_of(tmp_path)) == 1
            name = {"name": {"en": "Invented Cloud", "zh": "虚构云"}}
            url, recorder = f"{service.url}/v1/buyers/invented", found.key("recorder")
            httpx.put(url, json=name, headers=recorder).raise_for_status()
            assert service.stop(signal.SIGINT) == (0, "")
            assert not servers_of(tmp_path)
        # A key whose file is gone gets another secret; the others stay as they are.
        (tmp_path / "keys" / "bis.key").unlink(missing_ok=True)
    assert heads[0] == heads[1]
    assert again
    assert "Invented" not in found.printed, "only what was reported is printed as reported"
    assert "clr_operator_" not in found.printed, "it was shown by the first start"
    changed = {name for name, key in keys[1].items() if keys[0][name] != key}
    assert changed == {"bis.key"}
    assert len({key["bis.key"].split("_")[1] for key in keys}) == 1, "the same credential"


def test_its_link_signs_a_browser_in_once(tmp_path: Path) -> None:
    with running("demo", "--data", tmp_path) as service:
        link = Demonstration(service, service.read_until(LAST_LINE), tmp_path).link
        with httpx.Client(follow_redirects=True) as browser:
            assert browser.get(f"{service.url}/docs").status_code == 401
            shown = browser.get(link)
            assert (shown.status_code, shown.url.path) == (200, "/")
            assert browser.get(f"{service.url}/v1/buyers").status_code == 200
        assert httpx.get(link).status_code == 401


def test_without_the_operators_key_it_says_what_helps(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path) as service:
        service.stop()
    lost = (tmp_path / "operator.key").read_text()
    (tmp_path / "operator.key").unlink()
    done = run("demo", "--data", tmp_path, "--port", "0")
    assert done.returncode == 1
    assert f"clearance serve --data {tmp_path} --reset-operator-key" in done.stderr
    with running("serve", "--data", tmp_path, "--reset-operator-key") as service:
        told = service.read_until("the operator's key")
        assert (tmp_path / "operator.key").read_text().strip() in told
        url, old = f"{service.url}/v1/keys", {"Authorization": f"Bearer {lost.strip()}"}
        assert httpx.get(url, headers=old).status_code == 401
        new = {"Authorization": f"Bearer {service.keyring.operator}"}
        trail = httpx.get(f"{url}/operator/trail", headers=new).json()["items"]
        assert [record["type"] for record in trail] == ["grant", "reset"]
        service.stop()
    with running("demo", "--data", tmp_path) as service:
        service.read_until(LAST_LINE)


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
        with httpx.Client(base_url=service.url, auth=service.keyring) as client:
            assert client.post("/v1/pools", json=pool).status_code == 201
        service.stop()
    done = run("demo", "--data", tmp_path, "--port", "0")
    assert done.returncode == 1
    assert "the demonstration cannot be loaded: POST /v1/pools answered 409" in done.stderr
    assert not servers_of(tmp_path)
    with running("serve", "--data", tmp_path) as service:
        url = f"{service.url}/v1/pools/joint-2026-01"
        assert httpx.get(url, auth=service.keyring).json()["title"] == pool["title"]
