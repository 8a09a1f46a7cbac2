"""Tables as CSV (RFC 4180), as a spreadsheet opens them: UTF-8 with its mark, CRLF, no formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

MARK = b"\xef\xbb\xbf"
"""By which a spreadsheet knows UTF-8; before the first row."""

_FORMULA = re.compile(
    r'\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?=[ "]*[=+\-@\uff1d\uff0b\uff0d\uff20])'
)
"""The places before which a formula begins: the beginning of a text, and what a program takes for
it that is set to another separator, where quotes in the midst of a cell hold nothing together.
"""


def cell(value: str | int | None) -> str | int:
    """A value as it stands in a cell of CSV: an apostrophe stands before whatever a spreadsheet
    would take for a formula (OWASP, CSV injection), the full-width signs included, which some
    programs fold; so behind a semicolon, a tabulator and a line end as well. A number is no text.
    """
    if isinstance(value, str):
        return _FORMULA.sub("'", value)
    return "" if value is None else value


def separated(rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """Rows of a table."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([cell(one) for one in row] for row in rows)
    return text.getvalue().encode()
