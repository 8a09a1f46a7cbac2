"""The journal over the life of a service: its starts and ends, its processes, its own acts."""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from api.log_start import keys_of
from api.settings import Settings
from tests.e2e.commands import Service, running
from tests.keyring import principal

TRIES = 40


def journal(service: Service) -> list[dict[str, Any]]:
    """All of it, as the auditor reads it."""
    headers = principal("au;audit;auditor")
    with httpx.Client(base_url=service.url, auth=service.keyring, headers=headers) as client:
        answer = client.get("/v1/journal", params={"order": "asc", "limit": 1000})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


def download(service: Service) -> None:
    """Entries of the log, by the auditor; the tree of hashes beside them is nobody's secret."""
    path = f"{service.url}/log/tile/entries/000"
    with httpx.Client(auth=service.keyring, headers=principal("au;audit;auditor")) as client:
        size = int(client.get(f"{service.url}/log/checkpoint").text.splitlines()[1])
        assert client.get(f"{path}.p/{size}").status_code == 200
        assert client.get(f"{service.url}/log/tile/0/000.p/{size}").status_code == 200


def counts(entries: list[dict[str, Any]]) -> Counter[str]:
    told = Counter[str]()
    for entry in entries:
        told[entry["what"]] += entry["count"]
    return told


def test_all_processes_write_one_journal_which_outlives_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running("serve", "--data", data, "--workers", "2") as service:
        key = service.keyring.key()
        for number in range(TRIES):
            headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
            address = f"{service.url}/v1/applications/none-{number}"
            assert httpx.get(address, headers=headers, trust_env=False).status_code == 404
        assert service.stop()[0] == 0
    assert keys_of(Settings(data=data)).rotate() is not None
    with running("serve", "--data", data, "--reset-operator-key") as again:
        again.read_until("the operator's key")
        download(again)
        found = journal(again)
    told = counts(found)
    assert told["refused"] == TRIES, "whoever was asked, it was written at the end"
    first, last = found[0], found[-1]
    assert (told["started"], told["stopped"]) == (4, 3)
    processes = [entry["service"] for entry in found if entry["what"] == "started"]
    assert len(set(processes)) == 4
    assert {entry["service"] for entry in found} == set(processes)
    assert first["what"] == "key-made"
    assert (first["principal"], first["subject"]) == ("first-start", "credential/operator")
    (reset,) = [entry for entry in found if entry["what"] == "key-rotated"]
    assert (reset["principal"], reset["subject"], reset["event"]) == (
        "first-start",
        "credential/operator",
        "reset",
    )
    assert last["at"] >= reset["at"] > first["at"]
    (rotated,) = [entry for entry in found if entry["what"] == "log-key-rotated"]
    assert (rotated["principal"], rotated["subject"], rotated["seq"]) == ("log", "log/keys", 1)
    (taken,) = [entry for entry in found if entry["what"] == "downloaded"]
    assert (taken["principal"], taken["status"]) == ("au", 200)


def test_a_process_that_is_killed_loses_no_more_than_the_last_second(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path / "data") as service:
        key = service.keyring.key()
        headers = {"Authorization": f"Bearer {key}"}
        address = f"{service.url}/v1/applications/none"
        assert httpx.get(address, headers=headers, trust_env=False).status_code == 404
        journal(service)
        service.process.kill()
        service.process.communicate()
    with running("serve", "--data", tmp_path / "data") as again:
        told = counts(journal(again))
    assert (told["refused"], told["started"], told["stopped"]) == (1, 2, 0)
