"""How numbers and times are written in both languages."""

import pytest

from api.console.formats import Formats
from api.console.languages import LANGUAGES
from api.console.naming import Names, coded, told
from workflow.domain.procedure import Label
from workflow.procedures import load_packaged

ENGLISH, CHINESE = Formats("en"), Formats("zh")
INSTANT = "2026-01-29T16:00:05.000Z"


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "10,000", "1万"),
        (52_500, "52,500", "52,500"),
        (400_000, "400,000", "40万"),
        (12_340_000, "12,340,000", "1,234万"),
        (200_000_000, "200,000,000", "2亿"),
    ],
)
def test_a_number(count: int, english: str, chinese: str) -> None:
    assert (ENGLISH.number(count), CHINESE.number(count)) == (english, chinese)


@pytest.mark.parametrize(("share", "told"), [(2_500, "25%"), (3_333, "33.33%"), (0, "0%")])
def test_a_share(share: int, told: str) -> None:
    assert ENGLISH.percent(share) == CHINESE.percent(share) == told


def test_a_time_is_told_in_beijing_and_in_utc_beside_it() -> None:
    element = '<time datetime="2026-01-29T16:00:05Z" title="2026-01-29 16:00:05 UTC">{}</time>'
    assert ENGLISH.time(INSTANT) == element.format("30 Jan 2026, 00:00")
    assert CHINESE.time(INSTANT) == element.format("2026年1月30日 00:00")
    assert ENGLISH.day(INSTANT) == element.format("30 Jan 2026")
    assert CHINESE.day(INSTANT) == element.format("2026年1月30日")


def test_a_day_of_itself_has_no_zone() -> None:
    assert ENGLISH.date("2027-02-28") == '<time datetime="2027-02-28">28 Feb 2027</time>'
    assert CHINESE.date("2027-02-28") == '<time datetime="2027-02-28">2027年2月28日</time>'


def test_things_are_called_what_the_procedure_calls_them() -> None:
    procedure = load_packaged()["h200-import", 1]
    english, chinese = (Names(procedure, language) for language in LANGUAGES)
    assert (english.short("miit"), chinese.short("miit")) == ("MIIT", "工信部")
    assert chinese.official("ndrc") == "国家发展和改革委员会"
    assert chinese.state("ministry_approved") == "两部门已批准"
    assert (english.short("buyer"), chinese.official("buyer")) == ("Buyer", "买方")
    assert (english.event("create"), chinese.event("create")) == (
        "Submit the application",
        "提交申请",
    )
    assert english.state("unheard_of") == english.event("unheard_of") == "unheard_of"


def test_a_text_of_both_languages_is_told_in_one() -> None:
    assert told(Label("one", "一"), "zh") == told({"en": "one", "zh": "一"}, "zh") == "一"
    assert coded("press_report", "zh") == "新闻报道"
    assert coded("auditor", "en") == "auditor"
    assert coded("unheard_of", "zh") == "unheard_of"
