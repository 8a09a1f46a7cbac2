"""What flags and variables say about reaching a service, and the language of the locale."""

from pathlib import Path

import pytest

from api.settings import Access, language

VARIABLES = ("CLEARANCE_URL", "CLEARANCE_DATA", "CLEARANCE_ACTOR", "CLEARANCE_API_KEY")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
ONE, OTHER = "http://127.0.0.1:1", "http://127.0.0.1:2"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *LOCALE):
        monkeypatch.delenv(name, raising=False)


def access(**flags: str | Path) -> Access:
    given = dict.fromkeys(("url", "data", "actor", "api_key")) | flags
    return Access.from_environment(**given)  # type: ignore[arg-type]  # by name, as flags come


def test_a_flag_counts_more_than_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert access() == Access()
    for name, value in zip(VARIABLES, (ONE, "folder", "a;b;recorder", "key"), strict=True):
        monkeypatch.setenv(name, value)
    assert access() == Access(ONE, Path("folder"), "a;b;recorder", "key")
    given = access(url=OTHER, actor="c;d;recorder", api_key="other")
    assert (given.url, given.actor, given.api_key) == (OTHER, "c;d;recorder", "other")


def test_a_folder_as_flag_counts_more_than_an_address_as_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLEARANCE_URL", ONE)
    assert access(data=Path("mine")) == Access(None, Path("mine"))
    assert access(url=OTHER, data=Path("mine")).url == OTHER


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
