"""What was reported in January 2026, as the requests that enter it.

Nothing beyond the reports: no order, no agent, no number of units of any buyer. The reports
name no authority for the clearance in principle, so none is named here.
"""

from typing import Any

from api.demo import notes, sources

CLEARED, JOINED, APPROVED = (f"2026-01-{day}T00:00:00+08:00" for day in (24, 28, 30))

PROCEDURE = "h200-import"
POOL = "joint-2026-01"
SHARERS = ("alibaba", "bytedance", "tencent")
BUYERS = {
    "tencent": {"en": "Tencent", "zh": "腾讯"},
    "alibaba": {"en": "Alibaba", "zh": "阿里巴巴"},
    "bytedance": {"en": "ByteDance", "zh": "字节跳动"},
    "deepseek": {"en": "DeepSeek", "zh": "深度求索"},
}
"""In the order in which they are registered; the overview has the newest first."""

JOINT_PURCHASE: dict[str, Any] = {
    "id": POOL,
    "title": {"en": "Joint purchase, January 2026", "zh": "2026年1月联合采购"},
    "claims": [
        {
            "units": 400_000,
            "bound": "at_least",
            "buyers": sorted(buyers),
            "evidence": [source],
        }
        for buyers, source in (
            (SHARERS, sources.JOINT_PURCHASE),
            (BUYERS, sources.JOINT_PURCHASE_OF_FOUR),
        )
    ],
}


def application(buyer: str) -> dict[str, Any]:
    """The application that the first report on a buyer implies."""
    return {
        "procedure": PROCEDURE,
        "buyer": buyer,
        "goods": {"item": "NVIDIA H200", "units": None},
        "pool": None,
        "reference": None,
        "effective_at": _since(buyer),
        "evidence": [_first_report(buyer)],
    }


def events(buyer: str) -> dict[str, dict[str, Any]]:
    """What was reported of a buyer's application, in order, each under a name of its own."""
    told = {"grant": _grant(buyer), "condition": _condition(buyer)}
    if buyer in SHARERS:
        told["share"] = _share()
    told["approve-miit"], told["approve-mofcom"] = _approval("miit"), _approval("mofcom")
    return told | notes.on(buyer, _since(buyer))


def _since(buyer: str) -> str:
    return CLEARED if buyer in SHARERS else APPROVED


def _first_report(buyer: str) -> dict[str, Any]:
    return sources.IN_PRINCIPLE if buyer in SHARERS else sources.APPROVAL


def _grant(buyer: str) -> dict[str, Any]:
    cleared = (
        "Cleared in principle to prepare orders: to negotiate how many chips and who will handle "
        "the purchases. The report names no authority."
    )
    implied = (
        "Implied by the report that MIIT and MOFCOM have approved; it names no authority for the "
        "clearance in principle and no earlier day."
    )
    return {
        "type": "grant_in_principle",
        "effective_at": _since(buyer),
        "reason": cleared if buyer in SHARERS else implied,
        "evidence": [_first_report(buyer)],
    }


def _condition(buyer: str) -> dict[str, Any]:
    """A condition without a value; of DeepSeek's not even the kind was reported."""
    if buyer in SHARERS:
        told = {
            "condition": "domestic-share",
            "kind": "domestic_share",
            "value": {"basis_points": None},
            "text": {
                "en": "Regulators are expected to ask for a portion of domestic chips; no quota "
                "announced.",
                "zh": "预计监管机构将要求采购一定比例的国产芯片；未公布配额。",
            },
        }
        evidence = [sources.IN_PRINCIPLE, sources.APPROVAL]
        reason = (
            "Expected according to the report of 24 January; that the NDRC sets the conditions, "
            "and that they are not final, was reported on 30 January."
        )
    else:
        told = {
            "condition": "ndrc-conditions",
            "kind": "other",
            "value": {},
            "text": {
                "en": "Conditions are being set by the NDRC and are not final; what they say is "
                "not reported.",
                "zh": "条件由国家发展和改革委员会制定中，尚未最终确定；具体内容未见报道。",
            },
        }
        evidence, reason = [sources.APPROVAL], "Approved conditionally."
    return {
        "type": "propose_condition",
        "authority": "ndrc",
        "effective_at": _since(buyer),
        "reason": reason,
        "evidence": evidence,
        "data": told,
    }


def _share() -> dict[str, Any]:
    return {
        "type": "claim_allocation",
        "authority": "buyer",
        "effective_at": JOINED,
        "reason": "May purchase jointly; the share of no buyer is reported.",
        "evidence": [sources.JOINT_PURCHASE],
        "data": {"units": None, "pool": POOL},
    }


def _approval(ministry: str) -> dict[str, Any]:
    return {
        "type": "approve",
        "authority": ministry,
        "effective_at": APPROVED,
        "reason": "Approved; the conditions are being set by the NDRC and are not final.",
        "evidence": [sources.APPROVAL],
    }
