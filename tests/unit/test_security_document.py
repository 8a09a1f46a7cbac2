"""docs/security.md says what the code says, and names tests that there are."""

import re
from itertools import chain
from pathlib import Path

import pytest

from api import sessions
from api.headers import HTTPS_ONLY, PAIRS
from api.journal import What
from api.schemas import RotationIn
from api.security_log import KINDS, LINES
from tests.unit.test_documents import names_of_tests
from workflow.domain.access import TABLE
from workflow.domain.principal import PEOPLE, Role
from workflow.identities import FRESH

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`((?:\w+/)*test_\w+\.py)(?:::(\w+))?`")
NAMED = sorted({(file, name) for file, name in TEST.findall(TEXT)})

TOP_10 = [f"API{number}" for number in range(1, 11)]
ASVS = {"2.3": (1, 3, 5), "8.2": range(1, 5), "8.3": range(1, 4), "9.1": range(1, 4)} | {
    "9.2": range(1, 5),
    "16.2": range(1, 6),
    "16.3": range(1, 5),
    "16.4": range(1, 4),
    "16.5": range(1, 5),
}
"""The items of OWASP ASVS 5.0.0 that are answered: all of a section but of 2.3."""


def section(title: str) -> str:
    """What stands below a heading."""
    _, _, rest = TEXT.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


PERSONS = [role for role in Role if role in PEOPLE]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_is_named_is_there(file: str, name: str) -> None:
    assert (ROOT / "tests" / file).is_file()
    if name:
        assert name in names_of_tests(f"tests/{file}").splitlines()


def test_every_span_that_looks_like_a_test_is_read_as_one() -> None:
    assert TEXT.count("test_") - TEXT.count("::test_") == len(TEST.findall(TEXT))
    assert len(NAMED) > 50


def test_the_table_is_the_one_that_decides() -> None:
    expected = [
        [
            action.value,
            rule.scope.value,
            *(rule.reach[r].value if r in rule.reach else "-" for r in PERSONS),
        ]
        for action, rule in TABLE.items()
    ]
    assert rows("Who may do what") == expected
    (head,) = re.findall(r"^\| what \| scope \| (.*) \|$", TEXT, re.MULTILINE)
    assert head.split(" | ") == [role.value for role in PERSONS]


def test_every_item_is_answered_once_and_by_a_test() -> None:
    found = rows("OWASP API Security Top 10 (2023)")
    assert [row[0].split()[0] for row in found] == TOP_10
    asked = rows("OWASP ASVS 5.0")
    items = chain.from_iterable(
        (f"{section}.{number}" for number in numbers) for section, numbers in ASVS.items()
    )
    assert [row[0] for row in asked] == list(items)
    assert all(TEST.search(row[-1]) for row in found + asked)


def test_what_is_not_met_is_said() -> None:
    """These items the service alone cannot meet, or does not yet."""
    answers = {row[0]: row[2] for row in rows("OWASP ASVS 5.0")}
    for item in ("8.2.4", "16.4.2", "16.4.3"):
        assert answers[item].startswith("Not met")
    for item in ("8.3.2", "16.3.3"):
        assert answers[item].startswith("Partly")


def test_its_numbers_are_those_of_the_code() -> None:
    text = " ".join(section("Credentials").split())
    longest = max(
        part.le
        for part in RotationIn.model_fields["overlap_seconds"].metadata
        if hasattr(part, "le")
    )
    for told in (
        f"{longest // 86_400} days at most",
        f"{sessions.LONGEST // 3600} hours at most, {sessions.IDLE // 3600} hour unused",
        f"once, for {sessions.LINK // 60} minutes",
        f"for {FRESH:.0f} s",
    ):
        assert told in text
    assert RotationIn().overlap_seconds == 86_400
    assert FRESH < 5
    assert f"all together {LINES} a second" in " ".join(section("What is logged").split())


def test_what_the_journal_tells_is_written_down() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("\n## What the audit also sees\n")
    table = re.findall(r"^\| (`.*`) \|", rest.partition("\n## ")[0], re.MULTILINE)
    assert re.findall(r"`([\w-]+)`", " ".join(table)) == [what.value for what in What]


def test_its_header_fields_and_events_are_those_of_the_code() -> None:
    told = {
        one.lower()
        for one in re.findall(r"`([\w-]+)`", section("What is relied on, and what remains"))
    }
    assert {name.decode() for name, _ in (*PAIRS, HTTPS_ONLY)} <= told
    assert [row[0].strip("`") for row in rows("What is logged")] == list(KINDS.values())
    assert [row[1][:3] for row in rows("What is logged")] == [str(status) for status in KINDS]
