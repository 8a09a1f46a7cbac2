"""The page that a problem's type leads to: what the code means, in both languages."""

from html import escape

from fastapi import APIRouter, Request, Response

from api import bodies, documentation
from api.faults import FAULTS, STATUS_OF_KIND, TITLES_OF_KIND
from api.parts import parts_of
from api.problems import answer, every_code
from workflow.domain.procedure import Label
from workflow.domain.refusals import REASONS

HTML = "text/html"

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{code}</title>
<h1>{code}</h1>
<p>HTTP {status}: {title_en}</p>
<p>{detail_en}</p>
<p lang="zh">{title_zh}</p>
<p lang="zh">{detail_zh}</p>
</html>
"""

router = APIRouter(tags=["problems"])


@router.get(
    "/problems/{code}",
    operation_id="getProblemType",
    summary="What a problem's code means",
    **documentation.operation(
        None, {}, problems=(404, 422), parameters=("code",), texts={200: HTML}, public=True
    ),
)
async def get_problem_type(request: Request) -> Response:
    """What a code means; words in braces stand for what the answer names."""
    bodies.no_query(request)
    code = request.path_params["code"]
    if code not in every_code():
        parts = parts_of(request)
        return answer(parts.problems.of_fault("not-found", "There is no such problem type."))
    status, title, detail = _meaning(code)
    page = PAGE.format(
        code=escape(code),
        status=status,
        title_en=escape(title.en),
        detail_en=escape(detail.en),
        title_zh=escape(title.zh),
        detail_zh=escape(detail.zh),
    )
    return Response(page, 200, media_type=f"{HTML}; charset=utf-8")


def _meaning(code: str) -> tuple[int, Label, Label]:
    if code in FAULTS:
        return FAULTS[code].status, FAULTS[code].title, FAULTS[code].title
    reason = REASONS[code]
    return STATUS_OF_KIND[reason.kind], TITLES_OF_KIND[reason.kind], reason.detail
