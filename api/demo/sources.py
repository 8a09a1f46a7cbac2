"""Who reported what, and when: the evidence of everything in the demonstration.

Titles say what a report holds; none is quoted. No address of any report is on record.
"""

from typing import Any

UNNAMED = "unnamed outlet"
"""Stands where no publisher is on record."""


def _source(
    day: str,
    title: str,
    publisher: str,
    attribution: str | None = None,
    grade: str = "press_report",
    offset: str = "+08:00",
) -> dict[str, Any]:
    return {
        "grade": grade,
        "title": title,
        "publisher": publisher,
        "attribution": attribution,
        "published_at": f"{day}T00:00:00{offset}",
        "url": None,
        "sha256": None,
    }


CUSTOMS = _source(
    "2026-01-14",
    "Chinese customs told agents that the H200 was not permitted (about 14 January 2026)",
    UNNAMED,
    "sources",
)
US_RULE = _source(
    "2026-01-15",
    "Sales of the H200 to China are cleared case by case, 91 FR 1684",
    "Federal Register",
    grade="official_notice",
    offset="-05:00",
)
IN_PRINCIPLE = _source(
    "2026-01-24",
    "Alibaba, Tencent and ByteDance are cleared in principle to prepare orders",
    "Wyoming Star with Bloomberg and MarketWatch",
)
JOINT_PURCHASE = _source(
    "2026-01-28",
    "ByteDance, Alibaba and Tencent may jointly purchase more than 400,000 H200",
    "Reuters",
    "sources",
)
JOINT_PURCHASE_OF_FOUR = _source(
    "2026-01-30",
    "All four firms share the more than 400,000 (the day of this report is not on record; "
    "it is entered under that of the first report on DeepSeek)",
    UNNAMED,
)
LETTER = _source(
    "2026-01-28", "A US lawmaker's letter to the Secretary of Commerce on DeepSeek", "Reuters"
)
NVIDIA = _source(
    "2026-01-29",
    "Nvidia's CEO, in Taipei, on the approvals",
    "Nvidia",
    "Nvidia's CEO",
    grade="company_statement",
)
APPROVAL = _source(
    "2026-01-30",
    "MIIT and MOFCOM have approved all four; the NDRC is setting the conditions",
    "Reuters",
    "two people familiar with the matter",
)
