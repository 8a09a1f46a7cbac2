"""What is found of a set-up without asking anybody."""

import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from api.doctor import service, setting
from api.doctor.finding import Finding, Level
from api.settings import Log, Settings
from workflow.backup import restoring

Usage = namedtuple("Usage", "total used free")


def names(findings: list[Finding]) -> set[str]:
    """What is not well."""
    return {one.name for one in findings if one.level is not Level.WELL}


def test_settings_that_go_together_are_well(tmp_path: Path) -> None:
    assert names(list(setting.of_settings(Settings(data=tmp_path)))) == set()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(durability="relaxed"), "durability-relaxed"),
        (Settings(webhooks=False), "delivers-not"),
        (Settings(public_url="https://example.org"), "proxy-untrusted"),
        (Settings(public_url="http://example.org"), "no-tls"),
        (Settings(host="0.0.0.0", hosts=("example.org",)), "no-public-url"),  # noqa: S104
    ],
)
def test_settings_that_are_doubtful_are_named(settings: Settings, name: str) -> None:
    assert names(list(setting.of_settings(settings))) == {name}


def test_a_host_with_the_key_that_is_not_to_sign_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.key").touch()
    settings = Settings(data=tmp_path, log=Log(sequence=False))
    assert names(list(setting.of_settings(settings))) == {"signs-not"}


def test_a_variable_that_nothing_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARANCE_REDIS_ULR", "redis://127.0.0.1")
    monkeypatch.setenv("CLEARANCE_API_KEY", "secret")
    monkeypatch.setenv("CLEARANCE_DURABILITY", "strict")
    (found,) = (
        one
        for one in setting.of_settings(Settings.from_environment())
        if one.name == "setting-unknown"
    )
    assert found.values == {"names": "CLEARANCE_REDIS_ULR"}


def test_a_folder_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    settings = Settings(data=folder)

    def found() -> set[str]:
        return names(list(setting.of_folder(settings)))

    assert found() == {"folder-missing"}
    folder.mkdir(mode=0o700)
    assert found() == set()
    folder.chmod(0o755)
    assert found() == {"folder-open"}
    folder.chmod(0o700)
    (folder / "log.key").touch(0o644)
    assert found() == {"key-open"}
    (folder / "log.key").unlink()
    restoring.begin(folder, folder / "log", "digest")
    assert found() == {"restore-cut-short"}
    restoring.end(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 1024**2))
    assert found() == {"disk-low"}
    (folder / "log").touch()
    assert found() == {"folder-unusable"}
    (unusable,) = setting.of_folder(Settings(data=folder / "log" / "data"))
    assert (unusable.name, unusable.values) == ("folder-unusable", {"folder": str(folder / "log")})


def test_procedures_are_looked_at(tmp_path: Path) -> None:
    assert names(list(setting.of_procedures(Settings()))) == set()
    (tmp_path / "bad.yaml").write_text("name: [")
    settings = Settings(procedures=tmp_path)
    assert names(list(setting.of_procedures(settings))) == {"procedures-unsound"}


async def test_where_nothing_runs_the_port_is_looked_at(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = Settings(data=tmp_path, port=port)
        assert service.running(settings) is None
        taken = [one async for one in service.of_service(settings, None)]
    assert names(taken) == {"port-taken"}
    free = [one async for one in service.of_service(Settings(data=tmp_path, port=0), None)]
    assert names(free) == {"service-silent"}
