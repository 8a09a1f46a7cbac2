"""The journal of access, drawn for people."""

from collections.abc import Iterable

from rich.console import RenderableType

from api.cli.output import Output
from api.cli.tables import Column, Grid
from api.schemas import JournalEntryOut


def journal_table(output: Output, entries: Iterable[JournalEntryOut]) -> RenderableType:
    """Entries, one a line: when, what, who, from where, about what, with what outcome."""
    words = output.words
    made = Grid(
        Column(words("at"), whole=True),
        Column(words("what"), whole=True),
        Column(words("who"), under=1),
        Column(words("address"), under=0),
        Column(words("about")),
        Column(words("outcome"), under=4),
    )
    for one in entries:
        many = f" ×{one.count:,}" if one.count > 1 else ""
        about = one.subject or one.route
        made.row(
            f"{one.at[:10]} {one.at[11:19]}Z",
            words.code(one.what) + many,
            _who(output, one),
            one.address,
            f"{about} {one.event}" if one.event else about,
            " ".join(filter(None, (str(one.status or ""), one.code))),
        )
    return made


def _who(output: Output, one: JournalEntryOut) -> str:
    """A principal, or else the credential that was named."""
    if one.principal is None:
        return one.credential or ""
    roles = ", ".join(map(output.words.code, one.roles or ()))
    return f"{one.principal} ({one.organisation}, {roles})"
