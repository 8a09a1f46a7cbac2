"""What `--help` says to whoever runs a service, in Chinese, by what it says in English."""

RUNNING = {
    "The log of all records, and its keys.": "全部记录的日志及其密钥。",
    "Data folder of the service.": "服务的数据文件夹。",
    "Make a new key, which a running service takes up.": "生成新密钥，由运行中的服务采用。",
    "Print the public keys that have signed the log, the oldest first.": (
        "列出为日志签名的公钥，最早者在前。"
    ),
    "With --replace: give up the last N signed records, if no folder has them.": (
        "与 --replace 连用：放弃最后 N 条已签名的记录（任何目录中都已没有它们时）。"
    ),
    "Set the embedded server's data aside and begin with none.": (
        "移开内置服务器的数据，从空库开始。"
    ),
    "Rebuild the database from the log, up to its last signed checkpoint.\n\n"
    "No service may run on it. A database that is the beginning of the log is brought up to its\n"
    "end; one that differs is not touched.": (
        "根据日志重建数据库，直至最后签名的检查点。\n\n"
        "其间不得有服务运行。数据库若为日志的开头部分，则补足至末尾；若有不同，则不作改动。"
    ),
    "Compare the whole database with the log, and name the first difference. Exit 1: they\n"
    "differ.": ("将整个数据库与日志比对，指出首个差异。不一致时退出码为 1。"),
    "Do what time brings about, beside a running service, until Ctrl-C or SIGTERM.": (
        "在运行中的服务之外处理到期事项，直至 Ctrl-C 或 SIGTERM。"
    ),
    "Port for /healthz, /readyz and /metrics of this worker.": (
        "本进程 /healthz、/readyz 与 /metrics 的端口。"
    ),
    "Folder of a running service.": "运行中服务的数据文件夹。",
    "Look at the set-up of a service, running or not, and explain what is wrong with it.\n\n"
    "Nothing is changed. Exit 1: something is wrong.": (
        "检查服务的设置（无论是否运行），并说明有何不妥。\n\n不作任何更改。有误时退出码为 1。"
    ),
    # Backups.
    "Write all that a service keeps to one file, while it runs.\n\n"
    "In it is everything that was acknowledged before the command began.": (
        "将服务所存的全部内容写入一个文件，服务可继续运行。\n\n"
        "其中包含命令开始之前已确认的全部内容。"
    ),
    "Where to; it must not be there.": "写往何处；该文件不得已存在。",
    "Leave out what is secret: log.key and operator.key.": (
        "不含秘密内容：log.key 与 operator.key。"
    ),
    "Seconds that the log is waited for.": "等待日志的秒数。",
    "Bring back what a backup holds, into folders and a database that are empty.\n\n"
    "All of it is proved before anything is written. When it was cut short, the same command goes\n"
    "on.": (
        "将备份的内容恢复到空的目录和数据库。\n\n"
        "写入之前先验证全部内容。中断后，再次执行同一命令即可继续。"
    ),
    "A backup.": "备份文件。",
    "Prove the backup from beginning to end, and write nothing.": (
        "从头到尾验证备份，不写入任何内容。"
    ),
}
