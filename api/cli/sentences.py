"""Every sentence in which a command fails, in both languages."""

from workflow.domain.procedure import Label

FAILURES = {
    "unreadable": Label("{file} cannot be read: {why}.", "无法读取 {file}：{why}。"),
    "unwritable": Label("{file} cannot be written: {why}.", "无法写入 {file}：{why}。"),
    "no-object": Label("{file} holds no JSON object.", "{file} 中没有 JSON 对象。"),
    # Options.
    "said-twice": Label(
        "the file says all of it: give a --file or the options that describe it, not both.",
        "文件已包含全部内容：请只给出 --file，或只给出描述内容的选项。",
    ),
    "type-or-file": Label(
        "name the type of the event, or a --file with all of it, not both.",
        "请给出事项类型，或给出含有整个事项的 --file，二者择一。",
    ),
    "buyer-missing": Label(
        "name the --buyer, or a --file with the whole application.",
        "请给出 --buyer，或给出含有整个申请的 --file。",
    ),
    "grade-missing": Label(
        "--evidence GRADE is missing; it says what the source is.",
        "缺少 --evidence 等级；它说明来源的性质。",
    ),
    "evidence-incomplete": Label("evidence needs {missing} as well.", "证据还需要 {missing}。"),
    "not-a-time": Label(
        "{option}: {text} is no time with its zone; write it as {wanted}",
        "{option}：{text} 不是带时区的时间；请写作 {wanted}",
    ),
    "not-a-pair": Label("{pair} is not NAME=VALUE.", "{pair} 不是 NAME=VALUE 的形式。"),
    "bad-data": Label("{why}.", "数据有误：{why}。"),
    "usage": Label("{why}", "用法有误：{why}"),
    # The service.
    "unavailable": Label("{why}", "服务没有正常应答：{why}"),
    "unavailable-key": Label(
        "{why}\nIt may be recorded or not. The same command again with --key {key} settles it.",
        "服务没有正常应答：{why}\n尚不知是否已登记。请用 --key {key} 重新执行同一命令。",
    ),
    "nobody-serves": Label(
        "no service runs on the data folder {folder}; start one with: clearance serve --data ...",
        "数据目录 {folder} 上没有运行中的服务；可用 clearance serve --data ... 启动",
    ),
    "key-lost": Label(
        "key {id} is there, but the answer with it was lost, and a key is shown once; "
        "give it a new secret: clearance keys rotate {id}",
        "密钥 {id} 已创建，但含有密钥的应答丢失，而密钥只显示一次；"
        "请换新：clearance keys rotate {id}",
    ),
    "webhook-secret-lost": Label(
        "webhook {id} is there, but the answer with its secret was lost, and a secret is shown "
        "once; give it a new one: clearance webhooks rotate {id}",
        "推送订阅 {id} 已存在，但含有密钥的应答丢失，而密钥只显示一次；"
        "请换新：clearance webhooks rotate {id}",
    ),
    "unknown-format": Label(
        "The name {file} says no format that there is ({formats}); --format names one.",
        "无法由文件名 {file} 判断格式（可用：{formats}）；请以 --format 指定。",
    ),
    "there-already": Label(
        "{file} is there already; choose another file.", "{file} 已存在；请另选文件。"
    ),
    "unsendable": Label("{why}.", "无法发送：{why}。"),
    "broken-trail": Label("BAD: record {seq}: {why}", "损坏：第 {seq} 条：{why}"),
    # Files of trails and of imports.
    "dossier-of-one": Label(
        "A dossier is of one application, and of all its records.",
        "卷宗只针对一份申请的全部记录。",
    ),
    "record-of-what": Label(
        "--seq and --check are about one application: name it.",
        "--seq 和 --check 针对一份申请，请指明。",
    ),
    "buyer-and-application": Label(
        "--buyer narrows a search over all applications; leave out the application.",
        "--buyer 用于在所有申请中查找，请勿同时指明申请。",
    ),
    "not-a-trail": Label(
        "{file} is not an exported trail in JSON Lines, the form that can be verified: {why}.",
        "{file} 不是以 JSON Lines 导出的轨迹（只有这种格式可核验）：{why}。",
    ),
    # Logs.
    "no-log-key": Label(
        "there is no key of a log in {folder}: its service makes it when it starts first.",
        "{folder} 中没有日志密钥：服务首次启动时生成。",
    ),
    "log-key-unfit": Label("the log's key cannot be used: {why}.", "日志密钥无法使用：{why}。"),
    "rotation-under-way": Label(
        "a rotation is under way; the service ends it when it runs.",
        "密钥正在更换；服务运行时即完成。",
    ),
    "replace-embedded": Label(
        "--replace is for the embedded server; empty a server of your own yourself.",
        "--replace 只适用于内置服务器；自备的服务器请自行清空。",
    ),
    "no-log": Label("there is no log in {folder}.", "{folder} 中没有日志。"),
    "log-differs": Label("they differ: {why}.", "不一致：{why}。"),
    "log-in-use": Label(
        "a service runs there, and has to be stopped first. {why}",
        "有服务正在使用，请先停止：{why}",
    ),
    "no-backup": Label(
        "{file} cannot be restored: {why}. Nothing was written.",
        "无法用 {file} 恢复：{why}。未写入任何内容。",
    ),
    "log-not-there": Label(
        "the log does not keep up: {why}. Nothing was kept; start the service that adds to it, or "
        "see clearance doctor.",
        "日志未能跟上：{why}。未保留任何内容；请启动向其添加记录的服务，或运行 clearance doctor。",
    ),
    "occupied": Label(
        "a backup is restored where nothing is: {why}.", "备份只能恢复到空处：{why}。"
    ),
    "log-unreached": Label("{why}", "无法完成：{why}"),
    "not-a-key": Label("{file} is no public key: {why}.", "{file} 不是公钥：{why}。"),
    "not-a-checkpoint": Label(
        "{file} is no checkpoint of this log: {why}.", "{file} 不是此日志的检查点：{why}。"
    ),
    "not-a-list": Label(
        "{file} is not what clearance list --all --json prints.",
        "{file} 不是 clearance list --all --json 的输出。",
    ),
    "key-unknown": Label(
        "name the log's public key with --key, as you have it from elsewhere than the log.",
        "请用 --key 给出日志的公钥，且须得自日志以外的来源。",
    ),
    "verify-option": Label("{option} is of no use with {target}.", "{option} 不适用于 {target}。"),
    "nothing-sent": Label(
        "nothing was sent; {file} cannot be read:\n{problems}",
        "未发送任何内容；无法读取 {file}：\n{problems}",
    ),
    "import-interrupted": Label(
        "stopped after {lines} of {total} lines. The same command again goes on from there and "
        "repeats nothing.",
        "在 {total} 行中的第 {lines} 行后停止。再次执行同一命令即从该处继续，不会重复。",
    ),
    "lines-refused": Label("{count} lines were refused.", "{count} 行未被接受。"),
    "unfit": Label("{why}.", "设置有误：{why}。"),
    "own-fault": Label(
        "this is a fault of clearance, please report it: {why}",
        "这是 clearance 自身的错误，请报告：{why}",
    ),
    "interrupted": Label("interrupted.", "已中断。"),
    # Procedures.
    "procedure-unsound": Label(
        "{rules} is not a sound procedure:\n{why}", "{rules} 不是正确的程序：\n{why}"
    ),
    "procedures-unsound": Label(
        "the procedures of this installation cannot be used:\n{why}", "本机的程序无法使用：\n{why}"
    ),
    "no-procedure": Label(
        "this installation has no procedure {rules}; it has {known}.",
        "本机没有程序 {rules}；现有 {known}。",
    ),
    "no-state": Label("{name} has no state {state}.", "{name} 没有状态 {state}。"),
    "procedure-or-application": Label(
        "name a procedure, or an --application.", "请给出程序，或给出 --application。"
    ),
    "proof-of-what": Label(
        "--proof is of one record: name it with --seq.", "--proof 针对一条记录：请用 --seq 指明。"
    ),
    "follow-which": Label(
        "--type, --buyer and --procedure are of all applications: leave the id out.",
        "--type、--buyer 和 --procedure 用于全部申请：请勿给出编号。",
    ),
    "follow-after": Label(
        "--after {after}: a record of an application is named by its number.",
        "--after {after}：申请的记录以序号指明。",
    ),
    # Witnesses.
    "witness-what": Label(
        "name the --log and the --state folder of the witness, or two files to --compare.",
        "请给出 --log 和见证者的 --state 目录，或给出两个文件供 --compare 比较。",
    ),
    "witness-runs": Label("another witness runs on {folder}.", "另一见证者正在使用目录 {folder}。"),
    "witness-name": Label(
        "the witness in {folder} is called {name}; leave --name out, or choose another folder.",
        "{folder} 中的见证者名为 {name}；请不给 --name，或另选目录。",
    ),
    "witness-key-lost": Label(
        "{file} cannot be read, and the witness has signed with it before.",
        "无法读取 {file}，而此见证者曾用它签名。",
    ),
    "witness-state": Label(
        "{file} is not what this witness has signed: {why}.",
        "{file} 不是此见证者所签的内容：{why}。",
    ),
    "witness-tiles": Label(
        "the checkpoints are of different sizes: name the --log whose tiles tell whether the one "
        "grew out of the other.",
        "两个检查点大小不同：请给出 --log，由其哈希块判断一个是否由另一个增长而来。",
    ),
    "no-checkpoint": Label("nothing was published at {log} yet.", "{log} 尚未发布任何检查点。"),
    "log-contradicts": Label(
        "THE LOG CONTRADICTS ITSELF: {why}. It signed both {kept} and {shown}.",
        "日志自相矛盾：{why}。{kept} 与 {shown} 均由其签名。",
    ),
    "log-stale": Label(
        "{why}: an older checkpoint from a cache or a mirror, or the log was taken back. Nothing "
        "contradicts it yet.",
        "{why}：可能是缓存或镜像中较旧的检查点，也可能是日志被退回。目前没有矛盾。",
    ),
    "log-unproved": Label("not signed: {why}.", "未予签名：{why}。"),
    "not-one-log": Label("NOT ONE LOG: {why}.", "不属于同一日志：{why}。"),
}
"""A command as a whole."""

