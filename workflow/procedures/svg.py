"""A procedure as a picture (SVG): who leads where from each state, and where one stands.

It carries no script and asks for nothing from outside; whoever cannot see it reads `desc`, which
tells every way in words.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from workflow.domain.procedure import Procedure, State
from workflow.procedures.diagram import Language
from workflow.procedures.layout import Box, Line, Plan, Point, plan
from workflow.procedures.strokes import STYLE, Text, bar, element, height, line, sign, text
from workflow.procedures.wording import (
    BEGINS,
    COMMA,
    LEADS,
    LEGEND,
    SPACE,
    STANDS,
    VERSION,
    actors,
    said,
    width,
    wrapped,
)

TITLE, LABEL, EVENT, SMALL = 19.0, 15.0, 13.5, 12.0
"""Sizes of text in pixels."""
ROOM = 260.0
"""Pixels after which a text goes on in the next line."""
MARGIN, HEAD, FOOT = 28.0, 84.0, 62.0
"""Pixels around the plan, above it and below it."""
PORT = 24.0
"""Pixels that a line needs at the upper edge of an event."""
START = "[*]"
"""The dot before the initial state; no id has brackets."""


class Step(NamedTuple):
    """One way of an event, from some states to another."""

    id: str
    sources: tuple[str, ...]
    target: str
    label: str
    actors: str


class Sign(NamedTuple):
    """What is written at a place."""

    box: Box
    texts: list[Text]


def svg(
    procedure: Procedure,
    lang: Language = "en",
    current: str | None = None,
    been: Collection[str] | None = None,
) -> str:
    """The picture of a procedure, with the state `current` marked; and where `been` says in which
    states an application was before, these as well, and those that may be next.

    Events that leave the state as it is are not drawn.
    """
    steps = list(_steps(procedure, lang))
    marks = _marks(procedure, current, been)
    states = {key: _state(state, lang, marks[key]) for key, state in procedure.live_states.items()}
    events = {step.id: _event(step) for step in steps}
    lines = _lines(steps)
    signs = (*states.values(), *events.values())
    placed = plan([Box(START, 14, 14), *(one.box for one in signs)], lines)
    legend = _legend(procedure, marks)
    room = max(placed.width, _heading_width(procedure, lang), 150.0 * len(legend))
    aside = MARGIN + (room - placed.width) / 2
    drawn = [
        *_headings(procedure, lang),
        f'<g transform="translate({aside:.1f} {HEAD:.1f})">',
        *_drawing(procedure, placed, lines, states, events, marks),
        "</g>",
        *_legend_row(legend, lang, HEAD + placed.height + FOOT / 2 + 6),
    ]
    across, down = room + 2 * MARGIN, HEAD + placed.height + FOOT
    return _page(procedure, lang, current, steps, across, down, drawn)


def _marks(
    procedure: Procedure, current: str | None, been: Collection[str] | None
) -> Mapping[str, list[str]]:
    """What each state is to whoever stands in one of them: `current`, or `been`, `next` or both."""
    found: dict[str, list[str]] = {key: [] for key in procedure.live_states}
    if current in found:
        found[current].append("current")
    if been is None:
        return found
    following = {
        move.target
        for spec in procedure.events.values()
        for move in spec.moves
        if current in move.sources
    }
    around = {"been": been, "next": following}
    for key in found.keys() - {current}:
        found[key] = [mark for mark, states in around.items() if key in states]
    return found


def _steps(procedure: Procedure, lang: Language) -> Iterator[Step]:
    creation = procedure.creation
    who = actors(procedure, creation, None, lang)
    yield Step(START + creation.type, (START,), procedure.initial, said(creation.label, lang), who)
    for spec in procedure.events.values():
        for number, move in enumerate(spec.moves):
            if move.target is not None:
                who = actors(procedure, spec, move, lang)
                name = f"{spec.type}[{number}]"
                yield Step(name, move.sources, move.target, said(spec.label, lang), who)


def _lines(steps: Sequence[Step]) -> list[Line]:
    """From every state that an event may happen in to the event, and on to where it leads; the
    first way from one state to another is drawn straight.
    """
    lines: list[Line] = []
    seen: set[tuple[tuple[str, ...], str]] = set()
    for step in steps:
        straight = len(step.sources) == 1 and (step.sources, step.target) not in seen
        seen.add((step.sources, step.target))
        lines += [Line(source, step.id, straight) for source in step.sources]
        lines.append(Line(step.id, step.target, straight))
    return lines


def _state(state: State, lang: Language, marks: Sequence[str]) -> Sign:
    texts = [
        Text(words, LABEL, "strong") for words in wrapped(said(state.label, lang), LABEL, ROOM)
    ]
    if marks:
        words = said(COMMA, lang).join(said(LEGEND[mark], lang) for mark in marks)
        texts.append(Text(words, SMALL, "muted"))
    return _sign(state.id, texts, 40, 24)


def _event(step: Step) -> Sign:
    texts = [Text(words, EVENT) for words in wrapped(step.label, EVENT, ROOM)]
    texts += [Text(words, SMALL, "muted") for words in wrapped(step.actors, SMALL, ROOM)]
    return _sign(step.id, texts, 16, 6, PORT * (len(step.sources) + 1))


def _sign(name: str, texts: list[Text], aside: float, above: float, least: float = 0.0) -> Sign:
    across = max(width(one.words, one.size) for one in texts) + aside
    return Sign(Box(name, max(across, least), height(texts) + above), texts)


def _drawing(
    procedure: Procedure,
    placed: Plan,
    lines: Sequence[Line],
    states: dict[str, Sign],
    events: dict[str, Sign],
    marks: Mapping[str, list[str]],
) -> Iterator[str]:
    for one, corners in zip(lines, placed.lines, strict=True):
        yield from line(corners, arrow=one.target in states)
    start = placed.centres[START]
    yield f'<circle class="head" cx="{start.x:.1f}" cy="{start.y:.1f}" r="7"/>'
    for key, (box, texts) in events.items():
        yield from sign(box, texts, placed.centres[key], look="event", radius=6, doubled=False)
        ends = [
            corners[-1]
            for one, corners in zip(lines, placed.lines, strict=True)
            if one.target == key
        ]
        if len(ends) > 1:
            yield bar(ends)
    for key, (box, texts) in states.items():
        state, centre = procedure.states[key], placed.centres[key]
        look = " ".join(["state", state.line, *marks[key]])
        yield from sign(box, texts, centre, look=look, radius=8, doubled=state.final)


def _headings(procedure: Procedure, lang: Language) -> Iterator[str]:
    yield text(Text(said(procedure.title, lang), TITLE, "left strong"), MARGIN, 38)
    yield text(Text(_version(procedure, lang), SMALL, "left muted"), MARGIN, 58)


def _heading_width(procedure: Procedure, lang: Language) -> float:
    return width(said(procedure.title, lang), TITLE)


def _version(procedure: Procedure, lang: Language) -> str:
    return said(VERSION, lang).format(name=procedure.name, version=procedure.version)


def _legend(procedure: Procedure, marks: Mapping[str, list[str]]) -> list[str]:
    """The looks that this picture has."""
    states = procedure.live_states.values()
    looks = ["main"] if any(state.line == "main" for state in states) else []
    looks += ["side"] if any(state.line == "side" for state in states) else []
    looks += ["final"] if any(state.final for state in states) else []
    made = {mark for some in marks.values() for mark in some}
    return looks + [mark for mark in ("current", "been", "next") if mark in made]


def _legend_row(looks: Sequence[str], lang: Language, y: float) -> Iterator[str]:
    x = MARGIN
    for look in looks:
        words = Text(said(LEGEND[look], lang), SMALL, "left muted")
        swatch = Box(look, 26, 18)
        centre = Point(x + 13, y)
        yield from sign(swatch, [], centre, look=f"state {look}", radius=4, doubled=look == "final")
        yield text(words, x + 34, y + SMALL / 3)
        x += 34 + width(words.words, SMALL) + 18


def _page(
    procedure: Procedure,
    lang: Language,
    current: str | None,
    steps: Sequence[Step],
    across: float,
    down: float,
    drawn: Sequence[str],
) -> str:
    name = f"{procedure.name}-{procedure.version}"
    size = f'width="{across:.0f}" height="{down:.0f}" viewBox="0 0 {across:.0f} {down:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
            f'lang="{lang}" aria-labelledby="{name}-title {name}-desc">',
            element("title", said(procedure.title, lang), id=f"{name}-title"),
            element("desc", _told(procedure, lang, current, steps), id=f"{name}-desc"),
            f"<style>{STYLE}</style>",
            '<rect class="paper" width="100%" height="100%"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _told(procedure: Procedure, lang: Language, current: str | None, steps: Sequence[Step]) -> str:
    """The whole picture in words."""
    labels = {key: said(state.label, lang) for key, state in procedure.live_states.items()}
    first, *others = steps
    begins = said(BEGINS, lang)
    told = [begins.format(event=first.label, actors=first.actors, target=labels[first.target])]
    for step in others:
        sources = [labels[source] for source in step.sources]
        told.append(
            said(LEADS, lang).format(
                source=said(COMMA, lang).join(sources),
                event=step.label,
                actors=step.actors,
                target=labels[step.target],
            )
        )
    if current in labels:
        told.append(said(STANDS, lang).format(state=labels[current]))
    return said(SPACE, lang).join(told)
