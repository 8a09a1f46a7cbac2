"""Every answer of the service is held against the OpenAPI document that it serves."""

import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

PROBLEM = "application/problem+json"
UNDESCRIBED = {"/openapi.json", "/asyncapi.json"}
BEFORE_ROUTING = {401, 404, 405, 408, 421, 429, 431}
"""What may be answered to an address or a method that the document does not have."""


class Contract:
    """What the document promises: statuses, media types and shapes."""

    def __init__(self, document: dict[str, Any]) -> None:
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource("urn:contract", resource)
        self._paths = [(_pattern(path), path, item) for path, item in document["paths"].items()]
        self._validator = cache(self._validator_of)

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """The operation that a request meets; HEAD is answered as GET is."""
        method = "get" if method == "HEAD" else method.lower()
        for pattern, template, item in self._paths:
            if pattern.fullmatch(path) and method in item:
                return f"{template}\n{method}", item[method]
        return None

    def check(self, response: httpx.Response) -> None:
        """An answer that the document does not promise fails the test that caused it."""
        response.read()
        request, status = response.request, response.status_code
        assert status < 500, f"{request.method} {request.url}: {response.text}"
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if status >= 400:
            self._check_problem(response, media_type)
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        found = self.operation(request.method, path)
        if found is None:
            assert status in BEFORE_ROUTING or path in UNDESCRIBED
            return
        name, operation = found
        assert str(status) in operation["responses"], f"{status} is not documented: {name}"
        promised = operation["responses"][str(status)]
        for field, header in promised.get("headers", {}).items():
            assert not header.get("required") or field in response.headers, f"{field}: {name}"
        content = promised.get("content", {})
        if request.method == "HEAD" or not content:
            assert response.content == b""
            return
        assert media_type in content, f"{media_type} is not documented: {name} {status}"
        if media_type.endswith("json"):
            self._validator((name, status, media_type)).validate(response.json())

    def _check_problem(self, response: httpx.Response, media_type: str) -> None:
        if response.request.method == "HEAD":
            return
        assert media_type == PROBLEM
        body = response.json()
        assert body["status"] == response.status_code
        assert body["type"].endswith(f"/problems/{body['code']}")
        assert body["title"]
        assert body["detail"]

    def _validator_of(self, place: tuple[str, int, str]) -> Draft202012Validator:
        name, status, media_type = place
        template, method = name.split("\n")
        steps = ("paths", template, method, "responses", str(status), "content", media_type)
        pointer = "".join(f"/{_escaped(step)}" for step in (*steps, "schema"))
        return Draft202012Validator(
            {"$ref": f"urn:contract#{pointer}"},
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )


def _pattern(template: str) -> re.Pattern[str]:
    """A parameter is one step of the path, but for what is called a path."""
    steps = {"{path}": ".+"}
    return re.compile(
        "".join(
            steps.get(part, "[^/]+") if part[:1] == "{" else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", template)
        )
    )


def _escaped(step: str) -> str:
    """A step of a JSON Pointer (RFC 6901) within a fragment."""
    escaped = step.replace("~", "~0").replace("/", "~1")
    return escaped.replace("{", "%7B").replace("}", "%7D")
