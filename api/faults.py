"""The problems that no rule of a procedure makes, each with its status and its words; and the
status and title of those that a rule makes, by their kind.
"""

from typing import NamedTuple

from workflow.domain.procedure import Label
from workflow.domain.refusals import Kind

RETRY_AFTER = {
    "busy": "1",
    "durability-unknown": "1",
    "unavailable": "2",
    "archive-unreadable": "30",
    "log-stopped": "30",
    "log-unreadable": "30",
    "server-unsafe": "30",
    "not-yet-logged": "1",
    "too-many-connections": "5",
    "identity-provider-unavailable": "5",
}
"""Seconds after which another try makes sense, where the problem itself does not tell."""

STATUS_OF_KIND = {
    Kind.INVALID: 422,
    Kind.UNKNOWN: 404,
    Kind.FORBIDDEN: 403,
    Kind.UNCONDITIONAL: 428,
    Kind.STALE: 412,
    Kind.CONFLICT: 409,
}


class Fault(NamedTuple):
    """A problem that no rule of a procedure makes."""

    status: int
    title: Label


FAULTS: dict[str, Fault] = {
    "malformed-json": Fault(400, Label("The body cannot be read", "无法读取请求正文")),
    "invalid-request": Fault(422, Label("The request is not valid", "请求无效")),
    "past-never-changes": Fault(
        400, Label("Nobody waits for what the past will say", "历史查询不支持等待")
    ),
    "idempotency-key-required": Fault(400, Label("Idempotency-Key is missing", "缺少幂等键")),
    "invalid-idempotency-key": Fault(400, Label("Idempotency-Key is not valid", "幂等键无效")),
    "unauthenticated": Fault(401, Label("A credential is needed", "须出示凭证")),
    "invalid-credential": Fault(401, Label("The credential is not good", "凭证无效")),
    "invalid-token": Fault(401, Label("The token is not accepted", "令牌未被接受")),
    "no-role": Fault(403, Label("The token gives no role here", "令牌未赋予任何角色")),
    "sign-in-refused": Fault(401, Label("The sign-in was not accepted", "登录未被接受")),
    "cross-site-request": Fault(403, Label("The request comes from elsewhere", "请求来自其他站点")),
    "identity-provider-unavailable": Fault(
        503, Label("The identity provider does not answer", "身份提供方没有应答")
    ),
    "foreign-host": Fault(421, Label("The Host header names another service", "主机名不符")),
    "cursor-gone": Fault(
        410, Label("What follows this place is not kept any more", "此位置之后的内容已不再保留")
    ),
    "too-many-polls": Fault(429, Label("Too many polls are held", "保持等待的轮询过多")),
    "too-many-streams": Fault(429, Label("Too many streams are open", "打开的流过多")),
    "not-found": Fault(404, Label("There is nothing here", "此处没有内容")),
    "method-not-allowed": Fault(405, Label("This method is not possible here", "不支持该方法")),
    "not-yet-logged": Fault(
        404, Label("The record is not in a signed checkpoint yet", "该记录尚未列入已签名的检查点")
    ),
    "not-acceptable": Fault(406, Label("None of these formats is offered", "无法提供所需格式")),
    "body-too-large": Fault(413, Label("The body is too large", "请求正文过大")),
    "unsupported-media-type": Fault(415, Label("The body must be JSON", "请求正文须为 JSON")),
    "request-timeout": Fault(408, Label("The request did not arrive in time", "请求未及时送达")),
    "malformed-request": Fault(400, Label("This is not HTTP", "请求不符合 HTTP 规范")),
    "rate-limited": Fault(429, Label("These are too many requests", "请求过于频繁")),
    "too-many-attempts": Fault(
        429, Label("Too many credentials from this address were wrong", "凭证错误次数过多")
    ),
    "too-many-connections": Fault(503, Label("Too many connections are open", "连接数过多")),
    "headers-too-large": Fault(431, Label("The header fields are too large", "请求头过大")),
    "skipped": Fault(
        424,
        Label(
            "An earlier item of the application has no outcome; send this one after it",
            "前项尚无结果",
        ),
    ),
    "internal-error": Fault(500, Label("Something went wrong here", "服务内部出错")),
    "unavailable": Fault(
        503, Label("The store is not reachable; nothing happened", "存储不可用，未作任何更改")
    ),
    "archive-unreadable": Fault(
        503,
        Label(
            "Records that were moved to the log cannot be read there; it is not known whether an "
            "event was recorded before: send it again with the same key",
            "已移入日志的记录无法读取；尚不知事项此前是否已记录，请用同一幂等键重发",
        ),
    ),
    "log-stopped": Fault(
        503,
        Label(
            "What is accepted is not put into the log any more; its operator knows why",
            "新记录已无法写入日志，原因由运维人员掌握",
        ),
    ),
    "server-unsafe": Fault(
        503,
        Label(
            "The database may lose what it acknowledges by now; its operator can find out why",
            "数据库已可能丢失已确认的数据，原因可由运维人员查明",
        ),
    ),
    "log-unreadable": Fault(
        503, Label("The log cannot be read; its operator can find out why", "无法读取日志")
    ),
    "busy": Fault(503, Label("The wait was too long; nothing happened", "等待过久，未作任何更改")),
    "durability-unknown": Fault(
        503,
        Label(
            "It is not known whether the event was recorded; send it again with the same key",
            "尚不知事项是否已记录，请用同一幂等键重发",
        ),
    ),
}

TITLES_OF_KIND = {
    Kind.INVALID: Label("The request is not valid", "请求无效"),
    Kind.UNKNOWN: Label("There is nothing of that name", "没有所指对象"),
    Kind.FORBIDDEN: Label("You may not do this", "无权进行此操作"),
    Kind.UNCONDITIONAL: Label("A precondition is required", "须附前提条件"),
    Kind.STALE: Label("The precondition failed", "前提条件不成立"),
    Kind.CONFLICT: Label("The rules do not allow this now", "当前规则不允许"),
}

CODE_OF_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
