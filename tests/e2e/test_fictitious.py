"""`clearance demo --scenario fictitious`: one invented import, up to its last shipment."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.demo import fictitious
from tests.e2e.commands import run, running
from tests.e2e.conftest import LAST_LINE, Demonstration
from workflow.domain import trail

ON_ITS_WAY = (
    "request_information",
    "provide_information",
    "fix_allocation",
    "link_export",
    "clear_export",
    "hold",
    "release",
    "suspend",
    "reinstate",
    "correct",
    "reverse_shipment",
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("fictitious")
    with running("demo", "--scenario", "fictitious", "--data", folder) as service:
        yield Demonstration(service, service.read_until(LAST_LINE), folder)


def records(played: Demonstration, buyer: str = fictitious.BUYER) -> list[dict[str, Any]]:
    applications = played.get(f"/v1/applications?buyer={buyer}").json()["items"]
    found: list[dict[str, Any]] = []
    for one in applications:
        path = f"/v1/applications/{one['id']}/trail"
        found += map(json.loads, played.get(path, "application/jsonl").content.splitlines())
    return found


def imported(played: Demonstration) -> dict[str, Any]:
    """The import; the other application of the buyer is the one to the US authorities."""
    query = f"/v1/applications?buyer={fictitious.BUYER}&procedure=h200-import"
    (found,) = played.get(query).json()["items"]
    application: dict[str, Any] = found
    return application


def test_it_goes_to_the_last_shipment(played: Demonstration) -> None:
    application = imported(played)
    licence = application["licence"]
    assert (application["state"], application["standing"]) == ("shipped", "confirmed")
    assert (licence["units"], licence["shipped"], licence["balance"]) == (30_000, 30_000, 0)
    shipped = {one["id"]: one["units"] for one in licence["shipments"]}
    assert shipped == {"s1": 10_000, "s2": 8_000, "s4": 12_000}
    assert [one["id"] for one in licence["reversed"]] == ["s3"]
    assert application["conditions"][0]["status"] == "met"


def test_everything_that_an_import_may_meet_is_on_its_way(played: Demonstration) -> None:
    assert set(ON_ITS_WAY) <= {record["type"] for record in records(played)}


def test_it_draws_from_the_pool(played: Demonstration) -> None:
    pool = played.get(f"/v1/pools/{fictitious.POOL}").json()
    assert (pool["drawn"], pool["reserved"], pool["free"]) == (30_000, 0, 30_000)


def test_the_gate_was_opened_by_the_linked_application(played: Demonstration) -> None:
    application = imported(played)
    (record,) = [one for one in records(played) if one["type"] == "clear_export"]
    other = application["links"]["export"]["application"]
    assert record["authority"] == "system:link"
    assert record["data"]["reference"].startswith(f"{other}/trail/")
    assert played.get(f"/v1/applications/{other}").json()["state"] == "approved"


def test_nothing_of_it_looks_real(played: Demonstration) -> None:
    """Every piece of evidence, every name and every reference says that it is invented."""
    found = records(played)
    evidence = [piece for record in found for piece in record["evidence"]]
    assert len(evidence) >= len(fictitious.STEPS) - 1
    for piece in evidence:
        assert piece["title"].startswith("FICTITIOUS 虚构: ")
        assert piece["publisher"].startswith("FICTITIOUS")
        assert piece["url"] is None
    for record in found:
        assert record["role"] == "system" or record["principal"].startswith("fictitious-")
        assert record["evidence"] or record["role"] == "system"
    for line in played.get("/v1/buyers").json()["items"]:
        assert line["buyer"].startswith("fictitious-")
        assert line["name"]["en"].startswith("FICTITIOUS")
    assert played.get("/v1/pools").json()["items"][0]["title"]["en"].startswith("FICTITIOUS")


def test_it_is_printed_as_invented(played: Demonstration) -> None:
    assert "FICTITIOUS 虚构: nothing of this was reported" in played.printed
    assert "State: shipped" in played.printed
    assert "reported in January" not in played.printed
    for kind in ON_ITS_WAY:
        assert kind in played.printed


def test_whoever_looks_is_let_in(played: Demonstration) -> None:
    """By a key of anybody who takes part, and in a browser by a link, once."""
    keys = sorted((played.folder / "keys").iterdir())
    assert len(keys) == len(fictitious.PEOPLE)
    assert all(f"  {key} " in played.printed for key in keys)
    assert [httpx.get(played.link).status_code for _ in range(2)] == [303, 401]


def test_it_can_be_looked_at_as_it_stood(played: Demonstration) -> None:
    path = f"/v1/applications/{imported(played)['id']}"
    before = played.get(f"{path}?as_of=2026-01-18T12:00:00Z").json()
    assert before["state"] == "suspended"
    assert before["licence"]["shipped"] == 10_000


def test_its_trails_are_sound(played: Demonstration) -> None:
    for one in played.get(f"/v1/applications?buyer={fictitious.BUYER}").json()["items"]:
        path = f"/v1/applications/{one['id']}"
        assert played.get(f"{path}/trail:verify").json()["ok"] is True
        text = played.get(f"{path}/trail", "application/jsonl").content
        verdict = trail.verify(text.splitlines())
        assert (verdict.ok, verdict.head) == (True, one["head"])


def test_played_again_it_enters_nothing_twice(tmp_path: Path) -> None:
    heads = []
    for _ in range(2):
        with running("demo", "--scenario", "fictitious", "--data", tmp_path) as service:
            found = Demonstration(service, service.read_until(LAST_LINE), tmp_path)
            again = "all of it was there already" in found.printed
            heads.append(imported(found)["head"])
            assert service.stop(signal.SIGINT) == (0, "")
    assert heads[0] == heads[1]
    assert again


def test_there_are_two_scenarios() -> None:
    done = run("demo", "--scenario", "true-story")
    assert done.returncode == 2
    assert "reports" in done.stderr
    assert "fictitious" in done.stderr
