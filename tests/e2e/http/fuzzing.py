"""What JSON Schema and OpenAPI have no words for, told to schemathesis.

Every check stays on. A failure is dropped only where the document could not have said
otherwise, and each such place is named here.
"""

import os
from typing import Any

import schemathesis
from pydantic import ValidationError
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.core.failures import Failure

from api.schemas import WebhookIn
from workflow.domain.refusals import REASONS

BATCH = "/v1/events:batch"
WEBHOOKS = "/v1/webhooks"
HIDDEN = "hidden-cloud"
"""A buyer of whose applications and pools no other buyer may learn anything."""
LIMIT = 2**53


@schemathesis.hook
def map_body(context: HookContext, body: Any) -> Any:
    """To a schema 1.0 is an integer, `data` may hold any number, and any string NUL; this service
    reads no floats, so as not to have two spellings of one value (RFC 8785), and no NUL.
    """
    readable = _readable(body)
    path = context.operation.path if context.operation is not None else ""
    return _to_nobody(readable) if path.startswith(WEBHOOKS) else readable


@schemathesis.hook
def filter_failure(
    context: HookContext, failure: Failure, case: Case[Any], response: Response
) -> bool:
    """Whether a failure counts."""
    del context
    if type(failure).__name__ == "UseAfterFree":
        kept = case.path.startswith("/v1/keys/") or case.path.endswith("/trail")
        return not kept  # what is revoked stays to be read
    if failure.code == "ST202":
        return not _depends_on_more_than_the_shape(response)
    if failure.code == "ST201":
        return not _is_a_batch(case, response)
    return True


@schemathesis.check
def hidden(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """A buyer is told nothing of another's; what it sent itself may come back."""
    del context
    if os.environ.get("FUZZED_BY") != "buyer":
        return
    sent = f"{case.path} {case.path_parameters} {case.query} {case.body!r}"
    if "hidden-" not in sent:
        assert b"hidden-" not in response.content, "another buyer's"


def _depends_on_more_than_the_shape(response: Response) -> bool:
    """Which buyers, keys, cursors, states and payloads of an event fit, no schema can tell; nor
    whether a CloudEvent names the application of the address; nor that an event that is neither
    a CloudEvent nor rehearsed needs a key. An If-Match of `0` is sent as valid against its pattern.
    """
    told = response.json()
    if told.get("code") in REASONS or told.get("code") == "idempotency-key-required":
        return True
    pointers = [error["pointer"] for error in told.get("errors", ())]
    known = ("/query/cursor", "/query/state", "/data", "/data_base64", "/subject", "/id")
    return bool(pointers) and all(
        pointer in (*known, "/header/If-Match")
        or pointer.startswith(("/data/", "/types/", "/states/"))
        for pointer in pointers
    )


def _is_a_batch(case: Case[Any], response: Response) -> bool:
    """A malformed item has a problem of its own within 207, and spoils no other."""
    return case.path == BATCH and response.status_code == 207


def _to_nobody(body: Any) -> Any:
    """A webhook that could be anybody's goes to an address that is nobody's (RFC 6761), and tells
    of nothing.
    """
    try:
        WebhookIn.model_validate(body)
    except ValidationError:
        return body
    return body | {"url": "https://receiver.invalid/", "buyers": ["nobody"]}


def _readable(value: Any) -> Any:
    if isinstance(value, float) or (type(value) is int and abs(value) >= LIMIT):
        return int(max(-LIMIT + 1, min(value, LIMIT - 1)))
    if isinstance(value, str):
        return value.replace("\0", "0")
    if isinstance(value, dict):
        return {_readable(name): _readable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    return value
