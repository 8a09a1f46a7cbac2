"""`clearance serve`: how it begins, why it does not, how it ends."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.e2e.commands import run, running, servers_of
from tests.integration.store.servers import VALKEY
from tests.integration.store.servers import running as foreign


def test_it_says_where_it_answers_and_what_an_acknowledgement_is_worth(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    with running("serve", "--data", data) as service:
        assert service.line == (
            f"clearance is ready at {service.url}, data in {data}, durability strict\n"
        )
        assert httpx.get(f"{service.url}/readyz").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_and_takes_its_server_along(tmp_path: Path, number: signal.Signals) -> None:
    with running("serve", "--data", tmp_path) as service:
        assert len(servers_of(tmp_path)) == 1
        assert service.stop(number) == (0, "")
        assert not servers_of(tmp_path)


def test_what_was_acknowledged_is_there_again_after_a_restart(tmp_path: Path) -> None:
    name = {"name": {"en": "Example Cloud", "zh": "示例云"}}
    with running("serve", "--data", tmp_path) as service:
        url = f"{service.url}/v1/buyers/example-cloud"
        assert httpx.put(url, json=name, auth=service.keyring).status_code == 201
        service.stop()
    with running("serve", "--data", tmp_path) as service:
        url = f"{service.url}/v1/buyers/example-cloud"
        found = httpx.get(url, auth=service.keyring).json()
        assert found["name"] == name["name"]


def test_a_second_service_on_the_folder_is_refused(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path) as service:
        second = run("serve", "--data", tmp_path, "--port", "0")
        assert second.returncode == 1
        assert str(tmp_path) in second.stderr
        assert "Another service uses this data folder" in second.stderr
        assert httpx.get(f"{service.url}/readyz").status_code == 200


def test_a_port_in_use_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    data = tmp_path / "other"
    with running("serve", "--data", tmp_path / "one") as service:
        second = run("serve", "--data", data, "--port", service.port)
    assert second.returncode == 1
    assert f"port {service.port} of 127.0.0.1 is in use" in second.stderr
    assert not list(data.glob("*"))


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("0.0.0.0", "CLEARANCE_HOSTS"),  # noqa: S104
        ("::", "CLEARANCE_HOSTS"),
        ("example.org", "not an address"),
    ],
)
def test_every_address_is_served_only_by_name(tmp_path: Path, host: str, told: str) -> None:
    refused = run("serve", "--data", tmp_path / "data", "--port", "0", "--host", host)
    assert refused.returncode == 2
    assert host in refused.stderr
    assert told in refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_any_address_of_the_loopback_is_served(tmp_path: Path, host: str) -> None:
    with running("serve", "--data", tmp_path, "--host", host) as service:
        assert host in service.url
        assert httpx.get(f"{service.url}/readyz").status_code == 200


def test_its_names_may_be_flags(tmp_path: Path) -> None:
    names = ("--hosts", "clearance.example", "--hosts", "10.0.0.7")
    with running("serve", "--data", tmp_path, *names) as service:
        for host, status in (("clearance.example", 200), ("10.0.0.7", 200), ("evil.example", 421)):
            headers = {"Host": host}
            assert httpx.get(f"{service.url}/readyz", headers=headers).status_code == status
    refused = run("serve", "--data", tmp_path, "--redis-ca", "authority.pem")
    assert refused.returncode == 2
    assert "rediss://" in refused.stderr


def test_the_operators_key_is_shown_by_the_first_start_alone(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path) as service:
        told = service.read_until("the operator's key")
        assert service.keyring.operator in told
        assert str(tmp_path / "operator.key") in told
        service.stop()
    kept = (tmp_path / "operator.key").read_text()
    with running("serve", "--data", tmp_path) as service:
        service.process.terminate()
        assert service.process.stdout is not None
        assert service.process.stdout.read() == ""
    assert (tmp_path / "operator.key").read_text() == kept


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "data"):
        refused = run("serve", "--data", folder, "--port", "0")
        assert refused.returncode == 1
        assert f"the data folder {folder} cannot be used: Not a directory" in refused.stderr


def test_an_unsafe_server_is_refused_with_every_finding(tmp_path: Path) -> None:
    with foreign(VALKEY, tmp_path, appendfsync="everysec", maxmemory_policy="allkeys-lru") as url:
        refused = run("serve", "--data", tmp_path / "own", "--redis", url, "--port", "0")
        assert refused.returncode == 1
        assert "CONFIG SET appendfsync always" in refused.stderr
        assert "CONFIG SET maxmemory-policy noeviction" in refused.stderr


def test_an_unsafe_server_is_used_under_protest_where_durability_is_relaxed(
    tmp_path: Path,
) -> None:
    data = tmp_path / "own"
    with (
        foreign(VALKEY, tmp_path, appendfsync="everysec") as url,
        running("serve", "--redis", url, "--data", data, "--durability", "relaxed") as service,
    ):
        assert service.line.endswith(f"data in {url}, durability relaxed\n")
        assert httpx.get(f"{service.url}/readyz").status_code == 200
        code, errors = service.stop()
        assert code == 0
        assert "durability relaxed: appendfsync: it is everysec" in errors


def test_a_server_that_is_not_there_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLEARANCE_REDIS_URL", "redis://ann:secret@127.0.0.1:1")
    refused = run("serve", "--port", "0")
    assert refused.returncode == 1
    assert "reachable" in refused.stderr
    assert "secret" not in refused.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://127.0.0.1:none", "nonsense"])
def test_an_address_that_is_none_is_a_wrong_flag(url: str) -> None:
    refused = run("serve", "--redis", url, "--port", "0")
    assert refused.returncode == 2
    assert url in refused.stderr


def test_a_wrong_flag_is_told_with_exit_code_2() -> None:
    assert run("serve", "--port", "70000").returncode == 2
    assert run("serve", "--durability", "perhaps").returncode == 2
    assert run("serve", "--unknown").returncode == 2
