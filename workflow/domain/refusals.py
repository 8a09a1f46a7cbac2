"""Refusals: a reasoned no, as a value with a stable code.

A code belongs to one kind, and the kind decides how the world outside is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from workflow.domain.conflicts import CONFLICTS
from workflow.domain.procedure import Label
from workflow.domain.rights_in_words import filled


class Kind(IntEnum):
    """What a refusal means for whoever posted. Of several, the least decides the answer."""

    INVALID = 1
    UNKNOWN = 2
    FORBIDDEN = 3
    UNCONDITIONAL = 4
    STALE = 5
    CONFLICT = 6


@dataclass(frozen=True, slots=True)
class Reason:
    """What stands behind a code: its kind, and a sentence with `{names}` of its parameters."""

    kind: Kind
    detail: Label


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reasoned no. `parameters` fill the sentence; `field` points into the event."""

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    field: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Refusal":
        """One that was written down as an object with its code and parameters."""
        return cls(told["code"], told["parameters"])

    @property
    def kind(self) -> Kind:
        """The kind of its code."""
        return REASONS[self.code].kind

    @property
    def detail(self) -> Label:
        """The sentence in both languages; what is a Label fills each in its own."""
        en, zh = REASONS[self.code].detail
        return Label(en.format(**self._filling(0)), zh.format(**self._filling(1)))

    def _filling(self, language: int) -> dict[str, object]:
        return {name: filled(name, one, language) for name, one in self.parameters.items()}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an event was not accepted, in which state, and what is possible there instead."""

    refusals: tuple[Refusal, ...]
    state: str | None = None
    allowed: tuple[str, ...] = ()

    @property
    def decisive(self) -> Refusal:
        """The refusal that decides how the caller is told."""
        return min(self.refusals, key=lambda refusal: refusal.kind)


def _reason(kind: Kind, en: str, zh: str) -> Reason:
    return Reason(kind, Label(en, zh))


_unknown, _invalid, _forbidden, _conflict = (
    Kind.UNKNOWN,
    Kind.INVALID,
    Kind.FORBIDDEN,
    Kind.CONFLICT,
)

REASONS: dict[str, Reason] = {
    # what is not there
    "unknown-application": _reason(_unknown, "There is no such application.", "没有这份申请。"),
    "unknown-pool": _reason(_unknown, "There is no such pool.", "没有这个联合额度。"),
    "buyer-not-found": _reason(_unknown, "There is no such buyer.", "没有这个买方。"),
    "unknown-credential": _reason(_unknown, "There is no such credential.", "没有这个凭证。"),
    "unknown-webhook": _reason(_unknown, "There is no such webhook.", "没有这个推送订阅。"),
    "unknown-delivery": _reason(_unknown, "There is no such delivery.", "没有这次推送。"),
    "unknown-record": _reason(_unknown, "The trail has no such record.", "轨迹中没有这条记录。"),
    "unknown-procedure-version": _reason(
        _unknown, "There is no such procedure or version.", "没有这个程序或版本。"
    ),
    # what cannot be read
    "invalid-event": _reason(_invalid, "{message}", "{message}"),
    "unknown-event": _reason(
        _invalid, "The procedure knows no event “{type}”.", "本程序没有“{type}”这一事项。"
    ),
    "unknown-procedure": _reason(
        _invalid, "There is no procedure “{procedure}”.", "没有“{procedure}”这一程序。"
    ),
    "unknown-buyer": _reason(
        _invalid, "The buyer “{buyer}” is not registered.", "买方“{buyer}”尚未登记。"
    ),
    "pool-not-registered": _reason(
        _invalid, "The pool “{pool}” is not registered.", "联合额度“{pool}”尚未登记。"
    ),
    "unknown-link": _reason(
        _invalid,
        "The buyer has no application “{application}” that could be linked.",
        "该买方没有可关联的申请“{application}”。",
    ),
    "link-of-another-procedure": _reason(
        _invalid,
        "The application “{application}” is one of {procedure}; nothing here hangs on it.",
        "申请“{application}”适用 {procedure} 程序，此处不取决于它。",
    ),
    "idempotency-key-reused": _reason(
        _invalid,
        "This idempotency key was used before with another body.",
        "该幂等键已用于内容不同的请求。",
    ),
    "authority-required": _reason(
        _invalid,
        "Name the authority whose act this is: one of {authorities}.",
        "请写明作出该行为的机关：{authorities} 之一。",
    ),
    "reason-required": _reason(_invalid, "This event needs a reason.", "该事项必须说明理由。"),
    "effective-in-future": _reason(
        _invalid,
        "The act takes effect more than 60 seconds in the future.",
        "生效时间晚于当前时间六十秒以上。",
    ),
    "condition-value-invalid": _reason(
        _invalid,
        "The value does not fit a condition of the kind {kind}: {message}",
        "该值不符合“{kind}”类条件：{message}",
    ),
    "unknown-claim": _reason(
        _invalid,
        "The pool has no claim “{claim}” to supersede.",
        "该额度没有可取代的主张“{claim}”。",
    ),
    "roles-unfit": _reason(
        _invalid,
        "A credential has at least one role, and {alone} stand alone.",
        "凭证至少须有一种角色，且{alone}不得与其他角色并存。",
    ),
    "unknown-authority": _reason(
        _invalid,
        "No procedure names the authority “{authority}”.",
        "没有程序涉及机关“{authority}”。",
    ),
    "authorities-unfit": _reason(
        _invalid,
        "An officer acts for at least one authority, and nobody else for any.",
        "官员须至少代表一家机关，其他角色不得代表机关。",
    ),
    "webhook-address-refused": _reason(
        _invalid, "Nothing is sent to this address: {reason}.", "不向该地址发送：{reason}。"
    ),
    "already-past": _reason(_invalid, "This time has passed already.", "该时间已过。"),
    # who may not
    "wrong-authority": _reason(
        _forbidden,
        "You may not act for the authority that is named or needed; this is an act of "
        "{authorities}.",
        "您无权代所指明或所需的机关行事；该事项由 {authorities} 办理。",
    ),
    "not-your-application": _reason(
        _forbidden, "This application is another buyer's.", "该申请属于其他买方。"
    ),
    "own-organisation": _reason(
        _forbidden,
        "No officer acts on an application of their own organisation.",
        "官员不得处理本单位的申请。",
    ),
    "role-may-not": _reason(
        _forbidden, "Whoever acts as {role} may not do this.", "“{role}”角色不得进行此操作。"
    ),
    "scope-missing": _reason(
        _forbidden,
        "This credential may not be used for that: it lacks the scope {scope}.",
        "该凭证缺少“{scope}”权限范围，不能用于此操作。",
    ),
    "webhook-needs-key": _reason(
        _forbidden,
        "A webhook belongs to a key: a token's rights end with the token, and a webhook does not.",
        "推送订阅须用密钥建立：令牌的权限随令牌失效，而订阅不会。",
    ),
    "recorder-never-confirms": _reason(
        _forbidden,
        "A recorder enters reports and never confirms them.",
        "记录员只录入报道，不得确认。",
    ),
    "record-of-another": _reason(
        _forbidden,
        "Only who posted record {seq}, or an officer of its authority, corrects it.",
        "只有记录 {seq} 的录入者或其机关的官员可以更正。",
    ),
    # what the caller expected is no longer so
    "if-match-required": _reason(
        Kind.UNCONDITIONAL, "This event must carry If-Match.", "该事项必须携带 If-Match。"
    ),
    "stale": _reason(
        Kind.STALE,
        "The application is no longer at the version you named.",
        "申请已不是您所指的版本。",
    ),
    # what the rules do not allow now
    "limit-reached": _reason(
        _conflict,
        "No more than {limit} {what} can be kept here.",
        "此处最多保存 {limit} 项（{what}）。",
    ),
    "transition-not-allowed": _reason(
        _conflict,
        "“{type}” is not possible in the state {state}.",
        "在“{state}”状态下不能进行“{type}”。",
    ),
    "effective-before-state": _reason(
        _conflict,
        "The act would precede {entered_at}, the earliest time that is possible here.",
        "生效时间早于此处允许的最早时间 {entered_at}。",
    ),
    "evidence-too-weak": _reason(
        _conflict,
        "The evidence must be at least of the grade {threshold}.",
        "证据至少须达到“{threshold}”等级。",
    ),
    "not-its-turn": _reason(
        _conflict,
        "It is not the turn of {authority}; waited for: {waiting_on}.",
        "尚未轮到 {authority}；当前等待：{waiting_on}。",
    ),
    "four-eyes": _reason(
        _conflict,
        "The same person already did “{type}”; another officer must act.",
        "同一人已作出“{type}”，须由另一名官员办理。",
    ),
    "not-confirmed": _reason(
        _conflict,
        "Only reported so far, not confirmed: records {records}.",
        "迄今仅为报道、未经确认的记录：{records}。",
    ),
    "pool-required": _reason(
        _conflict,
        "The application belongs to no pool; name one.",
        "该申请不属于任何联合额度，请指明。",
    ),
    "pool-of-another": _reason(
        _conflict, "The application already belongs to the pool “{pool}”.", "该申请已属于“{pool}”。"
    ),
    "nothing-to-confirm": _reason(
        _conflict,
        "Record {seq} does not await confirmation.",
        "记录 {seq} 无需确认。",
    ),
    "not-yet-due": _reason(
        _conflict, "The time for “{type}” has not come.", "进行“{type}”的时间尚未到来。"
    ),
    **{code: Reason(_conflict, detail) for code, detail in CONFLICTS.items()},
}
"""Every code there is."""
