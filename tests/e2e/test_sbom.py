"""`make sbom` names everything that the lock of the service does."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([a-z0-9-]+)==([^\s;]+)(.*(?:\n .*)*)", re.MULTILINE)
HASH = re.compile(r"sha256:([0-9a-f]{64})")

Package = tuple[str, str, str, frozenset[str]]
"""Name, version, package URL and hashes."""


def locked() -> set[Package]:
    """What is pinned."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = {
        (name, version, f"pkg:pypi/{name}@{version}", frozenset(HASH.findall(hashes)))
        for name, version, hashes in PINNED.findall(lock)
    }
    assert len(found) == len(re.findall(r"^\w", lock, re.MULTILINE))
    return found


def named(component: dict[str, Any]) -> Package:
    """What a component says."""
    hashes = [each for one in component["externalReferences"] for each in one["hashes"]]
    contents = frozenset(each["content"] for each in hashes if each["alg"] == "SHA-256")
    return component["name"], component["version"], component["purl"], contents


def test_every_locked_package_is_named_with_its_version_and_hashes(tmp_path: Path) -> None:
    """The tool itself holds what it writes against the schema, and fails where they differ."""
    written = tmp_path / "folder" / "sbom.json"
    surroundings = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    subprocess.run(["make", "sbom", f"SBOM={written}"], cwd=ROOT, env=surroundings, check=True)
    sbom = json.loads(written.read_bytes())
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    assert sbom["metadata"]["component"]["name"] == "clearance"
    components = [named(one) for one in sbom["components"]]
    assert len(components) == len(set(components))
    assert set(components) == locked()
