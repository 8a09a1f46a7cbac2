"""Evidence grades, and what a piece of evidence is worth from whom.

Order of grades, strongest first: official_notice, company_statement, press_report,
anonymous_source.
"""

from collections.abc import Sequence
from typing import TypedDict

from workflow.domain.principal import Role

RANK = {"anonymous_source": 1, "press_report": 2, "company_statement": 3, "official_notice": 4}
"""Grade -> rank; 0 is no evidence at all."""


class Evidence(TypedDict):
    """A reference to a source, never the document itself."""

    grade: str
    title: str
    publisher: str
    attribution: str | None
    published_at: str
    url: str | None
    sha256: str | None


def strength(evidence: Sequence[Evidence], role: Role) -> int:
    """Rank of the best piece; a buyer's own evidence counts at most as company_statement."""
    best = max((RANK[piece["grade"]] for piece in evidence), default=0)
    return min(best, RANK["company_statement"]) if role is Role.BUYER else best


def reaches(evidence: Sequence[Evidence], role: Role, threshold: str | None) -> bool:
    """Whether the evidence reaches the threshold; no threshold is always reached."""
    return threshold is None or strength(evidence, role) >= RANK[threshold]
