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
    # A trail against the log.
    (r"the log's checkpoint is not good: (.+)", "日志的检查点有误：{0}"),
    (r"it has no place in the log, and a later one has", "它在日志中没有位置，而后面的记录有"),
    (r"the log does not prove it: (.+)", "日志无法证明：{0}"),
    (r"the log has another entry in its place", "日志在该位置是另一项"),
    (r"the log has it, and it is missing here", "日志中有此记录，而此处缺失"),
    # A log.
    (r"the log has (\d+) entries; it had (\d+) before", "日志现有 {0} 条，此前曾有 {1} 条"),
    (
        r"the tiles do not lead to the root of the (\d+) entries",
        "哈希块得不出 {0} 条目时的根哈希",
    ),
    (
        r"two checkpoints of (\d+) entries have different roots",
        "{0} 条目时的两个检查点根哈希不同",
    ),
    (
        r"the (\d+) entries do not begin with the (\d+) that were shown before",
        "现有 {0} 条目并非以此前所示的 {1} 条目开头",
    ),
    (r"a tree of (\d+) entries has no entry (\d+)", "{0} 条目的树中没有第 {1} 条"),
    (r"a tree of (\d+) entries does not contain one of (\d+)", "{0} 条目的树不含 {1} 条目的树"),
    (r"a tree of (\d+) entries is none of (\d+)", "{0} 条目的树不是 {1} 条目的树"),
    (r"(\S+) has (\d+) bytes, not (\d+)", "{0} 有 {1} 字节，而不是 {2}"),
    # Keys, notes, checkpoints and proofs.
    (r"there is no checkpoint in it", "其中没有检查点"),
    (r"there is no key in it", "其中没有密钥"),
    (r"(.+) is no key: name\+id\+base64", "{0} 不是密钥：名称+编号+base64"),
    (r"the id of the key of (.+) is not (.+)", "{0} 的密钥编号不是 {1}"),
    (r"the key of (.+) is not one of Ed25519", "{0} 的密钥不是 Ed25519 密钥"),
    (r"(.+) cannot be the name of a key", "{0} 不能作为密钥的名称"),
    (r"this is no private key", "这不是私钥"),
    (r"(.+) is not base 64", "{0} 不是 base64"),
    (r"(.+) is not the one way to write it in base 64", "{0} 不是唯一的 base64 写法"),
    (r"(.+) is not a SHA-256", "{0} 不是 SHA-256"),
    (r"(.+) is not a number in its one spelling", "{0} 不是规范写法的数"),
    (r"(.+) is no path of a tile", "{0} 不是块的路径"),
    (r"a note is too long", "签名文本过长"),
    (r"a note is not UTF-8", "签名文本不是 UTF-8"),
    (r"a note has a control character", "签名文本含有控制字符"),
    (
        r"a note ends with signatures below an empty line, each in a line",
        "签名文本须以空行之后的签名结尾，每行一个",
    ),
    (r"a note has more than (\d+) signatures", "签名超过 {0} 个"),
    (r"a signature begins with an em dash and a space", "签名须以破折号和空格开头"),
    (r"the signature of (.+) is empty", "{0} 的签名为空"),
    (r"the signature of (.+) is wrong", "{0} 的签名有误"),
    (r"a cosignature is a time and an Ed25519 signature", "副署由时间和 Ed25519 签名组成"),
    (r"no key that is known signed it", "没有已知的密钥签名"),
    (r"no key of (.+) signed the checkpoint", "{0} 的密钥没有签署检查点"),
    (r"the checkpoint is of (.+), another log", "检查点属于另一日志 {0}"),
    (
        r"a checkpoint has three lines or more, none of them empty",
        "检查点至少有三行，且没有空行",
    ),
    (r"a proof begins with (.+)", "证明须以 {0} 开头"),
    (r"a proof has an index, and a path below it", "证明须有序号和其下的路径"),
    (r"the proof has other characters than a proof has", "证明含有不该有的字符"),
    (r"the proof comes without its record", "证明未附记录"),
    (r"the proof is of none of these records", "证明不属于其中任何记录"),
    (
        r"a tree of (\d+) entries has none with the index (\d+)",
        "{0} 条目的树中没有序号 {1}",
    ),
    (r"the inclusion proof is longer than the tree is high", "包含证明比树高更长"),
    (r"the inclusion proof is shorter than the tree is high", "包含证明比树高更短"),
    (
        r"the entry is not the one with the index (\d+) in this tree",
        "该条目不是此树中序号为 {0} 的条目",
    ),
    (
        r"a tree of (\d+) entries is no growth of one of (\d+)",
        "{0} 条目的树不能由 {1} 条目增长而来",
    ),
    (r"the trees of (\d+) entries differ", "两棵 {0} 条目的树不同"),
    (r"the consistency proof is empty", "一致性证明为空"),
    (r"the consistency proof is longer than the tree is high", "一致性证明比树高更长"),
    (r"the consistency proof is shorter than the tree is high", "一致性证明比树高更短"),
    (
        r"the tree of (\d+) entries does not begin with the one of (\d+)",
        "{0} 条目的树并非以 {1} 条目的树开头",
    ),
    # A whole log.
    (r"(\S+) is missing", "缺少 {0}"),
    (r"(\S+) holds (\d+) and not (\d+)", "{0} 含 {1} 个，而不是 {2} 个"),
    (r"(\S+) is not what the entries below it give", "{0} 与其下的条目不符"),
    (r"a bundle ends within an entry", "条目包在条目中间结束"),
    (r"a tile holds a part of a hash", "块中有不完整的哈希"),
    (r"the older checkpoint is of another log: (.+)", "先前的检查点属于另一日志：{0}"),
    (
        r"it has (\d+) entries and had (\d+): it was rolled back",
        "现有 {0} 条，曾有 {1} 条：日志被回退",
    ),
    (
        r"two trees of (\d+) entries were signed: it was forked",
        "签署过两棵 {0} 条目的树：日志被分叉",
    ),
    (
        r"it does not begin with the (\d+) entries that were signed before",
        "日志并非以此前签名的 {0} 条开头",
    ),
    (r"the entries do not lead to the root that was signed", "由条目得不出所签的根哈希"),
    (r"the entry is not the one that the log's tiles have here", "该条目与日志的块在此处不符"),
    (r"(\S+): entry (\d+) is not the one that the hash tile has", "{0}：第 {1} 项与哈希块不符"),
    (r"entry (\d+) of the log is not the one that was signed", "日志的第 {0} 项与签名不符"),
    (r"the record belongs to no trail", "该记录不属于任何轨迹"),
    (r"the log has this record and the trail does not", "日志有此记录，而轨迹没有"),
    (r"the trail has another record in this place", "轨迹在此处是另一条记录"),
    (r"the trail has this record and the log does not", "轨迹有此记录，而日志没有"),
    (
        r"the service reports (.+), its records lead to (.+)",
        "服务所列为 {0}，而记录得出 {1}",
    ),
    (
        r"version (\d+), which the service reports, is not in the log",
        "服务所列的版本 {0} 不在日志中",
    ),
    (r"the service does not report this application", "服务未列出此申请"),
    (r"the records lead to no state", "记录得不出状态"),
    (r"the checkpoint: (.+)", "检查点：{0}"),
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
    (r"No procedure knows this event\.", "没有程序包含这一事项。"),
    (r"must be a time with its zone, such as (\S+)", "须为带时区的时间，例如 {0}"),
    (r"is not a time that the calendar has", "日历中没有这一时间"),
    (r"must not be blank", "不得为空白"),
    (
        r"must be an http or https address in ASCII, with no user in it",
        "须为 http 或 https 地址，仅含 ASCII 字符，不含用户名",
    ),
    (r"lies at the edge of the calendar", "在日历的边缘"),
    (
        r"must be an entity tag in its quotation marks, .+",
        "须为带引号的实体标签，与 ETag 所给一致；可为多个，或为 *",
    ),
    (r"String should have at least (\d+) characters?", "至少 {0} 个字符"),
    (r"String should have at most (\d+) characters?", "最多 {0} 个字符"),
    (r"List should have at most (\d+) items? .+", "最多 {0} 项"),
    (r"Input should be (.+)", "须为 {0}"),
)


def in_both(reason: str) -> Label:
    """A reason in both languages; one that is not known stays as it is."""
    for english, chinese in REASONS:
        found = re.fullmatch(english, reason)
        if found:
            return Label(reason, chinese.format(*found.groups()))
    return Label(reason, reason)
