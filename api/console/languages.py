"""The language that a page speaks: English, in which its texts are written, or Chinese."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.types import Scope

from api.accept_language import language_of
from api.sessions import Cookie

LANGUAGES = ("en", "zh")
QUERY = "lang"
YEAR = 365 * 86_400

LOCALE = Path(__file__).with_name("locale")


class Languages:
    """Knows which language a browser is to be answered in. `origin` is how the outside calls the
    service.
    """

    def __init__(self, origin: str) -> None:
        self._cookie: Final = Cookie("clearance-language", origin, YEAR)

    def of(self, scope: Scope) -> str:
        """What the address asks for (`?lang=`), else what was asked for last, else what the
        browser likes better.
        """
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        wanted = asked(scope) or self._cookie.of(headers)
        if wanted in LANGUAGES:
            return wanted
        accepted = b",".join(value for name, value in headers if name == b"accept-language")
        return language_of(accepted.decode("latin-1"))

    def kept(self, scope: Scope) -> str | None:
        """Set-Cookie for a browser whose user has just asked for a language."""
        wanted = asked(scope)
        return None if wanted is None else self._cookie.holding(wanted)


def asked(scope: Scope) -> str | None:
    """The language that an address asks for."""
    query: str = scope["query_string"].decode("latin-1")
    given = parse_qs(query).get(QUERY, [])
    return given[-1] if given and given[-1] in LANGUAGES else None


def catalogues(language: str) -> dict[str, Catalog]:
    """The texts of a language, a catalogue a page, by its name; there are none of English."""
    found: dict[str, Catalog] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language, abort_invalid=True)
    return found


@cache
def translations(language: str) -> NullTranslations:
    """What turns the texts of the pages into a language. They are read as they were written: no
    compiled file beside them can be out of date.
    """
    whole = NullTranslations()
    for catalogue in catalogues(language).values():
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        added = Translations(compiled)
        if isinstance(whole, Translations):
            whole.merge(added)
        else:
            whole = added
    return whole
