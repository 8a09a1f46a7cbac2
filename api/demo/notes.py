"""What was reported and moves nothing: statements, silences, and what touches no application.

A note takes effect with the application that bears it at the earliest; when the thing itself
happened stands in its text and its source.
"""

from dataclasses import dataclass
from typing import Any

from api.demo import sources


@dataclass(frozen=True, slots=True)
class Note:
    """A note on the applications of `buyers` (None: of all).

    Without `day` no day is on record, and the note takes effect when it is entered.
    """

    topic: str
    day: str | None
    english: str
    chinese: str
    source: dict[str, Any] | None
    buyers: tuple[str, ...] | None = None

    def event(self, since: str) -> dict[str, Any]:
        """The event for an application that begins at `since`."""
        text = f"{self.english}\n{self.chinese}"
        event: dict[str, Any] = {"type": "note", "data": {"topic": self.topic, "text": text}}
        if self.source is not None:
            event["evidence"] = [self.source]
        if self.day is not None:
            event["effective_at"] = max(since, f"{self.day}T00:00:00+08:00")
        return event


NOTES = {
    "customs": Note(
        "customs",
        "2026-01-14",
        "About 14 January 2026 Chinese customs told agents that the H200 was not permitted.",
        "2026年1月14日前后，中国海关告知代理商H200不获准许。",
        sources.CUSTOMS,
    ),
    "us-rule": Note(
        "us-export",
        "2026-01-15",
        "On 13/15 January 2026 the US cleared H200 sales to China case by case (91 FR 1684): "
        "certify US supply, no diversion of foundry capacity, recipient security, third-party "
        "testing in the US. The gate stays shut until this buyer's own case is cleared.",
        "2026年1月13日/15日，美国逐案放行向中国销售H200（91 FR 1684）：须证明美国供应，不得挪用代工"
        "产能，保障接收方安全，并在美国由第三方检测。本买方的个案获准前，闸门仍关闭。",
        sources.US_RULE,
    ),
    "letter": Note(
        "scrutiny",
        "2026-01-28",
        "A US lawmaker's letter to the Secretary of Commerce, reported on 28 January 2026, alleges "
        "help to DeepSeek that the military later used; any purchase could draw scrutiny.",
        "据2026年1月28日报道，一名美国议员致信商务部长，指称对深度求索的帮助后来为军方所用；任何采购都可能招致审查。",
        sources.LETTER,
        ("deepseek",),
    ),
    "nvidia": Note(
        "statement",
        "2026-01-29",
        "Nvidia's CEO, in Taipei on 29 January 2026: no information about the approvals; believes "
        "the licence is being finalised.",
        "英伟达首席执行官2026年1月29日在台北表示：没有关于批准的信息；相信许可证正在敲定。",
        sources.NVIDIA,
    ),
    "silence": Note(
        "no-comment",
        "2026-01-30",
        "MIIT, MOFCOM and the NDRC did not comment.",
        "工业和信息化部、商务部、国家发展和改革委员会均未置评。",
        sources.APPROVAL,
    ),
    "no-orders": Note(
        "orders",
        None,
        "Later reports, which name no firm: some approved firms placed no orders because the terms "
        "were too restrictive. Neither their day nor their publisher is on record.",
        "后续报道未点名任何企业：部分获批企业因条款过于严苛而未下订单。报道的日期和媒体均无记载。",
        None,
    ),
}
"""By a name of their own, in the order in which they are entered."""


def on(buyer: str, since: str) -> dict[str, dict[str, Any]]:
    """The notes on one buyer's application, which begins at `since`."""
    return {
        name: note.event(since)
        for name, note in NOTES.items()
        if note.buyers is None or buyer in note.buyers
    }
