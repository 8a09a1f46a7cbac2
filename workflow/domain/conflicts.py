"""Why the rules do not allow an act now: the sentences about conditions, the licence, the
pool, the side ways, credentials and webhooks. The others stand in `refusals`.
"""

from workflow.domain.procedure import Label

CONFLICTS = {
    # the order, the conditions and the licence
    "licence-already-proposed": Label(
        "A licence has been proposed; the order can no longer be restated.",
        "许可证已提出，订单不得再变更。",
    ),
    "order-not-declared": Label("The buyer has not declared its order.", "买方尚未申报订单。"),
    "beyond-order": Label(
        "The licence would exceed the order of {units} units.", "超出订单数量 {units}。"
    ),
    "beyond-cap": Label(
        "The licence would exceed the cap of {units} units set as a condition.",
        "超出条件设定的上限 {units}。",
    ),
    "condition-exists": Label(
        "There is already a condition “{condition}”.", "条件“{condition}”已存在。"
    ),
    "unknown-condition": Label("There is no condition “{condition}”.", "没有条件“{condition}”。"),
    "condition-of-another": Label(
        "The condition belongs to {owner}; another authority needs its consent.",
        "该条件由 {owner} 提出，其他机关变更须经其同意。",
    ),
    "condition-settled": Label(
        "The condition “{condition}” is already {status}.",
        "条件“{condition}”已处于“{status}”。",
    ),
    "condition-incomplete": Label(
        "The condition “{condition}” has no complete value yet.",
        "条件“{condition}”的数值尚未确定。",
    ),
    "conditions-missing": Label(
        "No condition has been proposed; say explicitly that there are none.",
        "尚未提出任何条件；如无条件须明确声明。",
    ),
    "conditions-not-fixed": Label("Not yet fixed: {conditions}.", "尚未确定的条件：{conditions}。"),
    "conditions-exist": Label(
        "There are conditions: {conditions}; it cannot be said that there are none.",
        "存在条件：{conditions}，不能声明无条件。",
    ),
    "nothing-to-accept": Label("No fixed condition awaits acceptance.", "没有待接受的已定条件。"),
    "conditions-not-accepted": Label(
        "The buyer has not accepted: {conditions}.",
        "买方尚未接受的条件：{conditions}。",
    ),
    "precedent-not-met": Label(
        "To be met before the licence: {conditions}.",
        "发证前须先满足的条件：{conditions}。",
    ),
    "condition-not-accepted": Label(
        "The condition “{condition}” is {status}; the buyer has not accepted it.",
        "条件“{condition}”处于“{status}”，买方尚未接受。",
    ),
    "published-otherwise": Label(
        "Version {version} of {procedure} was published with other rules.",
        "程序 {procedure} 第 {version} 版此前发布的规则与此不同。",
    ),
    "never-valid": Label(
        "The licence would end on {valid_until}, before it begins on {valid_from}.",
        "许可证将于 {valid_until} 终止，早于其起始日 {valid_from}。",
    ),
    "beyond-validity": Label(
        "A licence that is valid from {valid_from} on ends on {latest} at the latest.",
        "自 {valid_from} 起生效的许可证，最迟至 {latest} 止。",
    ),
    "beyond-uses": Label(
        "A licence may be used {max_uses} times at the most.",
        "许可证最多可使用 {max_uses} 次。",
    ),
    "licence-not-proposed": Label("No licence has been proposed.", "尚未提出许可证。"),
    "gate-shut": Label("The gate “{gate}” is shut.", "“{gate}”闸门关闭。"),
    "beyond-balance": Label(
        "Only {balance} units are left on the licence.", "许可证余量仅 {balance}。"
    ),
    "outside-validity": Label(
        "The licence is valid from {valid_from} to {valid_until}.",
        "许可证有效期为 {valid_from} 至 {valid_until}。",
    ),
    "shipment-exists": Label(
        "The shipment “{shipment}” is already recorded.", "货运“{shipment}”已登记。"
    ),
    "uses-exhausted": Label("The licence allows {max_uses} uses.", "许可证限用 {max_uses} 次。"),
    "still-valid": Label(
        "The licence is valid until {valid_until}.", "许可证有效期至 {valid_until}。"
    ),
    "unknown-shipment": Label("There is no shipment “{shipment}”.", "没有货运“{shipment}”。"),
    "shipment-reversed": Label(
        "The shipment “{shipment}” is reversed already.", "货运“{shipment}”已被冲销。"
    ),
    "shipment-of-earlier-licence": Label(
        "The shipment “{shipment}” was made under an earlier version of the licence.",
        "货运“{shipment}”是在许可证的先前版本下进行的。",
    ),
    "link-used": Label(
        "The application “{application}” was linked here before; link another one.",
        "申请“{application}”此前已在此关联；请关联另一份申请。",
    ),
    "link-gone": Label(
        "The gate no longer hangs on that application.", "该闸门已不再取决于那份申请。"
    ),
    "link-outdated": Label(
        "What followed record {seq} of the linked application has been told already.",
        "关联申请第 {seq} 条记录之后的情况已经告知。",
    ),
    "link-shut": Label(
        "The linked application has shut the gate; what is only reported does not open it.",
        "该闸门已由关联申请关闭；仅凭报道不能使其开启。",
    ),
    "answer-before-question": Label(
        "The answer would precede its question of {asked_at}.",
        "答复早于 {asked_at} 提出的问题。",
    ),
    "link-overruled": Label(
        "By record {seq} an authority has said the contrary since.",
        "此后主管机关已以第 {seq} 条记录作出相反表示。",
    ),
    "others-awaited": Label("Still waited for: {waiting_on}.", "仍在等待：{waiting_on}。"),
    # the share of a pool
    "allocation-fixed": Label(
        "The share is fixed; no other can be claimed.", "份额已确定，不得另行主张。"
    ),
    # votes
    "deputy-votes": Label(
        "The vote of {authority} was handed to {deputy}.", "{authority} 的办理已移交给 {deputy}。"
    ),
    "deputy-is-oneself": Label("Name somebody else as the deputy.", "代理人须为他人。"),
    # information and holds
    "query-exists": Label("There is already a query “{query}”.", "询问“{query}”已存在。"),
    "unknown-query": Label("There is no query “{query}”.", "没有询问“{query}”。"),
    "query-answered": Label(
        "The query “{query}” is answered already.", "询问“{query}”已得到答复。"
    ),
    "held": Label(
        "“{type}” is stopped by the hold “{hold}” of {authority}.",
        "“{type}”被 {authority} 的暂缓决定“{hold}”阻止。",
    ),
    "hold-exists": Label("There is already a hold “{hold}”.", "暂缓决定“{hold}”已存在。"),
    "hold-of-release": Label(
        "A hold cannot stop “{type}”: nothing would end it.",
        "暂缓决定不得阻止“{type}”，否则无法解除。",
    ),
    "hold-of-shutting": Label(
        "A hold cannot stop “{type}”: no gate is kept open against what shuts it.",
        "暂缓决定不得阻止“{type}”：不得以此使闸门保持开启。",
    ),
    "unknown-hold": Label("There is no hold “{hold}”.", "没有暂缓决定“{hold}”。"),
    "hold-released": Label("The hold “{hold}” is released already.", "暂缓决定“{hold}”已解除。"),
    "hold-of-another": Label(
        "The hold belongs to {owner}; it alone releases it.",
        "该暂缓决定由 {owner} 作出，只有其可以解除。",
    ),
    # what the buyer asks for
    "request-pending": Label(
        "There is already a request ({kind}) without an answer.", "已有一项请求（{kind}）尚未答复。"
    ),
    "no-request": Label("There is no request ({kind}) to answer.", "没有待答复的请求（{kind}）。"),
    "decision-of-another": Label(
        "The decision was that of {owner}; it alone answers for it.",
        "该决定由 {owner} 作出，只有其可以答复。",
    ),
    # corrections and change of law
    "nothing-to-correct": Label("There is no record {seq}.", "没有第 {seq} 条记录。"),
    "not-correctable": Label(
        "Record {seq} cannot be superseded, or not by this event: the first record, what the "
        "service itself posts, corrections and migrations stay as they are.",
        "记录 {seq} 不得更正，或不得以该事项更正：首条记录、系统记录、更正和迁移均不可更改。",
    ),
    "claim-weaker": Label(
        "The claim “{claim}” rests on stronger evidence; it is not superseded by this one.",
        "主张“{claim}”的证据等级更高，不能以此取代。",
    ),
    "relied-upon": Label(
        "Record {by} rests on what was there at that time; supersede it before record {seq}.",
        "记录 {by} 以当时已有的情况为依据，须先更正记录 {by}，再更正记录 {seq}。",
    ),
    "confirmed-already": Label(
        "Record {seq} is confirmed; a recorder no longer corrects it.",
        "记录 {seq} 已获确认，记录员不得再予更正。",
    ),
    "correction-refused": Label(
        "With this correction, record {seq} ({type}) would have been refused: {code}.",
        "如此更正，则记录 {seq}（{type}）本应被拒绝：{code}。",
    ),
    "trail-too-long": Label(
        "Only a trail of {limit} records at the most can be decided again.",
        "仅能重新审理不超过 {limit} 条记录的轨迹。",
    ),
    "past-too-long": Label(
        "Only of a trail of {limit} records at the most is told what was; read its records.",
        "仅能就不超过 {limit} 条记录的轨迹回答当时的情况，请直接查阅记录。",
    ),
    "no-migration": Label(
        "No such version says how an application of version {present} goes on.",
        "没有相应的版本规定第 {present} 版的申请如何继续。",
    ),
    "migration-loses": Label(
        "In the state {state} of that version there is no place for: {what}.",
        "该版本的“{state}”状态无法容纳：{what}。",
    ),
    "too-late": Label("It was possible until {last}.", "最迟须在 {last} 提出。"),
    # the joint quantity
    "beyond-pool": Label(
        "Of the pool “{pool}” {free} units are free, fewer than the {units} that this would take.",
        "联合额度“{pool}”可用 {free} 枚，少于本次所需的 {units} 枚。",
    ),
    "unknown-reservation": Label(
        "Nothing is under way in the pool under this ticket.",
        "该凭据在联合额度中没有进行中的事项。",
    ),
    # time limits
    "no-deadline": Label("No deadline runs in this state.", "该状态下没有期限。"),
    "deadline-extended": Label(
        "The deadline “{deadline}” was extended already.", "期限“{deadline}”已延长过一次。"
    ),
    "extension-too-long": Label(
        "The deadline may be extended by {working_days} working days at the most.",
        "期限最多可延长 {working_days} 个工作日。",
    ),
    # credentials, webhooks, pools
    "credential-exists": Label("The credential exists already.", "该凭证已存在。"),
    "webhook-disabled": Label(
        "The webhook is disabled; enable it first.",
        "该推送订阅已停用，请先启用。",
    ),
    "webhook-removed": Label("The webhook has been removed for good.", "该推送订阅已被永久终止。"),
    "webhook-limit": Label(
        "One credential has {limit} webhooks at the most.",
        "一个凭证最多可有 {limit} 个推送订阅。",
    ),
    "credential-revoked": Label(
        "The credential has been revoked for good.", "该凭证已被永久撤销。"
    ),
    "credential-expired": Label(
        "The credential has expired; make another one.", "该凭证已过期，请另行签发。"
    ),
    "old-secret": Label(
        "You came in with an old secret of this key; rotate it with the present one.",
        "所用为该密钥的旧密文，请以现行密文轮换。",
    ),
    "own-credential": Label(
        "Nobody revokes the credential that they came in with; let another operator do it.",
        "不得撤销正在使用的凭证，请由另一运维人员操作。",
    ),
    "not-a-key": Label(
        "Tokens come from their issuer; only a key can be rotated.",
        "令牌由其签发方管理，仅密钥可以轮换。",
    ),
    "pool-exists": Label("The pool exists already.", "该联合额度已存在。"),
    "claim-superseded": Label(
        "The claim “{claim}” is superseded already.", "主张“{claim}”已被取代。"
    ),
}
"""Code -> its sentence with `{names}` of its parameters."""
