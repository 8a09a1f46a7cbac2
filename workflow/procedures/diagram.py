"""A procedure as a Mermaid state diagram: what an event may lead to, and where one stands."""

from collections.abc import Iterator
from typing import Literal

from workflow.domain.procedure import EventSpec, Label, Move, Procedure

Language = Literal["en", "zh"]

WHEN = {
    "balance_nil": Label("nothing left to ship", "余量为零"),
    "withdrawal_granted": Label("granted", "获准"),
    "appeal_granted": Label("granted", "成立"),
    "votes_reopened": Label("for more units", "数量增加"),
}
"""Predicates of moves in words; a quorum is shown by its authorities."""

ESCAPED = {ord(sign): f"#{ord(sign)};" for sign in '"#:;<>{}[]`\\'}


def mermaid(procedure: Procedure, lang: Language = "en", current: str | None = None) -> str:
    """The `stateDiagram-v2` of a procedure, with the state `current` marked.

    Events that leave the state as it is are not drawn.
    """
    lines = ["stateDiagram-v2", "    direction TB"]
    for state in procedure.live_states.values():
        lines.append(f'    state "{_text(state.label, lang)}" as {state.id}')
    lines.append(f"    [*] --> {procedure.initial}: {_text(procedure.creation.label, lang)}")
    for spec in procedure.events.values():
        lines += _arrows(procedure, spec, lang)
    lines += [f"    {state.id} --> [*]" for state in procedure.live_states.values() if state.final]
    side = [state.id for state in procedure.live_states.values() if state.line == "side"]
    if side:
        lines += ["    classDef side stroke-dasharray: 4 4", f"    class {','.join(side)} side"]
    if current is not None:
        lines += ["    classDef current stroke-width:4px,font-weight:bold"]
        lines += [f"    class {current} current"]
    return "\n".join(lines) + "\n"


def _arrows(procedure: Procedure, spec: EventSpec, lang: Language) -> Iterator[str]:
    for move in spec.moves:
        if move.target is not None:
            words = _text(spec.label, lang) + _proviso(procedure, spec, move, lang)
            for source in move.sources:
                yield f"    {source} --> {move.target}: {words}"


def _proviso(procedure: Procedure, spec: EventSpec, move: Move, lang: Language) -> str:
    if move.when is None:
        return ""
    if move.when == "quorum_reached":
        bodies = (_text(procedure.authorities[body].short, lang) for body in spec.quorum)
        return f" ({' + '.join(bodies)})"
    return f" ({_text(WHEN[move.when], lang)})"


def _text(label: Label, lang: Language) -> str:
    return (label.zh if lang == "zh" else label.en).translate(ESCAPED)
