"""Every refusal and every fault becomes one problem document, and none leaks what is inside."""

from collections.abc import Iterator

import pytest

import workflow.store.faults
from api.faults import FAULTS, RETRY_AFTER, STATUS_OF_KIND
from api.problems import Problem, Problems, code_of, every_code
from workflow import judging
from workflow.domain.procedure import Label
from workflow.domain.refusals import REASONS, Kind, Refusal, Refused
from workflow.store import faults

ORIGIN = "https://clearance.example"
problems = Problems(ORIGIN)


def exceptions() -> list[type[Exception]]:
    """Every exception that the store and the desk define."""

    def below(kind: type[Exception]) -> Iterator[type[Exception]]:
        yield kind
        for inner in kind.__subclasses__():
            yield from below(inner)

    own = [
        found
        for module in (judging, workflow.store.faults)
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, Exception)
        and found.__module__ == module.__name__
    ]
    return sorted({inner for kind in own for inner in below(kind)}, key=lambda kind: kind.__name__)


CODES = {
    "Busy": "busy",
    "Skipped": "skipped",
    "DurabilityUnknown": "durability-unknown",
    "ArchiveUnreadable": "archive-unreadable",
    "Unavailable": "unavailable",
    "StoreFault": "unavailable",
    "WrongDatabase": "unavailable",
    "FolderInUse": "unavailable",
    "ServerFailed": "unavailable",
}


@pytest.mark.parametrize("kind", exceptions(), ids=lambda kind: kind.__name__)
def test_every_exception_has_a_code_of_its_own(kind: type[Exception]) -> None:
    error = kind("secret")
    body = problems.of_exception(error)
    assert body["code"] == code_of(error) == CODES[kind.__name__]
    assert body["status"] in (424, 503)
    assert "secret" not in str(body)


def test_the_names_are_all_there_are() -> None:
    assert {kind.__name__ for kind in exceptions()} == set(CODES)
    assert faults.StoreFault in exceptions()


def test_what_may_be_tried_again_says_when() -> None:
    passing = {code for code, fault in FAULTS.items() if fault.status == 503}
    assert passing | {"not-yet-logged"} == set(RETRY_AFTER)


def test_whatever_else_goes_wrong_is_told_as_nothing_but_a_fault() -> None:
    body = problems.of_exception(ZeroDivisionError("secret"))
    assert (body["code"], body["status"]) == ("internal-error", 500)
    assert "secret" not in str(body)


def parameters_of(sentence: Label) -> dict[str, str]:
    """A value for every word in braces."""
    found = {}
    for text in sentence:
        for part in text.split("{")[1:]:
            name = part.partition("}")[0]
            found[name] = f"<{name}>"
    return found


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_refusal_has_a_status_and_a_sentence_in_both_languages(code: str) -> None:
    refusal = Refusal(code, parameters_of(REASONS[code].detail), ("data", "x"))
    body = problems.of_refusal(Refused((refusal,), "submitted", ("note",)))
    assert body["type"] == f"{ORIGIN}/problems/{code}"
    assert body["status"] == STATUS_OF_KIND[REASONS[code].kind]
    assert body["title"]
    assert "{" not in body["detail"] + body["detail_zh"]
    assert body["failed_guards"] == [{"code": code, "detail": refusal.detail._asdict()}]
    assert (body["state"], body["allowed_events"]) == ("submitted", ["note"])
    assert ("errors" in body) == (REASONS[code].kind is Kind.INVALID)


@pytest.mark.parametrize("code", every_code())
def test_every_code_can_be_raised_by_a_route(code: str) -> None:
    body = problems.of_exception(Problem(code, "Told."))
    assert (body["code"], body["detail"]) == (code, "Told.")
    assert 400 <= body["status"] <= 599


def test_every_kind_of_refusal_has_a_status() -> None:
    assert set(STATUS_OF_KIND) == set(Kind)


def test_no_code_is_both_a_refusal_and_a_fault() -> None:
    assert not set(FAULTS) & set(REASONS)
