"""The texts of the console: where each stands, and what the catalogues have of it."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract

CONSOLE = Path("api/console")
SHARED = "console"
"""The catalogue of what several pages say; a page's own is called as its template is."""

JINJA = "jinja2.ext:babel_extract"
TEMPLATE = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}
TEMPLATE |= {"trim_blocks": "true", "lstrip_blocks": "true"}

Message = str | tuple[str, ...]
"""A text, or what is said of one and of several."""


def written() -> Iterator[tuple[Path, Message]]:
    """Every text, with the file in which it stands."""
    for path in sorted(CONSOLE.glob("templates/**/*.html")):
        with path.open("rb") as file:
            for _, message, _, _ in extract(JINJA, file, DEFAULT_KEYWORDS, (), TEMPLATE):
                yield path, _plain(message)
    for path in sorted(CONSOLE.glob("**/*.py")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, {"say": None}):
                yield path, _plain(message)


def _plain(message: object) -> Message:
    if isinstance(message, tuple):
        return tuple(one for one in message if isinstance(one, str))
    return str(message)
