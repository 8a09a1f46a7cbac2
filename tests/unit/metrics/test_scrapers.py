"""Who is told the metrics without being anybody; and the settings that say so."""

from typing import Any

import pytest

from api.metrics import PATH, Scrapers
from api.settings import Metrics, Settings, Unfit

TOKEN = "a-token-that-is-good-for-nothing-else_at-all"


def scope(*given: str, path: str = PATH) -> dict[str, Any]:
    return {"path": path, "headers": [(b"authorization", one.encode("latin-1")) for one in given]}


def test_nobody_unless_the_operator_says_so() -> None:
    scrapers = Scrapers(Metrics())
    for given in ((), ("Bearer None",), ("Bearer ",), ("",)):
        assert not scrapers.lets_in(scope(*given))


def test_everybody_where_they_are_public_and_at_no_other_address() -> None:
    scrapers = Scrapers(Metrics(public=True))
    assert scrapers.lets_in(scope())
    assert scrapers.lets_in(scope("Bearer anything"))
    for path in ("/v1/journal", "/metrics/", "/METRICS", "/v1/metrics"):
        assert not scrapers.lets_in(scope(path=path))


def test_whoever_bears_the_token_and_nobody_else() -> None:
    scrapers = Scrapers(Metrics(token=TOKEN))
    good = f"Bearer {TOKEN}"
    assert scrapers.lets_in(scope(good))
    assert not scrapers.lets_in(scope(good, path="/v1/applications"))
    for given in (
        (),
        (good, good),
        (good[:-1],),
        (f"{good} ",),
        (TOKEN,),
        (f"bearer {TOKEN}x",),
        (f"Bearer {TOKEN[:-1]}\xe9",),
    ):
        assert not scrapers.lets_in(scope(*given))


@pytest.mark.parametrize(
    "token",
    [
        "short",
        "a" * 39,
        "a" * 257,
        "with a space " * 4,
        "é" * 40,
        *(f"{'a' * 40}{one}" for one in "./+=~"),
    ],
)
def test_a_token_that_is_none_stops_the_start_and_is_not_repeated(token: str) -> None:
    with pytest.raises(Unfit) as refused:
        Metrics(token=token)
    assert token not in str(refused.value)


def test_a_token_for_what_is_public_is_a_mistake() -> None:
    with pytest.raises(Unfit, match="nobody needs"):
        Metrics(public=True, token=TOKEN)


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().metrics == Metrics()
    monkeypatch.setenv("CLEARANCE_METRICS_TOKEN", TOKEN)
    settings = Settings.from_environment()
    assert settings.metrics == Metrics(token=TOKEN)
    assert TOKEN not in repr(settings)
    monkeypatch.delenv("CLEARANCE_METRICS_TOKEN")
    monkeypatch.setenv("CLEARANCE_METRICS", "public")
    assert Settings.from_environment().metrics == Metrics(public=True)
    monkeypatch.setenv("CLEARANCE_METRICS", "everybody")
    with pytest.raises(Unfit, match="operators or public"):
        Settings.from_environment()
