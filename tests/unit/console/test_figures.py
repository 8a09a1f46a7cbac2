"""Figures of records that are given, and why some of them are months, or unknown."""

from datetime import date
from typing import Any

import pytest

from api.console.figures import LIMITS, Causes, Period, course, lengths, meaning, of_events
from api.console.window import By, Days, Stay, Window
from workflow.domain.procedure import Label
from workflow.procedures import load_packaged

DAY = 86_400
PROCEDURE = load_packaged()["h200-import", 1]


def record(recorded: str, effective: str = "", standing: str | None = None) -> dict[str, Any]:
    return {
        "recorded_at": f"{recorded}:00.000Z",
        "effective_at": f"{effective or recorded}:00.000Z",
        "standing": standing,
        "subject": "application/a",
        "from": None,
        "to": None,
        "changes": {"set": {}},
    }


def days(records: list[dict[str, Any]], by: By = "recorded_at") -> Days:
    """As the window counts them."""
    found = Window(by)
    for one in records:
        found.take(one, PROCEDURE)
    assert found.records == len(records)
    return found.days


def test_a_day_is_one_of_beijing_and_days_without_events_are_told() -> None:
    records = [
        record("2026-01-30T15:59", standing="reported"),
        record("2026-01-30T16:00", standing="confirmed"),
        record("2026-02-01T00:00"),
    ]
    found = course(days(records))
    assert found.periods == [
        Period(date(2026, 1, 30), 0, 1, 0),
        Period(date(2026, 1, 31), 1, 0, 0),
        Period(date(2026, 2, 1), 0, 0, 1),
    ]
    assert [one.total for one in found.periods] == [1, 1, 1]
    assert not found.months


def test_the_day_counts_on_which_it_was_recorded_or_took_effect() -> None:
    one = record("2026-02-03T04:00", "2026-01-30T04:00")
    assert course(days([one])).periods[0].begins == date(2026, 2, 3)
    assert course(days([one], "effective_at")).periods[0].begins == date(2026, 1, 30)


@pytest.mark.parametrize(
    ("last", "months", "count"), [("2026-03-03", False, 62), ("2026-03-04", True, 3)]
)
def test_more_days_than_can_be_told_are_months(last: str, months: bool, count: int) -> None:
    found = course(days([record("2026-01-01T04:00"), record(f"{last}T04:00")]))
    assert found.months is months
    assert len(found.periods) == count
    assert sum(one.total for one in found.periods) == 2


def test_of_very_many_months_the_latest_are_told_and_how_much_was_before() -> None:
    found = course(days([record("1999-12-31T04:00"), record("2026-03-04T04:00")]))
    assert len(found.periods) == 62
    assert found.periods[-1].begins == date(2026, 3, 1)
    assert found.periods[0].begins == date(2021, 2, 1)
    assert found.earlier == 1


def test_where_nothing_happened_nothing_is_told() -> None:
    assert course(days([])) == ((), False, 0)
    assert lengths([], ["submitted"]) == []
    assert Causes().told() == []


def test_stays_are_told_by_state_in_the_order_of_the_procedure() -> None:
    stays = [
        Stay("of-an-older-version", 5),
        Stay("second", 10),
        Stay("first", 4),
        Stay("first", 1),
        Stay("first", 3),
        Stay("first", 2),
        Stay("first", None),
    ]
    found = lengths(stays, ["first", "second", "never-left"])
    assert [one.state for one in found] == ["first", "second", "of-an-older-version"]
    assert (found[0].times, found[0].unknown, found[0].spread) == (5, 1, (1, 2, 3, 4))
    assert (found[1].times, found[1].unknown, found[1].spread) == (1, 0, (10, 10, 10, 10))


def test_what_is_only_reported_stands_apart_and_what_is_not_known_has_no_length() -> None:
    stays = [Stay("here", None, reported=True), Stay("here", DAY), Stay("here", None)]
    confirmed, reported = lengths(stays, ["here"])
    assert (confirmed.reported, confirmed.times, confirmed.unknown) == (False, 2, 1)
    assert confirmed.spread == (DAY, DAY, DAY, DAY)
    assert (reported.reported, reported.times, reported.unknown) == (True, 1, 1)
    assert reported.spread is None
    assert sum(reported.spans) == 0


@pytest.mark.parametrize("by", ["recorded_at", "effective_at"])
def test_a_day_is_not_whole_of_which_older_records_were_left_out(by: By) -> None:
    cut = "2026-01-30T15:59:00.000Z"  # just before midnight in Beijing
    records = [record("2026-01-30T15:59"), record("2026-01-30T16:00")]
    found = course(days(records, by), cut)
    assert [(one.begins.day, one.whole) for one in found.periods] == [(30, False), (31, True)]
    assert all(one.whole for one in course(days(records, by)).periods)


def test_a_limit_belongs_to_the_longer_span() -> None:
    assert LIMITS == (DAY, 7 * DAY, 30 * DAY, 90 * DAY)
    days = (0, 1, 6, 7, 29, 30, 89, 90, 400)
    (found,) = lengths([Stay("here", days_ * DAY) for days_ in days], ["here"])
    assert found.spans == (1, 2, 2, 2, 2)


def test_causes_are_counted_with_their_repeats_the_most_frequent_first() -> None:
    entries: list[dict[str, Any]] = [
        {"code": "stale", "count": 1, "at": "2026-01-02"},
        {"code": "four-eyes", "count": 2, "at": "2026-01-03"},
        {"code": "four-eyes", "count": 5, "at": "2026-01-01"},
        {"code": None, "count": 1, "at": "2026-01-04"},
    ]
    causes = Causes()
    causes.take(entries[:2])
    causes.take(entries[2:])
    found = causes.told()
    assert (found[0].code, found[0].times, found[0].last) == ("four-eyes", 7, "2026-01-03")
    assert {one.code for one in found} == {"four-eyes", "stale", ""}


def test_only_what_was_to_be_posted_is_a_refused_event() -> None:
    told = [
        ("GET", "/operations", None),
        ("POST", "/v1/keys", None),
        ("POST", "/applications/{id}/events/{type}", "approve"),
        ("POST", "/v1/applications", None),
        ("GET", "/applications/{id}/events/{type}", "approve"),
        ("POST", None, None),
    ]
    entries = [{"method": method, "route": route, "event": one} for method, route, one in told]
    assert of_events(entries) == entries[2:4]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("not-yet-due", Label("The time for “…” has not come.", "进行“…”的时间尚未到来。")),
        ("invalid-event", Label("The request is not valid", "请求无效")),
        ("invalid-request", Label("The request is not valid", "请求无效")),
        ("of-another-time", Label("of-another-time", "of-another-time")),
    ],
)
def test_a_code_has_a_meaning_whatever_it_was_about(code: str, said: Label) -> None:
    assert meaning(code) == said
