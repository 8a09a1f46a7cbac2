"""Every reason that the rules give in English has its Chinese."""

import re
from importlib import import_module
from inspect import getsource
from pkgutil import iter_modules
from types import ModuleType

import pytest

from api import exports
from api.reasons import REASONS, in_both
from workflow import proof
from workflow.domain import canonical, sent, trail

RAISED = re.compile(r'(?:Unsound|Malformed|Unreadable|Bad|reason =)\(?\s*f?"([^"]+)"')
PROOF = [import_module(f"workflow.proof.{one.name}") for one in iter_modules(proof.__path__)]
SPEAKING = [module for module in PROOF if RAISED.search(getsource(module))]


def reasons(module: ModuleType) -> list[str]:
    """The sentences in a module's source; what is filled in stands there as a number."""
    return [re.sub(r"\{[^}]+\}", "7", text) for text in RAISED.findall(getsource(module))]


@pytest.mark.parametrize("module", [trail, canonical, exports, *SPEAKING])
def test_no_reason_is_left_in_english(module: ModuleType) -> None:
    found = reasons(module)
    assert found
    for text in found:
        said = in_both(text)
        assert said.en == text
        assert re.search(r"[\u4e00-\u9fff]", said.zh), text
        assert ("7" in said.zh) is ("7" in text.replace("2^53", "")), text


def test_what_fields_are_told_is_what_the_requests_say() -> None:
    source = getsource(sent)
    for english, _ in REASONS:
        if english.startswith(("must be an http", "is not a time")):
            assert english in source
    assert "must be a time with its zone, such as " in source


def test_what_is_not_known_stays_as_it_is() -> None:
    assert in_both("another reason") == ("another reason", "another reason")
    assert in_both("the record says it is number 6").zh == "该记录自称第 6 条"
