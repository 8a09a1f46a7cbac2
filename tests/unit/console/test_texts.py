"""Every text of the console is there in Chinese, once, and no text is there that nobody says."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message as Entry

from api.console.languages import catalogues, translations
from tests.unit.console.texts import SHARED, Message, written

CATALOGUES = catalogues("zh")
ENTRIES = [
    (name, entry) for name, catalogue in CATALOGUES.items() for entry in catalogue if entry.id
]
NAMED = re.compile(r"%\(\w+\)s|{\w+}")


def _id(entry: Entry) -> Message:
    return entry.id if isinstance(entry.id, str) else tuple(entry.id or ())


def _said(entry: Entry) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or ())


def test_every_text_is_translated() -> None:
    known = {_id(entry) for _, entry in ENTRIES}
    missing = {message: str(path) for path, message in written() if message not in known}
    assert not missing


def test_every_entry_is_said_somewhere() -> None:
    said = {message for _, message in written()}
    assert not [(name, entry.id) for name, entry in ENTRIES if _id(entry) not in said]


def test_every_text_is_translated_once() -> None:
    counted = Counter(_id(entry) for _, entry in ENTRIES)
    assert not [message for message, times in counted.items() if times > 1]


def test_a_catalogue_belongs_to_a_page() -> None:
    pages = {path.stem for path, _ in written()}
    assert set(CATALOGUES) <= {SHARED, *pages}


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=lambda one: str(getattr(one, "id", one)))
def test_a_translation_is_whole(name: str, entry: Entry) -> None:
    """It is there, nobody doubts it, it names what the English names, and it is Chinese."""
    assert name
    assert not entry.fuzzy
    first = entry.id if isinstance(entry.id, str) else entry.id[-1]
    for string in _said(entry):
        assert sorted(NAMED.findall(string)) == sorted(NAMED.findall(first))
        assert re.search(r"[\u4e00-\u9fff\uff00-\uffef]", string)


def test_what_is_said_of_several_has_one_form_in_chinese() -> None:
    texts = translations("zh")
    english = ("%(num)s working day left", "%(num)s working days left")
    assert texts.ngettext(*english, 1) == texts.ngettext(*english, 5) == "剩 %(num)s 个工作日"
