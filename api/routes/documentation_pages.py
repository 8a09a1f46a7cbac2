"""The interface, for people: Swagger UI and ReDoc, whole from this service (no CDN)."""

import base64
import hashlib
from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount, Route

HTML = "text/html; charset=utf-8"
ASSETS = Path(fastapi_offline.__file__).with_name("static")
PLACE = "/docs/assets"

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
{head}
</head>
<body>
{body}
</body>
</html>
"""

START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#interface", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout", docExpansion: "list"
})"""
"""`validatorUrl`: else the document's address is sent to a validator elsewhere."""

SWAGGER = PAGE.format(
    title="clearance: the interface, to try",
    head=f'<link rel="stylesheet" href="{PLACE}/swagger-ui.css">',
    body='<div id="interface"></div>\n'
    f'<script src="{PLACE}/swagger-ui-bundle.js"></script>\n<script>{START}</script>',
)
REDOC = PAGE.format(
    title="clearance: the interface, to read",
    # The maker's logo would come from elsewhere.
    head="<style>body{margin:0} img[src^='https:']{display:none}</style>",
    body='<redoc spec-url="/openapi.json"></redoc>\n'
    f'<script src="{PLACE}/redoc.standalone.js"></script>',
)

_hash = base64.b64encode(hashlib.sha256(START.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'self' 'sha256-{_hash}'; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
"""A page may load and ask this service alone, whatever its scripts would like."""


async def swagger(_request: Request) -> Response:
    """The interface, to try."""
    return Response(SWAGGER, 200, HEADERS, HTML)


async def redoc(_request: Request) -> Response:
    """The interface, to read."""
    return Response(REDOC, 200, HEADERS, HTML)


# Plain routes: the pages are about the interface, and no part of it.
router = APIRouter(
    routes=[
        Route("/docs", swagger),
        Route("/redoc", redoc),
        Mount(PLACE, StaticFiles(directory=ASSETS)),
    ]
)
