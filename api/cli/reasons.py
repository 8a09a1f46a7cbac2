"""The reasons that the rules of trails, of JSON and of the wire's shapes give in English, in
Chinese.
"""

import re

from workflow.domain.procedure import Label

REASONS = (
    # A trail.
    (r"the record does not have the fields of a record", "该记录缺少或多出字段"),
    (r"the record is not written in canonical form", "该记录不是规范形式"),
    (r"the hash does not fit the content", "哈希与内容不符"),
    (r"the record says it is number (.+)", "该记录自称第 {0} 条"),
    (r"the record is not linked to the one before it", "该记录未与前一条相连"),
    (r"the record belongs to another trail: (.+)", "该记录属于另一条轨迹：{0}"),
    (r"the record was recorded earlier than the one before it", "该记录的登记时间早于前一条"),
    (r"the changes do not fit what came before", "其更改与此前内容不符"),
    (r"it is neither JSON nor JSON Lines", "既不是 JSON 也不是 JSON Lines"),
    (r"there are no records in it", "其中没有记录"),
    (r"what stands around its records is not JSON", "记录之外的部分不是 JSON"),
    # JSON.
    (r"the text holds a lone surrogate or a value JSON cannot carry", "含有 JSON 无法表示的内容"),
    (r"not UTF-8 at byte (\d+)", "第 {0} 字节处不是 UTF-8"),
    (r"not JSON: .+ at character (\d+)", "第 {0} 个字符处不是 JSON"),
    (r"nested deeper than (\d+) levels", "嵌套超过 {0} 层"),
    (r"an object has the same key twice", "对象中有重复的键"),
    (r"an integer lies beyond 2\^53-1", "整数超出 2^53-1"),
    (r"a number has a fraction, an exponent or no finite value", "数字须为整数"),
    (r"a string holds NUL", "文本含有 NUL"),
    (r"a string holds a lone surrogate", "文本含有不成对的代理字符"),
    # A service that is asked too often.
    (
        r"(\S+) answers 429 and no more: from here came .+",
        "{0} 应答 429：来自此处的请求过多，或无效的凭证过多",
    ),
    # Fields of a request.
    (r"Field required", "必填"),
    (r"Extra inputs are not permitted", "没有这个字段"),
    (r"No procedure knows this event\.", "没有程序包含这一事件。"),
    (r"must be a time with its zone, such as (\S+)", "须为带时区的时间，例如 {0}"),
    (r"is not a time that the calendar has", "日历中没有这一时间"),
    (r"must not be blank", "不得为空白"),
    (r"must be an http or https address", "须为 http 或 https 地址"),
    (r"Input should be (.+)", "须为 {0}"),
)


def in_both(reason: str) -> Label:
    """A reason in both languages; one that is not known stays as it is."""
    for english, chinese in REASONS:
        found = re.fullmatch(english, reason)
        if found:
            return Label(reason, chinese.format(*found.groups()))
    return Label(reason, reason)
