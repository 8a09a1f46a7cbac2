"""What flags and variables say about reaching a service, and the language of the locale."""

from pathlib import Path

import pytest

from api.settings import Access, language

VARIABLES = ("CLEARANCE_URL", "CLEARANCE_DATA", "CLEARANCE_API_KEY", "CLEARANCE_API_KEY_FILE")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
ONE, OTHER = "http://127.0.0.1:1", "http://127.0.0.1:2"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *LOCALE):
        monkeypatch.delenv(name, raising=False)


def test_a_flag_counts_more_than_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Access.from_environment() == Access()
    for name, value in zip(VARIABLES, (ONE, "folder", "key", "file"), strict=True):
        monkeypatch.setenv(name, value)
    assert Access.from_environment() == Access(ONE, Path("folder"), "key", "file")
    given = Access.from_environment(url=OTHER, data=Path("mine"), api_key="other")
    assert given == Access(OTHER, Path("mine"), "other")
    assert Access.from_environment(api_key_file="mine").api_key is None


def test_address_and_folder_come_from_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that a variable names says nothing about the address that a flag does."""
    monkeypatch.setenv("CLEARANCE_URL", ONE)
    monkeypatch.setenv("CLEARANCE_DATA", "folder")
    assert Access.from_environment(data=Path("mine")) == Access(None, Path("mine"))
    assert Access.from_environment(url=OTHER) == Access(OTHER)


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Access(ONE, api_key="secret"))


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
    ids=str,
)
def test_the_language_is_that_of_the_locale(
    monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], expected: str
) -> None:
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert language() == expected
