"""What the codes of answers are called, in both languages."""

from workflow.domain.procedure import Label
from workflow.domain.rights_in_words import RIGHTS

CODES = {
    **RIGHTS,
    # Kinds of conditions.
    "domestic_share": Label("share of domestic chips", "国产芯片比例"),
    "unit_cap": Label("cap on units", "数量上限"),
    "end_use": Label("end use", "最终用途"),
    "reporting": Label("duty to report", "报告义务"),
    "other": Label("other", "其他"),
    # What a buyer asks for.
    "withdrawal": Label("withdrawal", "撤回"),
    "amendment": Label("amendment", "变更"),
    "appeal": Label("appeal", "申诉"),
    # How far a condition or a share has come.
    "proposed": Label("proposed", "已提出"),
    "fixed": Label("fixed", "已确定"),
    "accepted": Label("accepted", "已接受"),
    "met": Label("met", "已满足"),
    "waived": Label("waived", "已免除"),
    "unknown": Label("unknown", "未知"),
    "claimed": Label("claimed", "已主张"),
    "drawn": Label("drawn", "已支取"),
    # What became of a webhook's message.
    "pending": Label("pending", "等待中"),
    "delivered": Label("delivered", "已送达"),
    "dead": Label("given up", "已放弃"),
    # Why the receiver of a message has not taken it.
    "refused-address": Label("nothing is sent to this address", "不向该地址发送"),
    "unresolved": Label("its name leads nowhere", "域名无法解析"),
    "unreachable": Label("nobody answered", "无法连接"),
    "tls": Label("its certificate is not good", "证书无效"),
    "timeout": Label("it took too long", "超时"),
    "answer-too-long": Label("it answered too much", "应答过长"),
    "redirect": Label("it pointed elsewhere", "被重定向"),
    "status": Label("it said no", "接收方拒收"),
    "secret-missing": Label("its secret is missing here", "缺少签名密钥"),
    # Why a webhook sends nothing.
    "gone": Label("the receiver wants no more", "接收方不再接受"),
    "failing": Label("not delivered for days", "多日未能送达"),
    "credential-ended": Label("its owner's credential has ended", "所有者的凭证已失效"),
    "by-request": Label("disabled", "已停用"),
    # Gates.
    "open": Label("open", "开启"),
    "shut": Label("shut", "关闭"),
    # Parts of a procedure.
    "procedure": Label("procedure", "程序"),
    "states": Label("states", "状态"),
    "events": Label("events", "事项"),
    "authorities": Label("authorities", "机关"),
    "gates": Label("gates", "闸门"),
    "links": Label("links", "关联"),
    "deadlines": Label("deadlines", "时限"),
    # What the journal of access tells.
    "refused": Label("refused", "被拒绝"),
    "unauthenticated": Label("no good credential", "凭证无效"),
    "throttled": Label("throttled", "被限流"),
    "signed-in": Label("signed in", "登录"),
    "sign-in-refused": Label("sign-in refused", "登录被拒"),
    "signed-out": Label("signed out", "退出"),
    "exported": Label("exported", "导出"),
    "downloaded": Label("downloaded", "下载"),
    "journal-read": Label("journal read", "查看访问日志"),
    "key-made": Label("key made", "创建密钥"),
    "key-rotated": Label("key rotated", "更换密钥"),
    "key-revoked": Label("key revoked", "撤销密钥"),
    "webhook-made": Label("webhook made", "创建推送订阅"),
    "webhook-changed": Label("webhook changed", "更改推送订阅"),
    "webhook-rotated": Label("webhook's secret rotated", "更换推送密钥"),
    "webhook-removed": Label("webhook removed", "终止推送订阅"),
    "rights-given": Label("rights given", "授予权限"),
    "log-key-rotated": Label("log key rotated", "更换日志密钥"),
    "started": Label("started", "启动"),
    "stopped": Label("stopped", "停止"),
    "flood": Label("flood", "大量尝试"),
    "lost": Label("entries lost", "条目丢失"),
}
