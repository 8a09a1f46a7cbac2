"""What is wrong with the service is told in words, in both languages."""

from types import SimpleNamespace

import pytest
from fastapi import Request

from api.auth import PLACE
from api.console.assets import Assets
from api.console.log_standing import NOTHING, LogStanding
from api.console.operating import WORDS, wrong
from api.console.pages.operations import Load
from api.console.rendering import Rendering
from api.console.visit import Visit
from api.log_checks import Verdict
from api.readiness import LATE, STOPPED, TOLD, UNSAFE
from api.settings import Settings
from workflow.domain.principal import Principal, Role
from workflow.domain.procedure import Label

FOUND = "appendfsync: it is everysec"
READINESS = SimpleNamespace(server=(FOUND,), names=lambda: [LATE, UNSAFE])
STANDING = LogStanding(None, NOTHING, None, None, False, True, True)
BROKEN = Verdict("2026-01-30T00:00:00.000Z", 20, "", 10, "leaf 10 is not its record's", 10)
WELL = SimpleNamespace(server=(), names=list)


def visit(language: str, readiness: SimpleNamespace = READINESS) -> Visit:
    """The operator's, at a process that has found something, or nothing."""
    app = SimpleNamespace(state=SimpleNamespace(readiness=readiness))
    who = Principal("op", "ops", frozenset({Role.OPERATOR}))
    scope = {"type": "http", "path": "/operations", "query_string": b"", "headers": []}
    return Visit(Request(scope | {"app": app, PLACE: who}), language)


def test_every_finding_has_its_words() -> None:
    assert set(WORDS) == {STOPPED, UNSAFE, *TOLD}


def test_what_the_server_says_stands_with_it() -> None:
    assert [(one.name, one.told) for one in wrong(visit("en"), STANDING)] == [
        (LATE, ()),
        (UNSAFE, (FOUND,)),
    ]


def shown(asked: Visit, log: LogStanding) -> str:
    """The page of how things stand."""
    load = Load(7, None, None, 1_000, 0, 0, 0)
    values = {"load": load, "log": log, "most": 1_000, "settings": Settings(), "kept": 10}
    values |= {"visit": asked, "wrong": wrong(asked, log), "today": "2026-01-30", "at": BROKEN.at}
    return Rendering(Assets()).page("operations.html", asked.language, values)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("What was due 30 seconds ago has not happened.", "1,000 or more", "not known")),
        ("zh", ("30 秒前到期的事项尚未得到处理。", "至少 1,000", "未知")),
    ],
)
def test_a_page_tells_of_it(language: str, said: tuple[str, ...]) -> None:
    page = shown(visit(language), STANDING)
    for text in (*said, FOUND, UNSAFE):
        assert text in page


@pytest.mark.parametrize(
    ("language", "said"), [("en", "found the log broken"), ("zh", "日志已损坏")]
)
def test_a_log_that_does_not_hold_is_what_is_wrong(language: str, said: str) -> None:
    log = STANDING._replace(verdict=BROKEN, fault=Label("rewritten", "已改写"))
    names = [one.name for one in wrong(visit(language, WELL), log)]
    assert names == ["log-unsound", "log-broken"]
    page = shown(visit(language, WELL), log)
    assert said in page
    assert 'class="notice' not in page


def test_what_was_not_looked_at_is_not_called_sound() -> None:
    sound = STANDING._replace(verdict=BROKEN._replace(reason=None))
    assert "was never checked" in shown(visit("en", WELL), STANDING)
    assert "was never checked" not in shown(visit("en", WELL), sound)


def test_what_is_not_in_the_log_yet_is_counted() -> None:
    assert Load(7, 5, None, 0, 0, 0, 0).lag == 2
    assert Load(7, None, None, 0, 0, 0, 0).lag is None
