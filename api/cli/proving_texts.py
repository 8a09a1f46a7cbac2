"""What the command prints of exports, proofs, witnesses and the log, in both languages."""

from workflow.domain.procedure import Label

PROVING = {
    # Export and verification.
    "exporting": Label("Exporting", "导出"),
    "verifying": Label("Verifying", "校验"),
    "importing": Label("Importing", "导入"),
    "exported": Label(
        "{count} records in {file}, verified; the last of them {head}",
        "{file} 中有 {count} 条记录，已校验；末条为 {head}",
    ),
    "exported-unverified": Label(
        "{count} records in {file}; a part of a trail cannot be verified.",
        "{file} 中有 {count} 条记录；部分记录无法校验。",
    ),
    "exported-search": Label(
        "{count} records of the applications that you see in {file}; they are not verified.",
        "{file} 中有您可见申请的 {count} 条记录；未校验。",
    ),
    "verify-ok": Label(
        "OK: {count} records, the last of them {head}", "正常：{count} 条记录，末条为 {head}"
    ),
    "verify-bad": Label("BAD: record {seq}: {reason}", "损坏：第 {seq} 条：{reason}"),
    "verify-sound": Label(
        "{checked} of {count} records are sound, up to there.",
        "此前 {count} 条中的 {checked} 条完好。",
    ),
    "verify-other-head": Label(
        "BAD: the trail ends with record {checked}, {found},\nand not with {head}: what comes "
        "after it is missing, or it is another trail.",
        "损坏：记录止于第 {checked} 条 {found}，\n而不是 {head}：其后内容缺失，或者是另一份记录。",
    ),
    "verify-rewritten": Label(
        "Each record was written canonically again before its hash was checked.",
        "校验哈希之前，每条记录都重新按规范形式写出。",
    ),
    "verify-page": Label(
        "The export is a page: more records follow that were not checked.",
        "导出内容只是一页：后面还有未校验的记录。",
    ),
    "verify-unknown-head": Label(
        "Records missing at the end show only against a known head: --head HASH.",
        "末尾缺失的记录只有对照已知的末条哈希才能发现：--head HASH。",
    ),
    "verify-unknown-past": Label(
        "That it was not rolled back, or told to somebody else in another way, shows only against "
        "a checkpoint that others hold: --since FILE.",
        "日志是否被回退，或向他人出示了不同内容，只有对照他人持有的检查点才能发现：--since FILE。",
    ),
    "log-ok": Label(
        "OK: {size} entries of {origin}, {trails} trails, the root {root}",
        "正常：{origin} 的 {size} 条，{trails} 条轨迹，根哈希 {root}",
    ),
    "log-since": Label(
        "It contains all of the {size} entries that were signed before.",
        "包含此前签名的全部 {size} 条。",
    ),
    "log-trail": Label(
        "The {count} records of the trail are in it, and no other of that trail.",
        "该轨迹的 {count} 条记录都在其中，且别无其他。",
    ),
    "log-states": Label(
        "The records lead to the {count} states that are reported; {later} applications were "
        "opened since.",
        "记录得出的状态与所列 {count} 个一致；此后另有 {later} 份申请。",
    ),
    "log-bad": Label("BAD: {reason}", "损坏：{reason}"),
    "log-bad-entry": Label("BAD: entry {index}: {reason}", "损坏：条目 {index}：{reason}"),
    "log-bad-record": Label(
        "BAD: entry {index}, record {seq} of {subject}: {reason}",
        "损坏：条目 {index}，{subject} 第 {seq} 条：{reason}",
    ),
    "log-bad-missing": Label(
        "BAD: record {seq} of {subject}: {reason}", "损坏：{subject} 第 {seq} 条：{reason}"
    ),
    "log-sound": Label(
        "The {checked} entries of the bundles before are sound in themselves.",
        "此前各包的 {checked} 条本身完好。",
    ),
    "proof-ok": Label(
        "OK: record {seq} of {subject} is entry {index} of {origin}, among {size}, the root {root}",
        "正常：{subject} 第 {seq} 条是 {origin} 的条目 {index}，共 {size} 条，根哈希 {root}",
    ),
    # Witnesses.
    "witness-is": Label(
        "The witness {name}; what it signs is verified with {file}.",
        "见证者 {name}；其签名用 {file} 验证。",
    ),
    "witness-waits": Label("Waiting: {why}", "等待：{why}"),
    "witness-doubts": Label(
        "NOTHING PROVED for {looks} looks: {why} Ask whoever keeps the log, and other witnesses.",
        "已有 {looks} 次查看未能证明：{why} 请询问日志的管理者及其他见证者。",
    ),
    "witnessed": Label(
        "{origin}: {size} entries, all that was seen before among them; signed",
        "{origin}：{size} 条，包含此前所见的全部条目；已签名",
    ),
    "one-log": Label("OK: both are of one log.", "正常：两者属于同一日志。"),
    # The log.
    "log-key-next": Label(
        "next key, which the running service takes up at once, else at its next start: {key}",
        "下一密钥（运行中的服务立即采用，否则在下次启动时采用）：{key}",
    ),
    "data-aside": Label("the former data lies in {folder}", "原有数据已移至 {folder}"),
    "rebuilding": Label("Rebuilding", "重建"),
    "comparing": Label("Comparing", "比对"),
    "recovered": Label(
        "The database holds the {size} records that the last checkpoint covers.",
        "数据库现有最后检查点所涵盖的 {size} 条记录。",
    ),
    "unsettled": Label(
        "{name} draws from a pool that had not recorded it when the log was last signed",
        "{name} 使用了联合额度，而日志最后签名时额度中尚无相应记录",
    ),
    # Backups.
    "copying": Label("Copying", "复制"),
    "proving": Label("Proving", "验证"),
    "backed-up": Label(
        "The {size} records up to the last checkpoint, and what is kept beside them, are in "
        "{file} ({bytes} bytes).",
        "最后检查点所涵盖的 {size} 条记录及其他所存内容已写入 {file}（{bytes} 字节）。",
    ),
    "backup-secret": Label(
        "Whoever reads this file can sign the log and act as the operator: keep it as you keep "
        "the data folder.",
        "能读取此文件者即可为日志签名并以运维人员身份行事：请像保管数据目录一样保管它。",
    ),
    "backup-proved": Label(
        "All {size} records of {origin} are as they were signed; the backup is of {at}.",
        "{origin} 的全部 {size} 条记录均与所签一致；备份时间为 {at}。",
    ),
    "restored": Label(
        "{folder} holds the {size} records of the backup. Whoever has seen a later checkpoint will "
        "call the log forked from here on.",
        "{folder} 现有备份中的 {size} 条记录。见过更晚检查点者，今后会视此日志为分叉。",
    ),
    "secretless": Label(
        "webhook {name} has no secret and is sent nothing: give it one with "
        "clearance webhooks rotate {name}",
        "推送订阅 {name} 没有密钥，暂不发送：请用 clearance webhooks rotate {name} 更换密钥",
    ),
    # The doctor.
    "well": Label("well    ", "正常"),
    "doubtful": Label("doubtful", "存疑"),
    "wrong": Label("WRONG   ", "有误"),
    "doctor-found": Label(
        "{looked} things were looked at, {wrong} are wrong.",
        "共检查 {looked} 项，有误 {wrong} 项。",
    ),
    "log-same": Label(
        "The database and the log agree on all {size} records.",
        "数据库与日志的全部 {size} 条记录一致。",
    ),
}
