"""Printing the demonstration: the overview as the reports printed it, and where to look."""

import sys
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

Buyer = dict[str, Any]
Pool = dict[str, Any]
Source = dict[str, Any]


def show(origin: str, entered: int, buyers: list[Buyer], pools: list[Pool]) -> None:
    """Print everything to the standard output."""
    console = Console(highlight=False, markup=False)
    done = f"{entered} entries made" if entered else "all of it was there already"
    console.print(f"\nWhat was reported in January 2026 ({done}):")
    console.print(_overview(buyers))
    names = {buyer["buyer"]: buyer["name"]["en"] for buyer in buyers}
    for pool in pools:
        console.print(_claims(pool, names))
    print("\nWhere to look:")
    for title, command in _commands(origin, buyers):
        print(f"  {title}\n    {command}")
    print("\nCtrl-C ends the service and keeps its data.", flush=True)


def _overview(buyers: list[Buyer]) -> RenderableType:
    caption = "reported: entered from reports; neither authority nor buyer has confirmed it"
    table = Table(box=box.ROUNDED, show_lines=True, caption=caption, caption_justify="left")
    table.add_column("Company", no_wrap=True)
    table.add_column("Status", ratio=3, overflow="fold")
    table.add_column("Standing", no_wrap=True)
    table.add_column("Source", ratio=2)
    for buyer in buyers:
        table.add_row(
            "\n".join(buyer["name"].values()),
            "\n".join(buyer["sentence"].values()),
            buyer["standing"] or "",
            "\n".join(map(_cited, buyer["sources"])),
        )
    return table


def _claims(pool: Pool, names: dict[str, str]) -> RenderableType:
    verdict = "its sources contradict each other" if pool["conflict"] else "its sources agree"
    table = Table(box=box.ROUNDED, title=f"{pool['title']['en']}: {verdict}", title_justify="left")
    table.add_column("Units", no_wrap=True)
    table.add_column("Shared by", ratio=3)
    table.add_column("Source", ratio=2)
    for claim in pool["claims"]:
        table.add_row(
            _quantity(claim),
            ", ".join(names.get(buyer, buyer) for buyer in claim["buyers"]),
            "\n".join(map(_cited, claim["evidence"])),
        )
    return table


def _quantity(claim: dict[str, Any]) -> str:
    if claim["units"] is None:
        return "not told"
    more = "more than " if claim["bound"] == "at_least" else ""
    return f"{more}{claim['units']:,}"


def _cited(source: Source) -> str:
    """Publisher, day and whom it cites."""
    day = source["published_at"][:10]
    cited = f", citing {source['attribution']}" if source["attribution"] else ""
    return f"{source['publisher']}, {day}{cited}"


def _commands(origin: str, buyers: list[Buyer]) -> list[tuple[str, str]]:
    first = next(buyer for buyer in buyers if buyer["application"])
    name, identifier = first["name"]["en"], first["application"]
    application = f"{origin}/v1/applications/{identifier}"
    exported = f"curl -s -H 'Accept: application/jsonl' {application}/trail"
    command, here = sys.argv[0], f"--url {origin}"
    return [
        ("The overview of the buyers", f"curl {origin}/v1/buyers"),
        ("The same as a table", f"{command} buyers {here}"),
        (f"The application of {name}", f"curl {application}"),
        ("The same for people", f"{command} status {identifier} {here}"),
        ("Its trail: who reported what", f"curl {application}/trail"),
        ("The same as a table", f"{command} trail {identifier} {here}"),
        ("Its trail, checked by the service", f"curl {application}/trail:verify"),
        ("Its trail, checked without the service", f"{exported} | {command} verify -"),
        ("The joint purchase", f"curl {origin}/v1/pools"),
        ("Everything that can be asked, in a browser", f"{origin}/docs"),
        ("The same for programs", f"curl {origin}/openapi.json"),
    ]
