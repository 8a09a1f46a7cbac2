"""What may stand in the address of a page, by name: what it is called where it says something that
is not offered there.
"""

from collections.abc import Mapping

from workflow.domain.procedure import Label

PARAMETERS: Mapping[str, Label] = {
    "authority": Label("Authority", "机关"),
    "by": Label("Order", "排序"),
    "check": Label("Check", "校验"),
    "did": Label("What was done", "已办理的操作"),
    "grade": Label("Grade of the evidence", "证据等级"),
    "order": Label("Order", "排序"),
    "period": Label("Period", "期间"),
    "procedure": Label("Procedure", "程序"),
    "since": Label("Compare with", "对比版本"),
    "sort": Label("Order", "排序"),
    "standing": Label("Standing", "确认情况"),
    "status": Label("Status", "状况"),
    "stuck": Label("Stuck applications", "停滞的申请"),
    "type": Label("Event", "事项"),
    "what": Label("Activity", "活动"),
    "within": Label("Time ahead", "未来时间"),
}


def unoffered(name: str) -> Label:
    """That a parameter says something which is not offered."""
    called = PARAMETERS[name]
    return Label(
        f"What the address says for “{called.en}” is not one of those offered.",
        f"网址中“{called.zh}”一项的内容不在可选范围之内。",
    )
