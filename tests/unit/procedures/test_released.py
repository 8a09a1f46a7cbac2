"""From release 0.1.0 on, a landed version of a procedure never changes."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from workflow.procedures import load_packaged, parse

ROOT = Path(__file__).parents[3]
PINNED = ROOT / "tests" / "unit" / "released_procedures.json"
PERMIT = Path(__file__).with_name("permit.yaml")

Digests = Mapping[str, str]
"""`name version` -> digest."""


def breaches(released: Digests, shipped: Digests, version: str) -> list[str]:
    """What breaks the promise, in a release of this version."""
    found = [
        f"{name} was released with the digest {digest}; publish a new version of it instead"
        for name, digest in released.items()
        if shipped.get(name) != digest
    ]
    if ".dev" not in version:
        found += [
            f"{name} is released here: add its digest {digest} to {PINNED.name}"
            for name, digest in shipped.items()
            if name not in released
        ]
    return found


def test_what_was_released_is_as_it_was() -> None:
    released = json.loads(PINNED.read_text(encoding="utf-8"))["released"]
    shipped = {f"{name} {number}": one.digest for (name, number), one in load_packaged().items()}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert breaches(released, shipped, version["project"]["version"]) == []


def test_a_change_a_removal_and_an_omission_are_breaches() -> None:
    kept = {"a 1": "11"}
    assert breaches(kept, {"a 1": "11", "a 2": "22"}, "0.2.0.dev0") == []
    assert len(breaches(kept, {"a 1": "12"}, "0.2.0.dev0")) == 1
    assert len(breaches(kept, {"a 2": "22"}, "0.2.0.dev0")) == 1
    assert len(breaches(kept, {"a 1": "11", "a 2": "22"}, "0.2.0")) == 1


def test_a_digest_is_of_the_content_and_not_of_its_writing() -> None:
    text = PERMIT.read_text(encoding="utf-8")
    digest = parse(text.encode(), "a").digest
    assert parse(f"# More words.\n{text}".encode(), "b").digest == digest
    assert (
        parse(text.replace("{en: Ask, zh: 申请}", '{zh: "申请", en: Ask}').encode(), "c").digest
        == digest
    )
    assert parse(text.replace("en: Ask,", "en: Asks,").encode(), "d").digest != digest
