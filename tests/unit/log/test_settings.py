"""The settings of the log, and what a log is called."""

from pathlib import Path

import pytest

from api.log_start import _origin
from api.settings import Settings, Unfit


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"CLEARANCE_LOG_{name}", value)
    return Settings.from_environment(data=Path("d"))


def test_what_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    log = settings.log
    assert settings.log_directory == Path("d/log")
    assert (log.public, log.sequence, log.hot_days, log.origin) == (True, True, None, None)


def test_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"DIRECTORY": "elsewhere", "ORIGIN": "example.org/log", "HOT_DAYS": "30"}
    settings = read(monkeypatch, PUBLIC="no", SEQUENCE="0", **named)
    log = settings.log
    assert settings.log_directory == Path("elsewhere")
    assert (log.public, log.sequence, log.hot_days) == (False, False, 30)
    assert log.origin == "example.org/log"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC", "maybe"),
        ("SEQUENCE", "2"),
        ("HOT_DAYS", "-1"),
        ("HOT_DAYS", "36501"),
        ("HOT_DAYS", "9999999999"),
        ("HOT_DAYS", "9" * 5_000),
        ("HOT_DAYS", "soon"),
        ("ORIGIN", "a b"),
        ("ORIGIN", "a+b"),
        ("ORIGIN", "日志"),
    ],
)
def test_what_is_not_fit_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(Unfit, match=f"CLEARANCE_LOG_{name}"):
        read(monkeypatch, **{name: value})


@pytest.mark.parametrize("days", [-1, 36_501, 99_999_999])
def test_the_days_that_records_stay_have_bounds(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    told = f"from 0 to 36500, not {days}"
    with pytest.raises(Unfit, match=told):
        Settings.from_environment(data=Path("d"), hot_days=days)
    with pytest.raises(Unfit, match=told):
        read(monkeypatch, HOT_DAYS=str(days))


def test_a_log_is_called_by_where_it_is_found() -> None:
    public = Settings(public_url="https://clearance.example/base/")
    assert _origin(public) == "clearance.example/base/log"
    for local in (Settings(), Settings(public_url="http://127.0.0.1:8000")):
        assert _origin(local).startswith("localhost/clearance-")
        assert _origin(local) != _origin(local)
