"""What `--help` says, in Chinese, by what it says in English."""

from typing import Any

from api.cli.help_zh_pushing import PUSHING
from api.cli.help_zh_running import RUNNING

TIME = "RFC 3339 格式，带时区：2026-01-30T00:00:00+08:00。"

HELP = {
    **PUSHING,
    "What was reported, or an invented import up to its last shipment.": (
        "所报道的情况，或一宗直至最后一批货运的虚构进口。"
    ),
    "The candidate: a YAML file, a name, or NAME/VERSION.": (
        "候选规则：YAML 文件、名称或“名称/版本”。"
    ),
    "Replay every trail under other rules, writing nothing. Exit 1 when something would be other\n"
    "than it is.": "以另一套规则重演全部轨迹，不写入任何内容；如有不同结果，退出码为 1。",
    "Exported trails.": "已导出的轨迹。",
    **RUNNING,
    # The commands.
    "Carries import applications through a regulatory procedure and keeps their trail.": (
        "引导进口申请走完监管程序，并保存其轨迹。"
    ),
    "Exit codes: 0 done, 1 the answer is no, 2 wrong usage or input, 3 refused, 4 not found, "
    "5 changed since, 6 no service answered, 130 Ctrl-C (of status --watch and follow: 0). "
    "From 2 on, --json prints an object with code and detail.": (
        "退出码：0 完成，1 答案为否，2 用法或输入有误，3 未被接受，4 不存在，5 已有更改，"
        "6 没有服务应答，130 Ctrl-C（status --watch 和 follow 为 0）。自 2 起，--json 输出含 "
        "code 与 detail 的对象。"
    ),
    "Open an application. With --file, its body is read from there.": (
        "提交申请。给出 --file 时，从文件读取全部内容。"
    ),
    "Post an event. With --file, the whole event is read from there.\n\n"
    "clearance post APP approve --as miit --evidence official_notice --title 'Decision 7'\n"
    "--publisher MIIT --published-at 2026-01-30T00:00:00+08:00": (
        "提交事项。给出 --file 时，从文件读取整个事项。\n\n"
        "clearance post APP approve --as miit --evidence official_notice --title '第 7 号决定'\n"
        "--publisher 工信部 --published-at 2026-01-30T00:00:00+08:00"
    ),
    "Show where an application stands.": "显示申请的现状。",
    "List applications, the newest first.": "列出申请，最新者在前。",
    "Print records as they are recorded, one a line, until Ctrl-C (exit code 0).": (
        "逐行输出新登记的记录，直到 Ctrl-C（退出码 0）。"
    ),
    "Begin behind this record; of all applications, behind this id.": (
        "从该记录之后开始；针对全部申请时，从该标识之后开始。"
    ),
    "Show the records of an application, or the latest of all that you see. A whole trail is\n"
    "verified as it comes.": (
        "显示申请的记录，或您可见的全部申请的最新记录。完整的轨迹在接收时即行校验。"
    ),
    "What may be posted next, and what stands in the way.": "可提交的事项，以及其他事项的障碍。",
    "Post the events of a file. The same command again goes on where it stopped.\n\n"
    "Ctrl-C stops it with the exit code 130.": (
        "提交文件中的事项。再次执行同一命令即从停止处继续。\n\n按 Ctrl-C 停止，退出码为 130。"
    ),
    "Write a trail to a file, whole and verified or not at all.": (
        "将轨迹写入文件：要么完整且已校验，要么什么也不写。"
    ),
    "Check a trail, a proof or a whole log, offline. Exit 1 names the first bad record.": (
        "离线校验轨迹、证明或整个日志。退出码 1 时指出第一条损坏的记录。"
    ),
    "Show who tried, read, exported and changed what: the newest first. For auditors and\n"
    "operators.": "显示何人尝试、查看、导出、更改了什么，最新者在前。供审计员和运维人员使用。",
    "Of this kind: refused, read, exported, key-made, ...": (
        "该类事项：refused、read、exported、key-made 等。"
    ),
    "By the principal of this name.": "由该操作者所为的。",
    "Written then or later. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": (
        f"此时或之后写入的。{TIME}"
    ),
    "Written before. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": f"此前写入的。{TIME}",
    "The first entry first.": "最早的条目在前。",
    "Write them to a file that a spreadsheet opens; - writes to standard output.": (
        "写入电子表格可打开的文件；- 表示标准输出。"
    ),
    "Run the service until Ctrl-C or SIGTERM.": "运行服务，直到 Ctrl-C 或 SIGTERM。",
    "Run the service with what was reported in January 2026.": "以2026年1月的报道内容运行服务。",
    "The buyers, as the reports print them.": "买方，按报道的形式列出。",
    "A buyer's entry in the registry.": "买方的登记内容。",
    "Register a buyer, or give it another name.": "登记买方，或更改其名称。",
    "Joint quantities, and what sources claim of them.": "联合额度，以及各来源的说法。",
    "A pool with its claims.": "联合额度及其主张。",
    'Begin a pool: {"id", "title": {"en", "zh"}, "claims": [...]}.': (
        '设立联合额度：{"id", "title": {"en", "zh"}, "claims": [...]}。'
    ),
    'Enter a claim: {"units", "bound", "buyers": [...], "evidence": [...]}.': (
        '登记主张：{"units", "bound", "buyers": [...], "evidence": [...]}。'
    ),
    "Keys: who may come in, as what.": "密钥：谁可以进入，以何身份。",
    "Make a key, and print it: it is shown this once.": "创建密钥并输出；仅显示这一次。",
    "Who may come in, the newest first: as what, and when last. Others than an operator and an\n"
    "auditor see their own key.": (
        "谁可以进入，最新者在前：以何身份、最近何时。运维人员和审计员之外的人只看到自己的密钥。"
    ),
    "Give a key a new secret, and print the key: it is shown this once. Yours, or as an operator\n"
    "any.": "为密钥换新并输出；仅显示这一次。可换自己的；运维人员可换任何人的。",
    "End a key for good; within 5 seconds nobody comes in with it anywhere.": (
        "永久吊销密钥；5 秒之内，任何地方都不能再使用。"
    ),
    "Follow a log and sign each checkpoint that contains all before it. Exit 1: it does not.\n\n"
    "Two checkpoints that contradict each other are kept in DIR/evidence.": (
        "跟踪日志，并对包含此前全部内容的每个检查点签名；如不包含，退出码为 1。\n\n"
        "互相矛盾的两个检查点保存在 DIR/evidence 中。"
    ),
    "The log's verifier key, or a file with it; may be repeated.": (
        "日志的验证公钥，或载有它的文件；可重复。"
    ),
    "Folder of this witness, made if missing.": "此见证者的目录，不存在时创建。",
    "What the witness is called, from the first time on.": "见证者的名称，自首次起不变。",
    "Look once, and end.": "查看一次后结束。",
    "Seconds between two looks.": "两次查看之间的秒数。",
    "Where the log is: https://HOST/log, or a folder.": "日志所在：https://HOST/log，或一个目录。",
    "Whether two checkpoints are of one log, instead.": "改为判断两个检查点是否属于同一日志。",
    "The files that hold the rules.": "载有规则的文件。",
    "Check a procedure file. Exit 1 lists every problem as file:line: message.": (
        "检查程序文件。退出码 1 时以 文件:行: 说明 的形式列出所有问题。"
    ),
    "Show the states and events of a procedure.": "显示程序的状态和事项。",
    "Draw a procedure, as Mermaid text or as SVG.": "绘制程序图：Mermaid 文本或 SVG。",
    "Show what differs between two procedures. Exit 1 when something does.": (
        "显示两个程序的差异。有差异时退出码为 1。"
    ),
    # Which applications and records.
    "Id of the application.": "申请的编号。",
    "In this state.": "处于该状态的。",
    "Of this buyer.": "该买方的。",
    "Under these rules.": "适用该程序的。",
    "On which this authority has acted.": "该机关已作出行为的。",
    "That wait for this authority.": "等待该机关的。",
    "Past their time limit.": "已超过时限的。",
    "Whose id, reference or buyer's name begins like this.": "编号、买方编号或买方名称以此开头的。",
    "How many at the most.": "最多几项。",
    "All of them.": "全部。",
    "Print every change, one a line, until Ctrl-C (exit code 0).": (
        "逐行输出每次变化，直到 Ctrl-C（退出码 0）。"
    ),
    "Of this type.": "该类型的。",
    "In which this authority acted.": "由该机关作出的。",
    "Posted by the principal of this name.": "由该操作者提交的。",
    "Recorded then or later. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": (
        f"此时或之后登记的。{TIME}"
    ),
    "Recorded before. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": f"此前登记的。{TIME}",
    "The last record first.": "最后的记录在前。",
    "Write the proof of that record to this file.": "将该记录的证明写入此文件。",
    "Let the service check the trail, and against its log.": "由服务校验轨迹，并与其日志对照。",
    "One record, whole, by its number.": "按序号显示一条完整的记录。",
    # What is posted.
    "Id of the buyer.": "买方的编号。",
    "Which rules.": "适用的程序。",
    "What is to be imported.": "拟进口的货物。",
    "How many.": "数量。",
    "Id of the joint quantity it shares.": "所属联合额度的编号。",
    "The buyer's own name for it.": "买方自用的编号。",
    "Since when. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": f"起始时间。{TIME}",
    "Type of the event, such as approve.": "事项类型，例如 approve。",
    "The authority that acts.": "作出行为的机关。",
    "When it took effect. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": f"生效时间。{TIME}",
    "Why.": "理由。",
    "A field of the event's data, repeatable: units=5, text.en=Words. A value that is JSON is read "
    "as JSON; name='\"5\"' is the text 5.": (
        "事项数据的一个字段，可重复：units=5、text.en=Words。值为 JSON 时按 JSON 读取；"
        "name='\"5\"' 表示文本 5。"
    ),
    "Only on the version with this entity tag.": "仅当版本的实体标签为此值。",
    "Decide, and write nothing.": "只作判断，不写入。",
    "Idempotency key: the same again changes nothing.": "幂等键：重复提交不会再有更改。",
    "Idempotency key.": "幂等键。",
    "The request in a JSON file; - reads standard input.": "JSON 文件中的请求；- 表示标准输入。",
    "Its JSON; - reads standard input.": "其 JSON；- 表示标准输入。",
    "JSON Lines or CSV; - reads standard input.": "JSON Lines 或 CSV；- 表示标准输入。",
    "Its form.": "文件的形式。",
    "Its name in English.": "英文名称。",
    "Its name in Chinese.": "中文名称。",
    "Id of the pool.": "联合额度的编号。",
    # Keys.
    "Id of the key.": "密钥的编号。",
    "Write the key to this file, for you alone (0600), and do not print it.": (
        "将密钥写入该文件，仅您可读（0600），而不输出。"
    ),
    "Who holds it, in the organisation.": "密钥在其单位中的持有者。",
    "Whose they are; of a buyer, the buyer's id.": "持有者所属单位；买方则为买方编号。",
    "What they are here; may be repeated.": "在此的角色；可重复。",
    "For whom an officer acts; may be repeated.": "官员代表哪个机关；可重复。",
    "What the key may be used for; may be repeated.": "密钥可用于何事；可重复。",
    "RFC 3339, with its zone.": "RFC 3339 格式，带时区。",
    "Of this organisation alone.": "仅限该单位的。",
    "Seconds for which the old secret stays good.": "旧密钥仍有效的秒数。",
    # Evidence.
    "Grade of the evidence; it needs --title, --publisher and --published-at as well.": (
        "证据的等级；还需要 --title、--publisher 和 --published-at。"
    ),
    "Title of the source.": "来源的标题。",
    "Who published it.": "发布者。",
    "When. RFC 3339, with its zone: 2026-01-30T00:00:00+08:00.": f"发布时间。{TIME}",
    "Whom it cites: 'two people familiar with the matter'.": "所援引者：“两名知情人士”。",
    "Where it is read.": "可在何处读到。",
    "SHA-256 of the document.": "文件的 SHA-256。",
    # Files.
    "Where to; - writes to standard output.": "写往何处；- 表示标准输出。",
    "Where to.": "写往何处。",
    "jsonl: each record as stored; pdf: the dossier of an application.": (
        "jsonl：每条记录与存储的一致；pdf：一份申请的卷宗。"
    ),
    "Id of the application; - for every one that you see.": (
        "申请的编号；- 表示您可见的全部申请。"
    ),
    "Of this buyer's applications.": "该买方的申请的。",
    "With evidence of this grade.": "有该等级证据的。",
    "Of this standing.": "确认情况为此的。",
    "An exported trail (- reads standard input), a proof of one record, or a log: its folder, or "
    "its address.": "导出的轨迹（- 表示标准输入）、一条记录的证明，或日志的目录或地址。",
    "A checkpoint kept from before, that the log must contain.": (
        "此前保存的检查点，日志必须包含其全部内容。"
    ),
    "What `clearance list --all --json` says the states are.": (
        "`clearance list --all --json` 所列的状态。"
    ),
    "An exported trail that must be in the log, to the record.": (
        "导出的轨迹，须逐条记录在日志中。"
    ),
    "The hash of the last record, if it is known.": "已知的末条记录的哈希。",
    "A procedure, in YAML.": "程序，YAML 格式。",
    "A YAML file, or a procedure of this installation by NAME or NAME/VERSION; no service is "
    "asked.": "YAML 文件，或本机程序的 NAME 或 NAME/VERSION；不询问服务。",
    "The state to mark.": "要标出的状态。",
    "An application: its procedure as its service has it, its state marked.": (
        "申请：绘制服务中该申请的程序，并标出其状态。"
    ),
    # The service, and how a command talks to it.
    "Print JSON instead of tables.": "输出 JSON 而非表格。",
    "Language.": "语言。",
    "Address of the service. [CLEARANCE_URL]": "服务的地址。[CLEARANCE_URL]",
    "Your key; everybody on this machine sees what a command is given. [CLEARANCE_API_KEY]": (
        "您的密钥；本机其他用户可看到命令的参数。[CLEARANCE_API_KEY]"
    ),
    "File with your key; - reads standard input. [CLEARANCE_API_KEY_FILE]": (
        "存有您的密钥的文件；- 表示标准输入。[CLEARANCE_API_KEY_FILE]"
    ),
    "Data folder of a running service, to find its address and the operator's key. "
    "[CLEARANCE_DATA]": "运行中的服务的数据目录，用以找到其地址和运维人员的密钥。[CLEARANCE_DATA]",
    "Seconds that a call is tried for.": "一次调用最多尝试的秒数。",
    "Folder of the data, made if missing.": "数据目录，不存在时创建。",
    "Folder of procedures of your own, in YAML.": "自有程序（YAML）的文件夹。",
    "0 takes any free port.": "0 表示任意空闲端口。",
    "An address of this machine; 0.0.0.0 is every one.": "本机的地址；0.0.0.0 表示全部地址。",
    "A name by which others call the service; may be repeated.": "外部称呼本服务的名称；可重复。",
    "Who vouches for a server reached by rediss://, in PEM.": (
        "为 rediss:// 服务器作证的证书颁发者，PEM 格式。"
    ),
    "Make a new operator's key for one that is lost.": "运维人员的密钥遗失时，另建新的密钥。",
    "A server of your own: redis://host:port/db": "自备的服务器：redis://host:port/db",
    "strict refuses a server that may lose an acknowledged event.": (
        "strict 拒绝可能丢失已确认事项的服务器。"
    ),
    "Processes that answer, on one socket.": "应答的进程数，共用一个套接字。",
    "Age at which records leave the database and stay in the log alone.": (
        "记录满此天数后移出数据库，仅保留在日志中。"
    ),
    "How others call the service.": "外部访问本服务所用的地址。",
    "Print the version and end.": "输出版本后结束。",
    "Install completion for the current shell.": "为当前 shell 安装补全。",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前 shell 的补全脚本，供复制或自定义安装。"
    ),
}


def speak_chinese(command: Any) -> None:
    """Let a command and those below it say their help in Chinese; what is not known stays."""
    command.epilog = HELP.get(command.epilog, command.epilog)
    for said in (command, *command.params):
        said.help = HELP.get(said.help, said.help)
    for inner in getattr(command, "commands", {}).values():
        speak_chinese(inner)
