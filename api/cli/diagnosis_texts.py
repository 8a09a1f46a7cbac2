"""What every finding of `doctor` says and advises, in both languages."""

from typing import NamedTuple

from workflow.domain.procedure import Label

TLS = Label(
    "Put a proxy with TLS in front, and set CLEARANCE_PUBLIC_URL to its https address.",
    "请在前面设置带 TLS 的代理，并将 CLEARANCE_PUBLIC_URL 设为其 https 地址。",
)


class Diagnosis(NamedTuple):
    """What was found, and what to do about it."""

    found: Label
    advice: Label = Label("", "")


DIAGNOSES = {
    "settings-read": Diagnosis(
        Label("the settings go together; data in {data}", "各项设置一致；数据目录为 {data}")
    ),
    "setting-unfit": Diagnosis(
        Label("no service starts with these settings: {why}", "以这些设置无法启动服务：{why}"),
        Label("Set that variable or flag anew.", "请重新设置该变量或参数。"),
    ),
    "setting-unknown": Diagnosis(
        Label("nothing knows the variables {names}", "没有程序认识变量 {names}"),
        Label(
            "They have no effect: see how they are spelt in docs/operations.md, or remove them.",
            "它们不起作用：请对照 docs/operations.md 检查拼写，或将其删除。",
        ),
    ),
    "durability-relaxed": Diagnosis(
        Label(
            "durability is relaxed: a server that may lose acknowledged events is used",
            "持久性为 relaxed：可能丢失已确认事项的服务器也会被使用",
        ),
        Label("Leave CLEARANCE_DURABILITY out.", "请不要设置 CLEARANCE_DURABILITY。"),
    ),
    "proxy-untrusted": Diagnosis(
        Label(
            "{url} is a proxy's, and no proxy is trusted: all requests share one limit",
            "{url} 属于代理，而未信任任何代理：所有请求共用一个限额",
        ),
        Label(
            "Name the proxy's network in CLEARANCE_TRUSTED_PROXIES.",
            "请在 CLEARANCE_TRUSTED_PROXIES 中给出代理的网络。",
        ),
    ),
    "no-tls": Diagnosis(
        Label(
            "{url} is called without TLS: keys travel in the clear",
            "{url} 不经 TLS：密钥以明文传输",
        ),
        TLS,
    ),
    "no-public-url": Diagnosis(
        Label(
            "others can reach {host}, and no public URL says how: keys may travel in the clear",
            "外部可访问 {host}，但未设置公开地址：密钥可能以明文传输",
        ),
        TLS,
    ),
    "delivers-not": Diagnosis(
        Label(
            "this process delivers nothing to webhooks, as CLEARANCE_WEBHOOKS=no has it",
            "由于设置了 CLEARANCE_WEBHOOKS=no，本进程不向 webhook 投递任何内容",
        ),
        Label(
            "Leave CLEARANCE_WEBHOOKS out where this is no drill.",
            "如果不是演练，请不要设置 CLEARANCE_WEBHOOKS。",
        ),
    ),
    "signs-not": Diagnosis(
        Label(
            "{file} is here, and this host is told not to add to the log",
            "{file} 在此，而本机被设为不向日志添加记录",
        ),
        Label(
            "Leave CLEARANCE_LOG_SEQUENCE out, or keep the key on the host that signs alone.",
            "请不要设置 CLEARANCE_LOG_SEQUENCE，或只在签名的主机上保存密钥。",
        ),
    ),
    # Folders.
    "folder-usable": Diagnosis(Label("the folder {folder} can be used", "目录 {folder} 可用")),
    "folder-missing": Diagnosis(
        Label("there is no folder {folder} yet", "尚无目录 {folder}"),
        Label(
            "The first start makes it. If there was one, name it with --data, or mount its disk.",
            "首次启动时创建。若曾有数据，请用 --data 指明，或挂载其磁盘。",
        ),
    ),
    "folder-unusable": Diagnosis(
        Label("{folder} cannot be read and written by this user", "当前用户无法读写 {folder}"),
        Label(
            "Run this as the service's user, or give the folder to that user (chown).",
            "请以服务的用户运行，或将该目录交给该用户（chown）。",
        ),
    ),
    "folder-open": Diagnosis(
        Label("others on this machine may look into {folder}", "本机其他用户可查看 {folder}"),
        Label("chmod 700 {folder}", "chmod 700 {folder}（收回其他用户的权限）"),
    ),
    "key-open": Diagnosis(
        Label("others on this machine may read {file}", "本机其他用户可读取 {file}"),
        Label(
            "chmod 600 {file}, and make another key: this one may be known.",
            "执行 chmod 600 {file}，并更换密钥：此密钥可能已泄露。",
        ),
    ),
    "disk-low": Diagnosis(
        Label("the disk of {folder} has {left} MiB left", "{folder} 所在磁盘仅剩 {left} MiB"),
        Label(
            "Make room: a full disk stops the service, which then loses nothing and takes nothing.",
            "请腾出空间：磁盘写满时服务停止，不会丢失内容，也不再接受事项。",
        ),
    ),
    "restore-cut-short": Diagnosis(
        Label("a restore into {folder} was cut short", "向 {folder} 的恢复曾中断"),
        Label(
            "Run the same clearance restore again, which goes on.",
            "请再次执行同一 clearance restore 命令以继续。",
        ),
    ),
    "rules-departed": Diagnosis(
        Label(
            "the procedures here are not those that applications rest on: {why}",
            "此处的程序与申请所依据的程序不同：{why}",
        ),
        Label(
            "Give all processes on one database the same files in CLEARANCE_PROCEDURES; what was "
            "published stays as it is, and other rules are another version.",
            "请让同一数据库上的所有进程在 CLEARANCE_PROCEDURES 中使用相同的文件；已发布的版本"
            "保持不变，规则若有不同，应作为另一版本。",
        ),
    ),
    "procedures-sound": Diagnosis(Label("{count} procedures are sound", "{count} 个程序正确")),
    "procedures-unsound": Diagnosis(
        Label("the procedures cannot be used: {why}", "程序无法使用：{why}"),
        Label(
            "Mend the file, or name another folder in CLEARANCE_PROCEDURES.",
            "请修正该文件，或在 CLEARANCE_PROCEDURES 中另给目录。",
        ),
    ),
    # The server.
    "server-safe": Diagnosis(
        Label("the server keeps what it acknowledges", "服务器能保住所确认的内容")
    ),
    "server-not-running": Diagnosis(
        Label(
            "the embedded server of {folder} does not run: it was not looked at",
            "{folder} 的内置服务器未运行：未作检查",
        ),
        Label("Start the service, and ask again.", "请启动服务后再次检查。"),
    ),
    "server-address": Diagnosis(
        Label("the server's address cannot be used: {why}", "服务器地址无法使用：{why}"),
        Label("Set CLEARANCE_REDIS_URL anew.", "请重新设置 CLEARANCE_REDIS_URL。"),
    ),
    "server": Diagnosis(Label("the server, {check}: {found}", "服务器 {check}：{found}")),
    "clock-skew": Diagnosis(
        Label(
            "the clocks of this host and of the server are {seconds} s apart",
            "本机与服务器的时钟相差 {seconds} 秒",
        ),
        Label(
            "Let both follow a time server (NTP): times of records come from this host's clock.",
            "请使两者都与时间服务器（NTP）同步：记录的时间取自本机时钟。",
        ),
    ),
    # The log.
    "log-signed": Diagnosis(
        Label(
            "the log {origin} has {size} records, signed", "日志 {origin} 有 {size} 条已签名的记录"
        )
    ),
    "log-newest": Diagnosis(
        Label(
            "its newest {looked} records of {size} are the ones that were signed; the others were "
            "not looked at, clearance log check looks at all",
            "其 {size} 条记录中，最新 {looked} 条与签名相符；其余未检查，"
            "clearance log check 检查全部",
        )
    ),
    "log-fits": Diagnosis(
        Label("the database is the one that the log was made of", "数据库与日志相符")
    ),
    "log-not-begun": Diagnosis(
        Label("there is no log in {folder} yet", "{folder} 中尚无日志"),
        Label(
            "The first start begins it. If there was one, mount its disk, or set "
            "CLEARANCE_LOG_DIRECTORY.",
            "首次启动时开始。若曾有日志，请挂载其磁盘，或设置 CLEARANCE_LOG_DIRECTORY。",
        ),
    ),
    "log-key-missing": Diagnosis(
        Label(
            "{folder} has no log.key: nobody here adds to the log",
            "{folder} 中没有 log.key：本机不向日志添加记录",
        ),
        Label(
            "Restore it from its copy; if another host signs, set CLEARANCE_LOG_SEQUENCE=no here.",
            "请从副本恢复；若由另一主机签名，请在此设置 CLEARANCE_LOG_SEQUENCE=no。",
        ),
    ),
    "log-key-foreign": Diagnosis(
        Label(
            "the keys in {folder} are not those of the log: {why}",
            "{folder} 中的密钥不是此日志的密钥：{why}",
        ),
        Label(
            "Bring together the folder of the log, and the log.pub and log.key that belong to it.",
            "请将日志目录与其所属的 log.pub 和 log.key 放在一起。",
        ),
    ),
    "log-damaged": Diagnosis(
        Label("the log cannot be used: {why}", "日志无法使用：{why}"),
        Label(
            "Restore its folder from a copy, or mount its disk.",
            "请从副本恢复其目录，或挂载其磁盘。",
        ),
    ),
    "log-stopped": Diagnosis(
        Label("nothing more is signed: {why}", "已停止签名：{why}"),
        Label(
            "The database was changed behind the service: clearance log check names the first "
            "difference.",
            "数据库在服务之外被改动：clearance log check 会指出首个差异。",
        ),
    ),
    "log-behind-database": Diagnosis(
        Label("the folder of the log is an older copy: {why}", "日志目录是较旧的副本：{why}"),
        Label(
            "Bring back its newest copy, and keep the database as it is.",
            "请恢复其最新的副本，并保持数据库不变。",
        ),
    ),
    "log-apart": Diagnosis(
        Label("database and log do not belong together: {why}", "数据库与日志不相符：{why}"),
        Label(
            "Name the right database, or restore its newest copy; else clearance log recover "
            "rebuilds an empty one from the log.",
            "请指明正确的数据库，或恢复其最新的副本；否则 clearance log recover 可由日志重建空库。",
        ),
    ),
    "log-behind": Diagnosis(
        Label(
            "the log has {covered} of {committed} records: nobody adds to it, or not fast enough",
            "日志只有 {committed} 条记录中的 {covered} 条：无人添加，或添加过慢",
        ),
        Label(
            "See whether log.key is there, who holds the file lock in the log's folder, and what "
            "that process says on standard error.",
            "请检查 log.key 是否存在、谁持有日志目录中的 lock 文件，以及该进程在标准错误中的输出。",
        ),
    ),
    "timers-late": Diagnosis(
        Label(
            "{count} applications or more are due, and nobody attends to them",
            "至少 {count} 份申请已到期而无人处理",
        ),
        Label(
            "See whether a service or a clearance worker runs, and what it says.",
            "请检查服务或 clearance worker 是否运行，及其输出。",
        ),
    ),
    # The service.
    "service-ready": Diagnosis(Label("the service at {url} is ready", "{url} 的服务已就绪")),
    "service-silent": Diagnosis(
        Label("no service runs on {folder}", "{folder} 上没有运行中的服务"),
        Label("clearance serve --data {folder}", "请启动：clearance serve --data {folder}"),
    ),
    "service-stuck": Diagnosis(
        Label("the service at {url} does not answer: {why}", "{url} 的服务没有应答：{why}"),
        Label("See what it says on standard error.", "请查看其标准错误输出。"),
    ),
    "service-not-ready": Diagnosis(
        Label("the service at {url} says {why}", "{url} 的服务报告 {why}"),
        Label(
            "See what it says on standard error, and docs/operations.md on /readyz.",
            "请查看其标准错误输出，以及 docs/operations.md 中关于 /readyz 的说明。",
        ),
    ),
    "port-taken": Diagnosis(
        Label(
            "port {port} of {host} cannot be used: {why}", "无法使用 {host} 的端口 {port}：{why}"
        ),
        Label("Choose another one with --port.", "请用 --port 另选端口。"),
    ),
    "public-url-silent": Diagnosis(
        Label("nothing answers at {url} as it should: {why}", "{url} 没有正常应答：{why}"),
        Label(
            "See whether the proxy runs, and passes on what is asked of it. From this host alone "
            "the address may be closed.",
            "请检查代理是否运行并转发请求。也可能只是本机无法访问该地址。",
        ),
    ),
}
