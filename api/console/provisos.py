"""What the rules of procedures demand, in words: every guard, and every fact that a way or a wait
depends on, by the name that a procedure file calls it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.domain.procedure import Label
from workflow.procedures.diagram import WHEN

TOLD_BY_THE_EVENT = frozenset({"four_eyes", "in_time"})
"""Guards whose words need what the event says beside them."""

GUARDS: Mapping[str, Label] = MappingProxyType(
    {
        # whose turn it is
        "its_turn": Label("The authority is among those waited for", "该机关在被等待之列"),
        "nobody_else_awaited": Label(
            "Nobody but this authority is still waited for", "仅等待该机关"
        ),
        "deputy_votes": Label(
            "The officer has not handed the vote to a deputy", "该官员未将办理移交代行人"
        ),
        "deputy_is_another": Label("The deputy is somebody else", "代行人为他人"),
        "own_decision": Label("The decision was this authority's own", "该决定由本机关作出"),
        # the order and the licence
        "no_licence_proposed": Label("No licence has been proposed yet", "尚未提出许可证"),
        "order_declared": Label("The buyer has declared its order", "买方已申报订单"),
        "within_order": Label(
            "No more units than ordered, nor than any cap among the conditions",
            "数量不超过订单，也不超过条件中的任何上限",
        ),
        "within_terms": Label(
            "Valid no longer, and used no more often, than the procedure says",
            "有效期和使用次数不超过本程序的规定",
        ),
        "licence_proposed": Label("A licence has been proposed", "许可证已提出"),
        "proposal_within_cap": Label(
            "No condition set since the proposal caps the licence below it",
            "提出许可证之后所设的条件上限不低于其数量",
        ),
        "reissuable": Label("The licence may have one more version", "许可证尚可再发一版"),
        "whole_within_cap": Label(
            "No condition caps the licence below what all its versions come to",
            "任何条件的上限均不低于许可证各版的合计数量",
        ),
        "within_balance": Label("No more units than the licence has left", "数量不超过许可证余量"),
        "within_validity": Label("On a day on which the licence is valid", "在许可证有效期之内"),
        "validity_over": Label("The last day of the licence is over", "许可证有效期已过"),
        "shipment_new": Label(
            "The shipment's id is new, and the licence allows another use",
            "货运编号未曾使用，且许可证尚有使用次数",
        ),
        "shipment_known": Label(
            "The shipment was made under the licence in force, and is not reversed",
            "该货运在现行许可证下进行，且未被冲销",
        ),
        # gates and links
        "gates_open": Label("Every gate is open", "各闸门均已开启"),
        "link_fits": Label(
            "The linked application is the same buyer's, under the procedure that the gate follows",
            "所关联的申请属于同一买方，且适用该闸门所依据的程序",
        ),
        "link_new": Label("That application was not linked here before", "该申请此前未在此关联"),
        "link_stands": Label(
            "What the link tells is the newest word of that application, and no authority has said"
            " the contrary since; a mere report opens no gate that the link has shut",
            "关联所告知的是该申请的最新情况，此后没有机关作出相反表示；仅凭报道不能开启已由关联关闭的闸门",
        ),
        # the conditions
        "condition_new": Label("The condition's id is new", "条件编号未曾使用"),
        "condition_owned": Label("The condition is this authority's own", "该条件由本机关提出"),
        "condition_permitted": Label(
            "The condition is this authority's own, or its owner has consented",
            "该条件由本机关提出，或已获提出机关同意",
        ),
        "condition_unsettled": Label(
            "The condition is neither met nor waived", "该条件尚未满足，也未免除"
        ),
        "condition_accepted": Label(
            "The buyer has accepted the condition, and it is not settled",
            "买方已接受该条件，且其尚未了结",
        ),
        "condition_fixable": Label(
            "The condition is still open, and complete with this value",
            "该条件尚可确定，且以此值即为完整",
        ),
        "conditions_final": Label(
            "Every condition is fixed, or it is said that there are none",
            "全部条件均已确定，或声明不附条件",
        ),
        "fixed_to_accept": Label("A fixed condition awaits acceptance", "有已定条件待接受"),
        "conditions_accepted": Label(
            "The buyer has accepted every condition", "买方已接受全部条件"
        ),
        "precedent_met": Label(
            "Every condition that comes before the licence is met or waived",
            "发证前须满足的条件均已满足或免除",
        ),
        # standing and corrections
        "confirmed_so_far": Label(
            "Nothing that matters is only reported; all of it is confirmed",
            "有关记录均已确认，没有仅属报道者",
        ),
        "confirmable": Label(
            "The record awaits confirmation by this authority, the evidence suffices, and where two"
            " persons are needed there are two",
            "该记录待本机关确认，证据充分，且须由两人办理的，确由两人办理",
        ),
        "correctable": Label(
            "The record may be superseded: not the first, none of the service's own, no correction"
            " and no migration",
            "该记录可以更正：不是首条记录、系统记录、更正或迁移",
        ),
        "correction_own": Label(
            "By who posted the record, or an officer of the authority whose act it was",
            "由该记录的录入者或作出该行为的机关的官员办理",
        ),
        # the share of a pool
        "pool_named": Label("The pool is named and registered", "联合额度已指明并已登记"),
        "share_open": Label("The share is not fixed yet", "份额尚未确定"),
        # information, holds and time limits
        "query_new": Label("The query's id is new", "询问编号未曾使用"),
        "query_open": Label("The query was asked and is not answered", "询问已提出且尚未答复"),
        "hold_new": Label(
            "The hold's id is new, and it stops only what may be stopped",
            "暂缓决定编号未曾使用，且仅停止可以停止的事项",
        ),
        "hold_own": Label(
            "The hold is in force and this authority's own", "暂缓决定有效，且由本机关作出"
        ),
        "extension_possible": Label(
            "A time limit runs, was not extended before, and may be by so much",
            "时限正在计算，此前未曾延长，且延长幅度在允许范围之内",
        ),
        "time_has_come": Label("The time limit has passed", "时限已过"),
        # what the buyer asks for
        "no_withdrawal_pending": Label(
            "No request to withdraw awaits an answer", "没有待答复的撤回请求"
        ),
        "withdrawal_pending": Label("A request to withdraw awaits an answer", "有待答复的撤回请求"),
        "no_amendment_pending": Label("No amendment awaits an answer", "没有待答复的变更请求"),
        "amendment_pending": Label("An amendment awaits an answer", "有待答复的变更请求"),
        "no_appeal_pending": Label("No appeal awaits an answer", "没有待答复的申诉"),
        "appeal_pending": Label("An appeal awaits an answer", "有待答复的申诉"),
        # change of law
        "successor_published": Label(
            "A later version says how applications go on", "已有后续版本规定申请如何继续"
        ),
        "migratable": Label(
            "That version has a place for everything the application holds",
            "该版本能够容纳申请现有的一切",
        ),
    }
)
"""What must hold before an event is accepted."""

MOVES: Mapping[str, Label] = MappingProxyType(
    {**WHEN, "quorum_reached": Label("once all of them have agreed", "全部同意之后")}
)
"""When an event leads on."""

TURNS: Mapping[str, Label] = MappingProxyType(
    {
        "voted": Label("until it has voted", "直至其作出决定"),
        "order_declared": Label("until the order is declared", "直至申报订单"),
        "conditions_accepted": Label("until every condition is accepted", "直至接受全部条件"),
        "gates_open": Label("until every gate is open", "直至各闸门开启"),
        "withdrawal_answered": Label(
            "while a request to withdraw awaits an answer", "撤回请求待答复期间"
        ),
        "appeal_answered": Label("while an appeal awaits its answer", "申诉待其答复期间"),
    }
)
"""How long somebody is waited for in a state."""

FIELDS: Mapping[str, Label] = MappingProxyType(
    {
        "accept": Label("accepted from", "采信所需等级"),
        "after": Label("ends with", "届满于"),
        "basis": Label("legal basis", "法律依据"),
        "by": Label("by whom", "由谁作出"),
        "calendar": Label("calendar", "工作日历"),
        "confirm": Label("confirmed from", "确认所需等级"),
        "days": Label("valid for so many days", "有效日数"),
        "effect": Label("what it does", "效果"),
        "event": Label("what follows", "届满后果"),
        "evidence": Label("evidence", "证据"),
        "extension": Label("may be extended by working days", "可延长的工作日"),
        "final": Label("final", "终结状态"),
        "four_eyes": Label("by another than who did", "须不同于作出下列事项的人"),
        "gate": Label("gate", "闸门"),
        "guards": Label("what must hold", "须满足"),
        "if_match": Label("the version must be named", "须指明版本"),
        "initial": Label("begins in", "起始状态"),
        "label": Label("name", "名称"),
        "licence": Label("licence", "许可证"),
        "line": Label("line", "路线"),
        "max_uses": Label("uses at the most", "最多使用次数"),
        "migrates_from": Label("goes on from version", "承接版本"),
        "months": Label("valid for so many months", "有效月数"),
        "moves": Label("from where to where", "状态变化"),
        "opens": Label("opened by", "开启于"),
        "payload": Label("what is sent with it", "所附内容"),
        "procedure": Label("procedure", "程序"),
        "quorum": Label("who must all agree", "须全部同意者"),
        "reason_required": Label("needs a reason", "须说明理由"),
        "reserved": Label("not reached in this version", "本版不会到达"),
        "sentence": Label("how it is told", "对外表述"),
        "sentence_in_pool": Label("how it is told in a joint quantity", "联合额度中的表述"),
        "short": Label("short name", "简称"),
        "shuts": Label("shut by", "关闭于"),
        "sources": Label("from", "自"),
        "states": Label("states", "状态"),
        "target": Label("to", "转入"),
        "time_zone": Label("time zone", "时区"),
        "title": Label("title", "标题"),
        "turns": Label("waited for", "等待"),
        "unattributed": Label("a report may leave the authority out", "报道可不写明机关"),
        "until": Label("until", "直至"),
        "version": Label("version", "版本"),
        "when": Label("when", "条件"),
        "who": Label("who", "谁"),
        "within_days": Label("possible for so many days", "可办理的日数"),
        "working_days": Label("working days", "工作日"),
    }
)
"""What the fields of a procedure are called where two versions differ in them. What only follows
from others (`DERIVED`) is not told.
"""

DERIVED = frozenset({"guarded", "anytime"})
