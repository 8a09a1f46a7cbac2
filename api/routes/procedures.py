"""Procedures: the rules that the service applies, for people and for programs."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import answers, bodies, documentation
from api.parts import Parts, parts_of
from api.problems import Problem, answer
from api.readers import Reader, reader_of
from api.schemas import In, ProcedureListOut, ProcedureOut
from workflow.domain.payloads import PAYLOADS
from workflow.domain.procedure import EventSpec, Procedure, State
from workflow.domain.refusals import Refusal, Refused
from workflow.procedures import mermaid, svg

MERMAID, PLAIN, SVG = "text/vnd.mermaid", "text/plain", "image/svg+xml"
PAGE = "text/html"
NEGOTIATED = answers.PRIVATE | {"Vary": f"{answers.PRIVATE['Vary']}, Accept"}
HARMLESS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
"""Of a picture that somebody opens by itself: its own colours, and nothing else."""
UNKNOWN = Refused((Refusal("unknown-procedure-version"),))

router = APIRouter(tags=["procedures"])


class DiagramQuery(In):
    """How a diagram is drawn."""

    lang: Literal["en", "zh"] = "en"
    state: Annotated[str | None, Field(description="the state to mark as current")] = None


@router.get(
    "/v1/procedures",
    operation_id="listProcedures",
    summary="List procedures",
    **documentation.operation(None, {200: ProcedureListOut}, problems=(403, 422)),
)
async def list_procedures(request: Request) -> Response:
    """Every version of every procedure."""
    reader_of(request)
    bodies.no_query(request)
    items = [_line(procedure) for procedure in parts_of(request).catalog.procedures()]
    return answers.page(request, items, None)


@router.get(
    "/v1/procedures/{name}/{version}",
    operation_id="getProcedure",
    summary="Read a procedure",
    **documentation.operation(
        None, {200: ProcedureOut}, problems=(403, 404, 422), parameters=("name", "version")
    ),
)
async def get_procedure(request: Request) -> Response:
    """The rules of one version, with the shape of each event's data."""
    reader_of(request)
    bodies.no_query(request)
    parts = parts_of(request)
    procedure = _find(parts, request)
    if procedure is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    return answers.written(_body(procedure))


@router.get(
    "/v1/procedures/{name}/{version}/diagram",
    operation_id="getDiagram",
    summary="Draw a procedure",
    response_class=Response,
    **documentation.operation(
        None,
        {},
        problems=(403, 404, 406, 422),
        parameters=("name", "version"),
        texts={200: (MERMAID, SVG)},
    ),
)
async def get_diagram(
    request: Request, _reader: Reader, query: Annotated[DiagramQuery, Query()]
) -> Response:
    """The states and what leads from one to the next: as a Mermaid state diagram, or as a
    picture for `Accept: image/svg+xml` and for browsers.
    """
    parts = parts_of(request)
    media_type = _preferred(request)
    procedure = _find(parts, request)
    if procedure is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    if query.state is not None and query.state not in procedure.states:
        errors = [{"pointer": "/query/state", "detail": "not a state of this procedure"}]
        raise Problem("invalid-request", "The procedure has no such state.", errors)
    if media_type in (SVG, PAGE):
        return Response(_picture(procedure, query), 200, NEGOTIATED | HARMLESS, SVG)
    return Response(mermaid(procedure, query.lang, query.state), 200, NEGOTIATED, MERMAID)


def _preferred(request: Request) -> str:
    """The media type to answer with. Who names a page or any kind of image is a browser, and is
    shown the picture unless it likes Mermaid better. Raises Problem (406).
    """
    accepted = (bodies.header(request, b"accept") or "").lower()
    if PAGE in accepted or "image/" in accepted:
        return answers.preferred(request, SVG, PAGE, MERMAID, PLAIN)
    return answers.preferred(request, MERMAID, PLAIN, SVG)


_pictures: dict[tuple[str, str, str | None], str] = {}
"""Pictures by digest, language and state: there are few, and laying one out takes milliseconds
in which no event is decided.
"""


def _picture(procedure: Procedure, query: DiagramQuery) -> str:
    key = procedure.digest, query.lang, query.state
    if key not in _pictures:
        _pictures[key] = svg(procedure, query.lang, query.state)
    return _pictures[key]


def _find(parts: Parts, request: Request) -> Procedure | None:
    name, version = request.path_params["name"], request.path_params["version"]
    if not (version.isascii() and version.isdecimal() and len(version) <= 15):
        return None
    return parts.catalog.find(name, int(version))


def _line(procedure: Procedure) -> dict[str, Any]:
    return {
        "name": procedure.name,
        "version": procedure.version,
        "digest": procedure.digest,
        "title": procedure.title._asdict(),
    }


def _body(procedure: Procedure) -> dict[str, Any]:
    return _line(procedure) | {
        "time_zone": procedure.time_zone,
        "calendar": procedure.calendar,
        "initial": procedure.initial,
        "migrates_from": procedure.migrates_from and procedure.migrates_from._asdict(),
        "licence": procedure.licence and procedure.licence._asdict(),
        "assumptions": [text._asdict() for text in procedure.assumptions],
        "authorities": {
            body.id: {"label": body.label._asdict(), "short": body.short._asdict()}
            for body in procedure.authorities.values()
        },
        "gates": {gate: label._asdict() for gate, label in procedure.gates.items()},
        "links": {gate: link._asdict() for gate, link in procedure.links.items()},
        "states": {state.id: _state(state) for state in procedure.states.values()},
        "events": {spec.type: _event(spec) for spec in procedure.events.values()},
        "deadlines": {
            limit.id: asdict(limit)
            | {"label": limit.label._asdict(), "basis": limit.basis._asdict()}
            for limit in procedure.deadlines.values()
        },
    }


def _state(state: State) -> dict[str, Any]:
    return {
        "label": state.label._asdict(),
        "line": state.line,
        "final": state.final,
        "reserved": state.reserved,
        "waiting_on": [asdict(turn) for turn in state.turns],
        "sentence": state.sentence._asdict(),
    }


def _event(spec: EventSpec) -> dict[str, Any]:
    return {
        "label": spec.label._asdict(),
        "by": list(spec.by),
        "moves": [
            {"from": list(move.sources), "to": move.target, "when": move.when}
            for move in spec.moves
        ],
        "quorum": list(spec.quorum),
        "four_eyes": list(spec.four_eyes),
        "guards": list(spec.guards),
        "evidence": asdict(spec.evidence),
        "reason_required": spec.reason_required,
        "if_match_required": spec.if_match,
        "within_days": spec.within_days,
        "payload": spec.payload,
        "data": PAYLOADS[spec.payload].model_json_schema(),
    }
