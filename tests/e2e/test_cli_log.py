"""`clearance log`, and a service whose database is not the one that its log was made of."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from redis import Redis

from api import key_files
from api.log_start import LogUnfit, prepare_log
from api.log_tending import Rebuilt, rebuilt
from api.settings import Settings
from tests.e2e.commands import Service, run, running
from workflow.anchor import Behind
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.signing import LogKeys
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.keys import VerifierKey
from workflow.proof.unsound import Unsound
from workflow.store import EmbeddedServer, Store, connect

AOF = "appendonlydir"


def register(service: Service, buyer: str) -> None:
    name = {"name": {"en": buyer, "zh": "甲"}}
    answer = httpx.put(f"{service.url}/v1/buyers/{buyer}", json=name, auth=service.keyring)
    assert answer.is_success, answer.text


def buyers(service: Service) -> list[str]:
    items = httpx.get(f"{service.url}/v1/buyers", auth=service.keyring).json()["items"]
    return sorted(item["buyer"] for item in items)


def before_long(true: Callable[[], object]) -> None:
    until = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def keys_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("log", "key", "--data", folder, "--json").stdout)
    return found


def test_a_database_that_was_rolled_back_is_refused_and_recovered(tmp_path: Path) -> None:
    data, log = tmp_path / "data", LogDirectory(tmp_path / "data" / "log")
    with running("serve", "--data", data) as service:
        register(service, "first")
        assert service.stop()[0] == 0
    size = log.signed().size
    shutil.copytree(data / AOF, tmp_path / "older")
    with running("serve", "--data", data) as service:
        register(service, "second")
        before_long(lambda: log.signed().size > size)
        in_use = run("log", "recover", "--data", data)
        assert (in_use.returncode, "stopped first" in in_use.stderr) == (2, True)
        assert run("log", "check", "--data", data).returncode == 0
        assert service.stop()[0] == 0
    size = log.signed().size
    shutil.rmtree(data / AOF)
    shutil.copytree(tmp_path / "older", data / AOF)
    refused = run("serve", "--data", data, "--port", "0")
    assert refused.returncode == 1
    assert "rolled back" in refused.stderr
    assert "clearance log recover" in refused.stderr
    recovered = run("log", "recover", "--data", data, "--json")
    assert json.loads(recovered.stdout) == {"size": size, "unsettled": []}
    assert f"all {size} records" in run("log", "check", "--data", data).stdout
    aside = run("log", "recover", "--replace", "--data", data)
    assert f"{size} records" in aside.stdout
    assert len(list(data.glob(f"{AOF}.*"))) == 1
    with running("serve", "--data", data) as service:
        assert buyers(service) == ["first", "second"]


def test_a_running_service_takes_up_a_new_key_and_notices_that_its_database_changed(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    log = LogDirectory(data / "log")
    assert run("log", "key", "--data", data).returncode == 2
    assert run("log", "check", "--data", data).returncode == 2
    with running("serve", "--data", data, CLEARANCE_LOG_ORIGIN="example.org/log") as service:
        before = keys_of(data)
        (old,) = run("log", "key", "--data", data).stdout.split()
        assert before == {"origin": "example.org/log", "keys": [old], "next": None}
        assert (data / "log.key").stat().st_mode & 0o777 == 0o600
        rotated = json.loads(run("log", "key", "--data", data, "--rotate", "--json").stdout)
        before_long(lambda: keys_of(data)["keys"] == [old, rotated["next"]])
        raw = log.checkpoint()
        assert raw is not None
        for key in (old, rotated["next"]):
            open_checkpoint(raw, [VerifierKey.parse(key)], "example.org/log")
        assert httpx.get(f"{service.url}/readyz").status_code == 200
        with Redis(unix_socket_path=str(data / "valkey.sock")) as redis:
            redis.set("clearance:log", f"1 {'ab' * 32}")
        before_long(lambda: httpx.get(f"{service.url}/readyz").status_code == 503)
        assert httpx.get(f"{service.url}/readyz").json()["code"] == "log-stopped"
        code, errors = service.stop()
        assert code == 0
        assert "nothing more is signed" in errors
    assert log.checkpoint() == raw
    other = run("serve", "--data", data, "--port", "0")
    assert other.returncode == 1
    assert "rolled back" in other.stderr


def aside(data: Path) -> list[Path]:
    """Data that was replaced."""
    return list(data.glob(f"{AOF}.*"))


async def started(data: Path) -> list[str]:
    """Begin to start a service, and tell which buyers it has. Raises LogUnfit."""
    settings, embedded = Settings(data=data), EmbeddedServer(data)
    embedded.start()
    try:
        async with Store(connect(embedded.url)) as store:
            await prepare_log(settings, store)
            found = await store.read_many(["buyer/first", "buyer/second"])
            return [name for name, one in zip(("first", "second"), found, strict=True) if one]
    finally:
        embedded.stop()


async def refused(data: Path) -> str:
    """What a service says that does not start."""
    with pytest.raises(LogUnfit) as unfit:
        await started(data)
    return str(unfit.value)


async def recovered(data: Path, *, replace: bool, forget: int = 0) -> Rebuilt:
    return await rebuilt(Settings(data=data), lambda _: None, replace=replace, forget=forget)


async def test_a_log_that_is_not_there_costs_no_database_and_is_not_begun_again(
    tmp_path: Path,
) -> None:
    data, older = tmp_path / "data", tmp_path / "older"
    log = LogDirectory(data / "log")
    with running("serve", "--data", data) as service:
        register(service, "first")
        assert service.stop()[0] == 0
    shutil.copytree(log.path, older)
    with running("serve", "--data", data) as service:
        register(service, "second")
        assert service.stop()[0] == 0
    await folder_is_behind(data, older)
    await folder_is_unfit(data)
    await nothing_knows_the_log(data)


async def folder_is_behind(data: Path, older: Path) -> None:
    """The database is kept while the folder is gone, empty, or an older copy."""
    log, away = LogDirectory(data / "log"), data / "away"
    log.path.rename(away)
    said = await refused(data)
    assert ("not mounted" in said, "recover" in said, str(log.path) in said) == (True, False, True)
    log.path.mkdir()
    lost = run("log", "recover", "--replace", "--data", data)
    assert (lost.returncode, "there is no log in" in lost.stderr) == (2, True)
    with pytest.raises(Unsound):
        await recovered(data, replace=True)
    shutil.rmtree(log.path)
    shutil.move(older, log.path)
    said = await refused(data)
    assert ("older copy" in said, "recover" in said) == (True, False)
    for replace in (False, True):
        with pytest.raises(Behind) as behind:
            await recovered(data, replace=replace)
    for count in (behind.value.lost - 1, behind.value.lost + 1):
        with pytest.raises(Behind):
            await recovered(data, replace=True, forget=count)
    database, kept = data / AOF, data / "kept"
    shutil.copytree(database, kept)
    made = await recovered(data, replace=True, forget=behind.value.lost)
    assert made.aside is not None
    assert await started(data) == ["first"]
    shutil.rmtree(made.aside)
    shutil.rmtree(database)
    shutil.move(kept, database)
    shutil.rmtree(log.path)
    away.rename(log.path)


async def folder_is_unfit(data: Path) -> None:
    """A log that cannot be proved, or read to its end, replaces nothing."""
    for name in ("log/tile", "log/checkpoint", "log.key"):
        (data / "log.pub").rename(data / "hidden")
        (data / name).rename(data / "lost")
        with pytest.raises((Damaged, Unsound)):
            await recovered(data, replace=True)
        (data / "lost").rename(data / name)
        (data / "hidden").rename(data / "log.pub")
    assert not aside(data)
    assert await started(data) == ["first", "second"]
    assert (await recovered(data, replace=True)).aside is not None
    assert await started(data) == ["first", "second"]


async def nothing_knows_the_log(data: Path) -> None:
    """Its key alone begins no second tree."""
    log, away = LogDirectory(data / "log"), data / "away"
    checkpoint = log.checkpoint()
    shutil.rmtree(data / AOF)
    log.path.rename(away)
    said = await refused(data)
    assert ("keys of a log" in said, "log.key and log.pub away" in said) == (True, True)
    assert log.checkpoint() is None
    shutil.move(away, log.path)
    for name in ("log/checkpoint", "log.key", "log.pub"):
        shutil.move(data / name, data / name.replace("/", "-of-").replace(".", "-"))
    assert "without its checkpoint" in await refused(data)
    for name in ("log/checkpoint", "log.key", "log.pub"):
        shutil.move(data / name.replace("/", "-of-").replace(".", "-"), data / name)
    assert "clearance log recover" in await refused(data)
    assert log.checkpoint() == checkpoint


def test_a_first_start_that_was_cut_short_goes_on_with_its_key(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keys = LogKeys(data, key_files.read, key_files.write)
    data.mkdir(mode=0o700)
    key = str(keys.begin("example.org/log").verifier)
    with running("serve", "--data", data) as service:
        register(service, "first")
        assert service.stop()[0] == 0
    assert (data / "log.pub").read_text().split() == [key]