LINES = {
    "guessed": Label(
        "No service has its address in {folders}; name yours: --data-folder DIR, --url URL, or "
        "export CLEARANCE_URL=http://127.0.0.1:PORT",
        "{folders} 中没有服务的地址；请指明：--data-folder DIR、--url URL，或 "
        "export CLEARANCE_URL=http://127.0.0.1:PORT",
    ),
    "line": Label("line {number}: {why}", "第 {number} 行：{why}"),
    "more-lines": Label("and {count} more", "另有 {count} 行"),
    "unknown-field": Label("unknown field {fields}", "未知字段 {fields}"),
    "neither": Label(
        "there is neither an event nor a creation in it", "其中既没有事项，也没有新建申请"
    ),
    "no-application": Label("application is missing", "缺少 application"),
    "not-a-text": Label("{name} is not a text", "{name} 不是文本"),
    "given-twice": Label("{name} is given twice", "{name} 重复给出"),
    "no-ref": Label("no earlier line is the ref {ref}", "前面没有 ref 为 {ref} 的行"),
    "not-an-object": Label("not an object", "不是对象"),
    "not-utf-8": Label("not UTF-8 at byte {byte}", "第 {byte} 字节处不是 UTF-8"),
    "cells": Label("it has not as many cells as there are columns", "单元格的数目与列数不符"),
    "unknown-column": Label("unknown column {name}", "未知的列 {name}"),
    "no-name": Label("{name} is not the name of a field", "{name} 不是字段名"),
    "within-a-value": Label("{name}: {step} has a value already", "{name}：{step} 已有值"),
}
"""A part of what went wrong."""
