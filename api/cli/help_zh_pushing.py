"""What `webhooks --help` says, in Chinese, by what it says in English."""

PUSHING = {
    "Webhooks: records sent to an address as they come.": "推送：有新记录时发送到指定地址。",
    "Make a webhook, and print the secret that its messages are signed with: it is shown this\n"
    "once. Without --type, --state and --buyer it tells of all that you see.": (
        "创建推送订阅，并输出用于消息签名的密钥；仅显示这一次。"
        "不指定 --type、--state、--buyer 时，推送您可见的全部记录。"
    ),
    "The webhooks that you made; an operator and an auditor see all.": (
        "您创建的推送订阅；运维人员与审计员可见全部。"
    ),
    "A webhook, and how it stands with what was sent; never its secret.": (
        "一个推送订阅及其推送情况；不含密钥。"
    ),
    "Change what is named of a webhook, and leave the rest as it is. What is named as empty is\n"
    'removed: --type "" has it tell of all types again.': (
        '更改推送订阅中所指明的部分，其余不变。指明为空即删除：--type "" 恢复推送所有类型。'
    ),
    "Give a webhook a new secret, and print it: it is shown this once. For a day messages are\n"
    "signed with both.": (
        "为推送订阅更换密钥并输出；仅显示这一次。此后一天内，消息以新旧两个密钥签名。"
    ),
    "End a webhook for good.": "永久终止推送订阅。",
    "Send a message that tells of no record, to try a webhook out.": (
        "发送一条不含记录的消息，以试用推送订阅。"
    ),
    "What was sent, the newest first, and what became of it.": "已推送的内容及其结果，最新者在前。",
    "Send a message again, under the id that it had.": "以原有编号重新发送一条消息。",
    "Id of the webhook.": "推送订阅的编号。",
    "Id of the delivery: its webhook-id.": "推送的编号，即其 webhook-id。",
    "Where to send to.": "发送到何处。",
    "Events of this type; may be repeated.": "此类事项；可重复。",
    "Events that lead to this state; may be repeated.": "进入此状态的事项；可重复。",
    "Applications of this buyer; may be repeated.": "此买方的申请；可重复。",
    "What it is for.": "用途。",
    "Write the secret to this file, for you alone (0600), and do not print it.": (
        "将密钥写入此文件，仅供本人读取（0600），不输出。"
    ),
    "Whether it sends.": "是否推送。",
    "pending, delivered or dead.": "pending、delivered 或 dead。",
}
