"""What the pages for whoever runs the service have in common: who may see them, and what is wrong
with what it rests on, in words.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, cast

from api.cli.diagnosis_texts import DIAGNOSES
from api.console.log_standing import LogStanding
from api.console.visit import Visit
from api.faults import FAULTS
from api.readers import decline
from api.readiness import BEHIND, FAILED, LATE, STOPPED, UNREAD, UNSAFE, Readiness
from workflow.domain.principal import Principal, Role
from workflow.domain.procedure import Label
from workflow.domain.refusals import Refusal


class Wrong(NamedTuple):
    """What is wrong, and what to do about it; `told`: what the server says of itself."""

    name: str
    found: Label
    advice: Label
    told: tuple[str, ...] = ()


class Spoken(NamedTuple):
    """What codes are called, by the latest procedures that know them."""

    events: dict[str, str]
    states: dict[str, str]
    bodies: dict[str, str]


WORDS: Mapping[str, tuple[Label, Label]] = MappingProxyType(
    {
        STOPPED: (FAULTS[STOPPED].title, DIAGNOSES[STOPPED].advice),
        UNSAFE: (
            FAULTS[UNSAFE].title,
            Label(
                "clearance doctor says of each finding what to do about it.",
                "clearance doctor 会说明如何处理各项问题。",
            ),
        ),
        UNREAD: (
            Label("Old records cannot be read in the log.", "无法在日志中读取旧记录。"),
            Label(
                "See on standard error which file is missing, and restore the log's folder.",
                "请在标准错误输出中查看缺少哪个文件，并恢复日志目录。",
            ),
        ),
        BEHIND: (
            Label(
                "What was accepted 30 seconds ago is in no checkpoint.",
                "30 秒前受理的内容尚未进入任何检查点。",
            ),
            DIAGNOSES[BEHIND].advice,
        ),
        LATE: (
            Label(
                "What was due 30 seconds ago has not happened.", "30 秒前到期的事项尚未得到处理。"
            ),
            DIAGNOSES["timers-late"].advice,
        ),
        FAILED: (
            Label(
                "Some of what this process does by itself has ended.",
                "本进程的部分后台工作已停止。",
            ),
            Label(
                "See on standard error why, and start it again.",
                "请在标准错误输出中查看原因，并重新启动。",
            ),
        ),
    }
)
"""What is found wrong while the service runs, and the advice, by the names of the findings."""


UNSOUND, BROKEN = "log-unsound", "log-broken"
KEEP = Label(
    "Change nothing in the log's folder; check a backup with clearance restore --check, and ask"
    " those who keep a copy of the head.",
    "请勿改动日志目录；请用 clearance restore --check 核验备份，并询问保存日志根哈希副本者。",
)
"""What to do where something in the log does not hold."""


def operator_of(visit: Visit) -> Principal:
    """Who asks, and runs the service. Raises Declined (403) for everybody else."""
    reader = visit.reader
    if Role.OPERATOR not in reader.acting:
        roles = ", ".join(sorted(reader.acting))
        decline(Refusal("role-may-not", {"role": roles}))
    return reader


def spoken(visit: Visit) -> Spoken:
    """The words of all procedures; a code that they do not know is called by itself."""
    found = Spoken({}, {}, {})
    for names in visit.regimes():
        known = names.procedure
        found.events.update({code: names.event(code) for code in ("create", *known.events)})
        found.states.update({code: names.state(code) for code in known.states})
        found.bodies.update({code: names.short(code) for code in known.authorities})
    return found


def wrong(visit: Visit, log: LogStanding) -> list[Wrong]:
    """What this process found wrong when it looked last, some seconds ago; and what is wrong with
    the log by its checkpoint and by the last check of the whole.
    """
    readiness = cast(Readiness, visit.request.app.state.readiness)
    return _of_log(log) + [
        Wrong(name, *WORDS[name], tuple(readiness.server) if name == UNSAFE else ())
        for name in readiness.names()
    ]


def _of_log(log: LogStanding) -> list[Wrong]:
    found = []
    if log.fault is not None:
        en, zh = log.fault
        found.append(Wrong(UNSOUND, Label(f"Of the log: {en}.", f"日志：{zh}。"), KEEP))
    if log.reason is not None:
        en, zh = log.reason
        said = Label(
            f"The last check found the log broken: {en}.", f"最近一次校验发现日志已损坏：{zh}。"
        )
        found.append(Wrong(BROKEN, said, KEEP))
    return found
