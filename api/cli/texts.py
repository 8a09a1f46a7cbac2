"""Every sentence that the command prints for people, in both languages."""

from typing import Literal

from api.cli.proving_texts import PROVING
from api.codes import CODES
from workflow.domain.procedure import Label

TEXTS = {
    # Names of columns and rows.
    "application": Label("Application", "申请"),
    "buyer": Label("Buyer", "买方"),
    "company": Label("Company", "公司"),
    "status": Label("Status", "状态"),
    "source": Label("Source", "来源"),
    "procedure": Label("Procedure", "程序"),
    "reference": Label("Reference", "申请方编号"),
    "goods": Label("Goods", "货物"),
    "units": Label("Units", "数量"),
    "state": Label("State", "状态"),
    "standing": Label("Standing", "确认情况"),
    "confirmed-state": Label("Confirmed state", "已确认状态"),
    "approvals": Label("Approvals", "批准"),
    "order": Label("Order", "订单"),
    "conditions": Label("Conditions", "条件"),
    "licence": Label("Licence", "许可证"),
    "pool": Label("Pool", "联合额度"),
    "allocation": Label("Share", "份额"),
    "gates": Label("Gates", "闸门"),
    "waiting-on": Label("Waiting on", "等待"),
    "time-limit": Label("To be decided by", "办理期限"),
    "limit-passed": Label("{when}, has passed", "{when}，已逾期"),
    "limit-provisional": Label("{when}, provisional", "{when}（暂定）"),
    "limit-paused": Label("not counted since {when}", "自 {when} 起暂停计算"),
    "version": Label("Version", "版本"),
    "updated": Label("Updated", "更新时间"),
    "head": Label("Head", "末条哈希"),
    "number": Label("No.", "序号"),
    "effective": Label("Effective", "生效时间"),
    "event": Label("Event", "事项"),
    "authority": Label("Authority", "机关"),
    "actor": Label("Actor", "操作者"),
    "change": Label("State", "状态变化"),
    "creation": Label("Submit the application", "提交申请"),
    "why-not": Label("Why not", "不可的原因"),
    "name": Label("Name", "名称"),
    "key-id": Label("Id", "编号"),
    "held-by": Label("Held by", "持有者"),
    "role": Label("Role", "角色"),
    "scopes": Label("Scopes of the key", "密钥的授权范围"),
    "good-until": Label("Good until", "有效期至"),
    "last-used": Label("Last used", "最近使用"),
    "shared-by": Label("Shared by", "共享方"),
    "others-unseen": Label("others whom you may not see", "您无权查看的其他买方"),
    "digest": Label("Digest", "摘要"),
    "title": Label("Title", "标题"),
    "by": Label("By", "行为方"),
    "from": Label("From", "自"),
    "to": Label("To", "至"),
    "evidence": Label("Accept / confirm", "接受/确认所需证据"),
    "guards": Label("Guards", "条件检查"),
    "part": Label("Part", "部分"),
    "before": Label("Before", "之前"),
    "after": Label("After", "之后"),
    "difference": Label("Difference", "差异"),
    "at": Label("When", "时间"),
    "what": Label("What", "事项"),
    "who": Label("Who", "何人"),
    "address": Label("From", "来自"),
    "about": Label("About", "所涉"),
    "outcome": Label("Outcome", "结果"),
    "journal-written": Label("{count} entries, in {file}.", "已将 {count} 条写入 {file}。"),
    # Single words.
    "reported": Label("reported", "据报道"),
    "confirmed": Label("confirmed", "已确认"),
    "nothing": Label("nothing", "无"),
    "any": Label("any", "任何状态"),
    "none-declared": Label("none, declared final", "已宣布无条件"),
    "not-defined": Label("not yet defined", "尚未确定"),
    "not-told": Label("not told", "未透露"),
    "source-unread": Label("a source in the log cannot be read now", "日志中有来源暂时无法读取"),
    "at-least": Label("at least {units:,}", "至少{units:,}"),
    "citing": Label("{source}, citing {attribution}", "{source}，援引{attribution}"),
    "added": Label("added", "新增"),
    "removed": Label("removed", "删除"),
    "changed": Label("changed", "更改"),
    "shipped-of": Label("{shipped:,} of {units:,} shipped", "{units:,}中已进口{shipped:,}"),
    "sources-contradict": Label("its sources contradict each other", "来源互相矛盾"),
    "sources-agree": Label("its sources agree", "来源一致"),
    "may-post": Label("What may be posted", "可提交的事项"),
    "may-not-post": Label("What may not, and why", "不可提交的事项及原因"),
    # Outcomes.
    "created": Label(
        "Application {id} is open (record {seq}, key {key}); its state: {state}",
        "申请 {id} 已创建（记录 {seq}，幂等键 {key}）；状态：{state}",
    ),
    "recorded-as": Label(
        "Recorded as {seq}: {type} (key {key}); the state: {state}",
        "已登记为第 {seq} 条：{type}（幂等键 {key}）；状态：{state}",
    ),
    "recorded-before": Label(
        "Recorded already as {seq}: {type} (key {key}); the state: {state}",
        "此前已登记为第 {seq} 条：{type}（幂等键 {key}）；状态：{state}",
    ),
    "would-record": Label(
        "Would be recorded as {seq}: {type}. Nothing was written. The state would be: {state}",
        "将登记为第 {seq} 条：{type}。未写入任何内容。届时状态：{state}",
    ),
    "registered": Label("Buyer {id} is registered.", "买方 {id} 已登记。"),
    "pool-open": Label("Pool {id} has {claims} claims.", "联合额度 {id} 有 {claims} 项主张。"),
    "refused": Label("Refused: {code}: {detail}", "未被接受：{code}：{detail}"),
    "reason": Label("  {code}: {detail}", "  {code}：{detail}"),
    "possible-now": Label(
        "  The application is {state}, which knows: {events}. What you may post: clearance allowed",
        "  申请状态为 {state}，此状态下的事项有：{events}。您可提交的事项：clearance allowed",
    ),
    "did-you-mean": Label("  Did you mean: {events}?", "  您是否指：{events}？"),
    "watching": Label("Watching; Ctrl-C ends it.", "正在监视；按 Ctrl-C 结束。"),
    "more-records": Label("There are more: --limit N.", "还有更多：--limit N。"),
    "following": Label("Following; Ctrl-C ends it.", "正在跟踪；按 Ctrl-C 结束。"),
    "more": Label("There are more: --limit N, or --all.", "还有更多：--limit N 或 --all。"),
    # Keys.
    "shown-once": Label("It is shown this once:", "仅显示这一次："),
    "key-made": Label("{name} has the key {id}.", "{name} 的密钥为 {id}。"),
    "key-rotated": Label(
        "Key {id} has a new secret; the old one stays good for {seconds} s.",
        "密钥 {id} 已换新；旧密钥在 {seconds} 秒内仍有效。",
    ),
    "key-replaced": Label(
        "Key {id} has a new secret; the old one is good no more.",
        "密钥 {id} 已换新；旧密钥不再有效。",
    ),
    "key-kept": Label("Key {id} is in {file}.", "密钥 {id} 已写入 {file}。"),
    "key-revoked": Label("Nobody comes in with {id} any more.", "{id} 已吊销，不能再使用。"),
    "revoked-at": Label("revoked {when}", "已于 {when} 吊销"),
    "old-until": Label("old secret until {when}", "旧密钥至 {when}"),
    "forever": Label("for good", "长期"),
    "never": Label("never", "从未"),
    "its-turn": Label("waits its turn", "等待前一条"),
    "no-key": Label(
        "  No key was sent. Yours: --api-key-file FILE or CLEARANCE_API_KEY_FILE; an operator "
        "makes one with clearance keys create.\n"
        "  The first operator's is operator.key in the data folder of the service: "
        "--data-folder DIR.",
        "  未出示密钥。请用 --api-key-file FILE 或 CLEARANCE_API_KEY_FILE 指明；密钥由运维人员以 "
        "clearance keys create 创建。\n"
        "  首个运维人员的密钥是服务的数据目录中的 operator.key：--data-folder DIR。",
    ),
    "key-not-good": Label(
        "  The key came from {source}. It has expired, was revoked or replaced, or belongs to "
        "another service; an operator makes one with clearance keys create.",
        "  所用密钥来自 {source}。它已过期、被吊销或更换，或属于另一服务；运维人员可用 "
        "clearance keys create 创建新的密钥。",
    ),
    "key-not-enough": Label(
        "  The key came from {source}; clearance keys list tells what it grants.",
        "  所用密钥来自 {source}；其权限可用 clearance keys list 查看。",
    ),
    # Webhooks.
    "send-to": Label("Sends to", "发送至"),
    "tells-of": Label("Tells of", "推送内容"),
    "all-seen": Label("all that its owner sees", "其所有者可见的全部"),
    "sends": Label("Sends", "是否推送"),
    "yes": Label("yes", "是"),
    "description": Label("What for", "用途"),
    "deliveries": Label("Messages", "消息"),
    "dropped": Label("dropped, not to be seen any more", "不再可见而未发送"),
    "failing-since": Label("Failing since", "持续失败自"),
    "old-secret-until": Label("Old secret until", "旧密钥有效至"),
    "attempts": Label("Attempts", "次数"),
    "last-attempt": Label("Last attempt", "最近一次"),
    "answer": Label("Answer", "应答"),
    "webhook-made": Label(
        "Webhook {id} to {url} has a secret.",
        "推送订阅 {id}，发送至 {url}，已有密钥。",
    ),
    "webhook-rotated": Label(
        "Webhook {id} has a new secret.",
        "推送订阅 {id} 已换新密钥。",
    ),
    "webhook-secret-kept": Label(
        "The secret of webhook {id} is in {file}.", "推送订阅 {id} 的密钥已写入 {file}。"
    ),
    "webhook-changed": Label("Webhook {id} is changed.", "推送订阅 {id} 已更改。"),
    "webhook-removed": Label("Webhook {id} sends nothing any more.", "推送订阅 {id} 已终止。"),
    "webhook-pinged": Label(
        "Message {id} is on its way; clearance webhooks deliveries tells what becomes of it.",
        "消息 {id} 已发出；结果可用 clearance webhooks deliveries 查看。",
    ),
    "delivery-resent": Label("Message {id} is sent again.", "消息 {id} 将重新发送。"),
    # Import.
    "import-resumed": Label(
        "The first {lines} lines are done already.", "前 {lines} 行此前已完成。"
    ),
    "import-done": Label(
        "{lines} lines: {new} recorded, {replayed} recorded before, {refused} refused",
        "共 {lines} 行：新登记 {new}，此前已登记 {replayed}，未被接受 {refused}",
    ),
    "import-refused": Label("  line {line}: {code}: {detail}", "  第 {line} 行：{code}：{detail}"),
    "import-more-refused": Label("  and {count} more", "  另有 {count} 行"),
    "import-stopped": Label(
        "Stopped after {lines} of {total} lines. The same command again goes on from there and "
        "repeats nothing.",
        "在 {total} 行中的第 {lines} 行后停止。再次执行同一命令即从该处继续，不会重复。",
    ),
    # Procedures.
    "procedure-ok": Label(
        "OK: {name} version {version}, {states} states, {events} events, {authorities} "
        "authorities, digest {digest}",
        "正常：{name} 第 {version} 版，{states} 个状态，{events} 个事项，{authorities} 个机关，"
        "摘要 {digest}",
    ),
    "at-most-months": Label("months: {number}", "有效月数：{number}"),
    "at-most-days": Label("days: {number}", "有效天数：{number}"),
    "at-most-uses": Label("uses: {number}", "使用次数：{number}"),
    "procedures-same": Label("They do not differ.", "两者没有差异。"),
    "would-be": Label("Would be", "将为"),
    "would-refuse": Label("Would be refused", "将被拒绝"),
    "otherwise": Label("Would be other", "其他差异"),
    "otherwise-gate": Label("Gate {name}", "闸门 {name}"),
    "otherwise-licence": Label("Licence {name}", "许可证 {name}"),
    "otherwise-draw": Label("Drawn from {name}", "自额度 {name} 提取"),
    "otherwise-deadline": Label("Last day of {name}", "时限 {name} 的末日"),
    "otherwise-overdue": Label("Overdue since", "逾期起始日"),
    "simulating": Label("Simulating", "模拟"),
    "simulated": Label(
        "{count} applications replayed: {elsewhere} would stand elsewhere, {gates} gates, "
        "{licences} licences and {draws} draws from pools would be other, the time limits of "
        "{limits} would end otherwise, {refused} records would be refused. Nothing was written.",
        "重放 {count} 份申请：{elsewhere} 份状态将不同，{gates} 个闸门、{licences} 份许可证、"
        "{draws} 笔额度提取将不同，{limits} 份的时限末日将不同，{refused} 条记录将被拒绝。"
        "未写入任何内容。",
    ),
    "simulated-untimed": Label(
        "The time limits of {count} were not compared: their rules are not those of this "
        "installation.",
        "其中 {count} 份未比较时限：其规则与本安装中的规则不一致。",
    ),
    "written-to": Label("Written to {file}.", "已写入 {file}。"),
    "proof-written": Label(
        "Record {seq} is entry {index} of the log; the proof is in {file}.",
        "第 {seq} 条记录是日志的第 {index} 项；证明已写入 {file}。",
    ),
    "log-has": Label(
        "The log has the first {checked} of {count} records in its {size} signed entries.",
        "日志已签名的 {size} 项中含有 {count} 条记录中的前 {checked} 条。",
    ),
    "log-contradicts-trail": Label(
        "BAD: the log contradicts record {seq}: {reason}", "损坏：日志与第 {seq} 条不符：{reason}"
    ),
    **PROVING,
}


class Words:
    """The sentences in one language."""

    def __init__(self, lang: Literal["en", "zh"]) -> None:
        self._lang = lang

    def __call__(self, name: str, /, **values: object) -> str:
        """A sentence with its values; those of a language alone may be left unused."""
        text: str = getattr(TEXTS[name], self._lang)
        return text.format(**values)

    def code(self, code: str) -> str:
        """What a code is called; one that is not known stays as it is."""
        known = CODES.get(code)
        return code if known is None else str(getattr(known, self._lang))
