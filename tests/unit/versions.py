"""A second version of `h200-import`, for tests alone: one state has another name, a clearance in
principle takes better evidence, and applications may migrate to it.
"""

from functools import cache

from workflow.catalog import Catalog
from workflow.domain.procedure import Procedure
from workflow.procedures import load_packaged, parse
from workflow.procedures.loader import PACKAGED

FIRST = (PACKAGED / "h200_import.yaml").read_text(encoding="utf-8")
GRANT = "    from: submitted\n    to: in_principle\n    evidence: {accept: anonymous_source,"


def second_text(version: int = 2, migrates_from: str = "") -> str:
    """The file of a second version."""
    origin = migrates_from or "migrates_from: {version: 1, states: {ndrc_conditioned: conditioned}}"
    assert GRANT in FIRST
    text = FIRST.replace(GRANT, GRANT.replace("anonymous_source", "company_statement"))
    text = text.replace("ndrc_conditioned", "conditioned")
    return text.replace("version: 1\n", f"version: {version}\n{origin}\n", 1)


@cache
def second() -> Procedure:
    """The second version."""
    return parse(second_text().encode(), "second.yaml")


@cache
def both() -> Catalog:
    """The packaged procedures and the second version."""
    return Catalog([*load_packaged().values(), second()])
