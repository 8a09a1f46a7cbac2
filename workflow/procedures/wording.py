"""A procedure in words, for pictures: what happens, by whom, and under which proviso."""

import unicodedata
from collections.abc import Sequence

from workflow.domain.principal import BUYER_AUTHORITY, CLOCK, LINK
from workflow.domain.procedure import ANYONE, OPERATOR, EventSpec, Label, Move, Procedure
from workflow.procedures.diagram import WHEN, Language

OTHERS = {
    BUYER_AUTHORITY: Label("buyer", "买方"),
    ANYONE: Label("anyone", "任何人"),
    OPERATOR: Label("the operator", "运维人员"),
    CLOCK: Label("the clock", "时钟"),
    LINK: Label("the linked application", "关联申请"),
}
COMMA, OR, AND, IF = (
    Label(", ", "、"),
    Label(" or ", "或"),
    Label(" and ", "和"),
    Label(", if ", "，且"),
)
SPACE = Label(" ", "")
VERSION = Label("{name}, version {version}", "{name}，第 {version} 版")
LEADS = Label(
    "{source}: {event} ({actors}) leads to {target}.",
    "{source}：{event}（{actors}），转入{target}。",
)
BEGINS = Label(
    "It begins with: {event} ({actors}), in the state {target}.",
    "起点：{event}（{actors}），进入{target}。",
)
STANDS = Label("The current state is {state}.", "当前状态：{state}。")
LEGEND = {
    "main": Label("main line", "主线"),
    "side": Label("aside from the main line", "主线之外"),
    "final": Label("nothing follows", "终结状态"),
    "current": Label("current state", "当前状态"),
    "been": Label("was here before", "曾经历"),
    "next": Label("possible next", "下一步可能"),
}


def said(label: Label, lang: Language) -> str:
    """A label in one language."""
    return label.zh if lang == "zh" else label.en


def actors(procedure: Procedure, spec: EventSpec, move: Move | None, lang: Language) -> str:
    """Who does it, and what must hold for it to lead on: “MIIT and MOFCOM”, “Customs, if
    nothing left to ship”.
    """
    if move is not None and move.when == "quorum_reached":
        return _joined(procedure, spec.quorum, AND, lang)
    told = _joined(procedure, spec.by, OR, lang)
    if move is None or move.when is None:
        return told
    return told + said(IF, lang) + said(WHEN[move.when], lang)


def _joined(procedure: Procedure, bodies: Sequence[str], last: Label, lang: Language) -> str:
    names = [_short(procedure, body, lang) for body in bodies]
    head, tail = names[:-1], names[-1]
    return said(COMMA, lang).join(head) + said(last, lang) + tail if head else tail


def _short(procedure: Procedure, body: str, lang: Language) -> str:
    known = procedure.authorities.get(body)
    return said(known.short if known else OTHERS[body], lang)


def width(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif of this size (pixels), rather more than less."""
    return size * sum(map(_share, text))


def _share(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.76 if character.isupper() else 0.58


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines of at most this width; a single word may be wider. Chinese may break
    between any two signs.
    """
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and width((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _pieces(text: str) -> list[str]:
    pieces = [""]
    for before, character in zip(" " + text, text, strict=False):
        wide = unicodedata.east_asian_width(character) in "WF"
        if wide or (before == " " and character != " ") or _share(before) == 1.0:
            pieces.append("")
        pieces[-1] += character
    return pieces
