"""Printing the fictitious scenario: what became of it, its trail, and where to look."""

import sys
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from api.demo.showing import show_link


def show(
    origin: str,
    entered: int,
    application: dict[str, Any],
    trail: list[dict[str, Any]],
    pool: dict[str, Any],
    key: Path,
    link: str,
) -> None:
    """Print everything to the standard output."""
    console = Console(highlight=False, markup=False)
    done = f"{entered} entries made" if entered else "all of it was there already"
    print(f"\nFICTITIOUS 虚构: nothing of this was reported, all of it is invented ({done}).")
    console.print(_trail(trail))
    licence = application["licence"]
    console.print(
        f"State: {application['state']}. Licensed {licence['units']:,}, shipped "
        f"{licence['shipped']:,}, left {licence['balance']:,}."
    )
    console.print(f"Pool {pool['id']}: drawn {pool['drawn']:,} units, free {pool['free']:,}.")
    path = f"{origin}/v1/applications/{application['id']}"
    curl = f'curl -H "Authorization: Bearer $(cat {key})"'
    exported = f"{curl} -s -H 'Accept: application/jsonl' {path}/trail"
    print("\nWhere to look:")
    for title, command in (
        ("The application", f"{curl} {path}"),
        ("Its trail, checked by the service", f"{curl} {path}/trail:verify"),
        ("Its trail, checked without the service", f"{exported} | {sys.argv[0]} verify -"),
        ("As it stood on 18 January 2026", f"{curl} '{path}?as_of=2026-01-18T12:00:00Z'"),
        ("The pool", f"{curl} {origin}/v1/pools/{pool['id']}"),
    ):
        print(f"  {title}\n    {command}")
    show_link(link)


def _trail(trail: list[dict[str, Any]]) -> Table:
    table = Table(box=box.ROUNDED, title="FICTITIOUS 虚构: the trail", title_justify="left")
    for name in ("No.", "Took effect", "Event", "Authority", "Leads to"):
        table.add_column(name, no_wrap=True)
    for record in trail:
        moved = record["to"] if record["to"] != record["from"] else ""
        table.add_row(
            str(record["seq"]),
            record["effective_at"][:10],
            record["type"],
            record["authority"] or "",
            moved,
        )
    return table
