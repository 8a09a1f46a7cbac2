"""Printing the demonstration: the overview as the reports printed it, who has which key, and where
to look.
"""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from api.sessions import LINK

Buyer = dict[str, Any]
Pool = dict[str, Any]
Source = dict[str, Any]


def show(entered: int, buyers: list[Buyer], pools: list[Pool]) -> None:
    """Print what was reported to the standard output."""
    console = Console(highlight=False, markup=False)
    done = f"{entered} entries made" if entered else "all of it was there already"
    console.print(f"\nWhat was reported in January 2026 ({done}):")
    console.print(_overview(buyers))
    names = {buyer["buyer"]: buyer["name"]["en"] for buyer in buyers}
    for pool in pools:
        console.print(_claims(pool, names))


def show_keys(files: Mapping[Path, str]) -> None:
    """Print where the keys are, and what each is for; never a key."""
    print("\nKeys, which nobody else on this machine can read; --api-key-file FILE takes one:")
    widest = max(len(str(file)) for file in files)
    for file, said in files.items():
        print(f"  {file!s:{widest}}  {said}")


def show_places(buyers: list[Buyer], origin: str, auditor: Path, link: str) -> None:
    """Print what can be asked, and the link with which a browser comes in once."""
    print("\nWhere to look, as the auditor:")
    for title, command in _commands(buyers, origin, auditor):
        print(f"  {title}\n    {command}")
    show_link(link)


def show_link(link: str) -> None:
    """Print how a browser comes in, and how everything ends."""
    print(f"  The same in a browser, and everything else (once, within {LINK // 60} minutes)")
    print(f"    {link}")
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
    bound = "at least " if claim["bound"] == "at_least" else ""
    return f"{bound}{claim['units']:,}"


def _cited(source: Source) -> str:
    """Publisher, day and whom it cites."""
    day = source["published_at"][:10]
    cited = f", citing {source['attribution']}" if source["attribution"] else ""
    return f"{source['publisher']}, {day}{cited}"


def _commands(buyers: list[Buyer], origin: str, auditor: Path) -> list[tuple[str, str]]:
    first = next(buyer for buyer in buyers if buyer["application"])
    name, identifier = first["name"]["en"], first["application"]
    key = shlex.quote(str(auditor))
    curl = f'curl -H "Authorization: Bearer $(cat {key})"'
    application = f"{origin}/v1/applications/{identifier}"
    exported = f"{curl} -s -H 'Accept: application/jsonl' {application}/trail"
    command, here = shlex.quote(sys.argv[0]), f"--url {origin} --api-key-file {key}"
    return [
        ("The overview of the buyers", f"{curl} {origin}/v1/buyers"),
        ("The same as a table", f"{command} buyers {here}"),
        (f"The application of {name}", f"{curl} {application}"),
        ("The same for people", f"{command} status {identifier} {here}"),
        ("Its trail: who reported what", f"{curl} {application}/trail"),
        ("The same as a table", f"{command} trail {identifier} {here}"),
        ("Its trail, checked by the service", f"{curl} {application}/trail:verify"),
        ("Its trail, checked without the service", f"{exported} | {command} verify -"),
        ("The joint purchase", f"{curl} {origin}/v1/pools"),
        ("Who may come in, as what", f"{command} keys list {here}"),
        ("The interface, for programs", f"{curl} {origin}/openapi.json"),
    ]
