"""Asking about the past: `as_of` (what was true) and `known_at` (what was known)."""

from typing import Annotated

import orjson
from fastapi import Request, Response
from pydantic import BeforeValidator, ValidationError

from api import answers
from api.bodies import header
from api.parts import parts_of
from api.problems import Problem, answer, field_errors
from api.schemas import In, Instant
from api.views import application_body
from workflow.domain import canonical
from workflow.domain.history import Moment
from workflow.domain.refusals import Refusal, Refused

UNKNOWN = Refused((Refusal("unknown-application"),))


def _with_plus(text: object) -> object:
    """A time in a query whose plus sign was not encoded, and so has become a space."""
    return text.replace(" ", "+") if isinstance(text, str) else text


Time = Annotated[Instant, BeforeValidator(_with_plus)]


class PastQuery(In):
    """Which moment of the past."""

    as_of: Time | None = None
    known_at: Time | None = None

    def moment(self, request: Request) -> Moment | None:
        """The moment asked about; None: the present. Raises Problem (400) for whoever waits for
        a change.
        """
        if self.as_of is None and self.known_at is None:
            return None
        if "wait" in (header(request, b"prefer") or "").lower():
            raise Problem("past-never-changes", "Leave out Prefer: wait with as_of and known_at.")
        return Moment(self.as_of, self.known_at)


def asked(request: Request) -> Moment | None:
    """The moment that the query of an address asks about, which takes no other parameter. Raises
    Problem (422).
    """
    if not request.scope["query_string"]:
        return None
    given = request.query_params.multi_items()
    try:
        query = PastQuery.model_validate(dict(given))
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False, include_input=False))
        errors = [{**one, "pointer": f"/query{one['pointer']}"} for one in found]
        raise Problem("invalid-request", "The query is not valid.", errors) from error
    if len(dict(given)) < len(given):
        errors = [{"pointer": "/query", "detail": "a parameter stands there twice"}]
        raise Problem("invalid-request", "The query is not valid.", errors)
    return query.moment(request)


async def application(request: Request, identifier: str, moment: Moment) -> Response:
    """An application as it was; 404 where there was none yet, or nobody knew of it; 409 where its
    trail is too long to say. Its entity tag begins with `past.`, and so matches no `If-Match`.
    """
    parts = parts_of(request)
    document = await parts.queries.at(f"application/{identifier}", moment)
    if isinstance(document, Refused):
        return answer(parts.problems.of_refusal(document))
    if document is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    procedure = parts.catalog.engine(document).procedure
    body = {**application_body(identifier, document, procedure), **moment._asdict()}
    tag = f'"past.{canonical.sha256(orjson.dumps(body))[:32]}"'
    return answers.current(request, body, tag)
