"""docker-compose.yml: of the right shape, hardened, and its two parts start together."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from redis import Redis
from redis.exceptions import RedisError

from api.server import GRACE
from api.workers import END_WAIT
from tests.e2e.commands import Service, running
from tests.e2e.test_cli_worker import working
from tests.integration.store.servers import VALKEY
from tests.integration.store.servers import running as foreign
from tests.keyring import Keyring
from workflow.store.embedded import binary

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
(PORT_IN_IMAGE,) = re.findall(r"CLEARANCE_PORT=(\d+)$", DOCKERFILE, re.MULTILINE)
SERVERS = [str(binary()), shutil.which("redis-server")]
VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def composed(**chosen: str) -> dict[str, Any]:
    """The services, with the variables that somebody has chosen."""
    text = VARIABLE.sub(lambda one: chosen.get(one[1], one[2]), COMPOSE.read_text())
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    return services


def test_it_has_the_shape_of_the_compose_specification() -> None:
    check = [Path(sys.executable).with_name("check-jsonschema")]
    done = subprocess.run(
        [*check, "--builtin-schema", "vendor.compose-spec", COMPOSE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["clearance", "worker", "server"])
def test_each_part_may_do_as_little_as_possible(name: str) -> None:
    part = composed()[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert not part.keys() & {"privileged", "cap_add", "network_mode", "devices", "pid"}
    assert part["restart"] == "unless-stopped"


def test_nobody_but_the_service_reaches_the_server_and_nobody_but_this_machine_the_service() -> (
    None
):
    parts = composed()
    assert parts["server"]["networks"] == ["inside"]
    assert "ports" not in parts["server"] | parts["worker"]
    assert yaml.safe_load(COMPOSE.read_text())["networks"] == {"inside": {"internal": True}}
    assert parts["clearance"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_log_and_its_key_lie_apart_from_the_data_of_the_server() -> None:
    parts = composed()
    its = {one.split(":")[0] for one in parts["server"]["volumes"]}
    for name in ("clearance", "worker"):
        assert parts[name]["volumes"] == ["clearance-data:/data"]
        assert "clearance-data" not in its
    assert "CLEARANCE_DATA=/data" in DOCKERFILE


def test_the_worker_is_the_same_program_with_the_same_settings() -> None:
    """It begins when the log and its key are there, and says how it is where the image asks."""
    parts = composed()
    service, worker = parts["clearance"], parts["worker"]
    assert worker["image"] == service["image"]
    assert worker["environment"].items() <= service["environment"].items()
    assert set(service["environment"]) - set(worker["environment"]) == {
        "CLEARANCE_HOST",
        "CLEARANCE_WORKERS",
        "CLEARANCE_METRICS_TOKEN",
    }
    assert worker["depends_on"] == {"clearance": {"condition": "service_healthy"}}
    assert worker["command"] == ["worker", "--health", PORT_IN_IMAGE]
    assert "healthcheck" not in worker, "the image's own asks that port"


def test_there_is_time_to_finish_what_was_taken_in() -> None:
    for name in ("clearance", "worker"):
        given = composed()[name]["stop_grace_period"]
        assert int(given.removesuffix("s")) > END_WAIT > GRACE


def test_one_variable_picks_the_server() -> None:
    assert composed()["server"]["image"] == "redis:8"
    assert composed(SERVER="valkey/valkey:9")["server"]["image"] == "valkey/valkey:9"
    used = set(VARIABLE.findall(COMPOSE.read_text()))
    usual = "http://127.0.0.1:8000"
    fixed = {("SERVER", "redis:8"), ("PORT", "8000"), ("PUBLIC_URL", usual)}
    assert used == {*fixed, ("WORKERS", "2"), ("METRICS_TOKEN", ""), ("WEBHOOKS", "")}


def test_the_base_of_the_image_can_be_pinned_by_make_and_by_compose(tmp_path: Path) -> None:
    pinned = f"example:1@sha256:{'0' * 64}"
    assert composed()["clearance"]["build"]["args"] == ["BASE"]
    assert re.search(r"^ARG BASE=\S+\n\nFROM \$\{BASE\} AS", DOCKERFILE, re.MULTILINE)
    builder = tmp_path / "buildah"
    builder.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    builder.chmod(0o755)
    told = subprocess.run(
        ["make", "image", f"BASE={pinned}", "BUILDER=buildah"],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"--build-arg\nBASE={pinned}\n" in told.stdout


@pytest.mark.parametrize("program", SERVERS, ids=["valkey", "redis"])
def test_the_server_as_configured_is_good_enough_for_the_service(
    program: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if program is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    parts = composed(WORKERS="1")
    inside, *options = parts["server"]["command"]
    assert options == ["--bind", "*", "--protected-mode", "no"]
    here = ["--bind", "127.0.0.1", "--port", str(port)]  # the networks of compose are not there
    mounted = dict(reversed(one.split(":")[:2]) for one in parts["server"]["volumes"])
    server = subprocess.Popen(
        [program, ROOT / mounted[inside], *options, *here], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_healthy(port)
        for name, value in parts["clearance"]["environment"].items():
            own = str(value).replace("server:6379", f"127.0.0.1:{port}")
            monkeypatch.setenv(name, own)
        with running("serve", "--data", tmp_path / "volume") as service:
            assert service.line.endswith(f"redis://127.0.0.1:{port}/0, durability strict\n")
            buyers = httpx.get(f"{service.url}/v1/buyers", auth=service_keys(service, tmp_path))
            assert buyers.json()["items"] == []
            assert (tmp_path / "volume" / "log.key").exists()
            until = time.monotonic() + 20
            while not (tmp_path / "volume" / "log" / "checkpoint").exists():
                assert time.monotonic() < until
                time.sleep(0.02)
    finally:
        server.kill()
        server.wait()


def test_one_of_them_adds_to_the_log_and_the_other_when_it_has_gone(tmp_path: Path) -> None:
    volume, lock = tmp_path / "volume", tmp_path / "volume" / "log" / "lock"
    with (
        foreign(VALKEY, tmp_path / "server") as url,
        running("serve", "--data", volume, "--redis", url) as service,
        working("--data", volume, "--redis", url) as beside,
    ):
        until = time.monotonic() + 20
        for one in (service.process, beside):
            while not lock.exists() or holders(lock.stat().st_ino) != [one.pid]:
                assert time.monotonic() < until
                time.sleep(0.02)
            one.send_signal(signal.SIGTERM)
            assert one.communicate(timeout=20)[1] == ""
            assert one.returncode == 0


def service_keys(service: Service, folder: Path) -> Keyring:
    """With the operator's key where compose keeps it: in the data volume of the service."""
    return Keyring(folder / "volume", lambda: service.url)


def holders(inode: int) -> list[int]:
    """The processes that hold a lock on a file (Linux, proc_locks(5))."""
    rows = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return [int(row[4]) for row in rows if row[5].endswith(f":{inode}") and row[1] != "->"]


def _wait_until_healthy(port: int) -> None:
    """What `depends_on` does before it starts the service."""
    deadline = time.monotonic() + 10
    with Redis(port=port) as client:
        while time.monotonic() < deadline:
            with suppress(RedisError):
                if client.ping():
                    return
            time.sleep(0.05)
    raise TimeoutError
