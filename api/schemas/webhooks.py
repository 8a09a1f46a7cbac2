"""The shapes of webhooks: a subscription, what was sent for it, and what a receiver gets."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field
from pydantic.json_schema import SkipJsonSchema

from api.schemas.answers import Out, RecordOut
from workflow.domain.fields import Identifier, Line
from workflow.domain.sent import EventType, In, WebAddress

MOST = 64
"""Names in one filter."""

Value = TypeVar("Value")

DeliveryStatus = Literal["pending", "delivered", "dead"]


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise ValueError("names something twice")
    return names


_UNIQUE = {"uniqueItems": True}
StateName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=64)]
Types = Annotated[
    list[EventType],
    Field(max_length=MOST, json_schema_extra=_UNIQUE, description="of events; none: all"),
    AfterValidator(_each_once),
]
States = Annotated[
    list[StateName],
    Field(
        max_length=MOST,
        json_schema_extra=_UNIQUE,
        description="that an application comes to by the event; none: all, and none at all",
    ),
    AfterValidator(_each_once),
]
Buyers = Annotated[
    list[Identifier],
    Field(
        max_length=MOST,
        json_schema_extra=_UNIQUE,
        description="whose applications they are; none: all that one sees",
    ),
    AfterValidator(_each_once),
]


def _there(value: Any) -> Any:
    if value is None:
        raise ValueError("cannot be removed")
    return value


Stays = Annotated[
    Value | SkipJsonSchema[None],
    AfterValidator(_there),
    Field(json_schema_extra=lambda schema: schema.pop("default")),
]
"""What may be left out, but not removed."""

Url = Annotated[WebAddress, Field(description="where it is sent to; its host is looked up anew")]


class WebhookIn(In):
    """A webhook to be made: where to, and what of."""

    url: Url
    description: Line | None = None
    types: Types = Field(default_factory=list)
    states: States = Field(default_factory=list)
    buyers: Buyers = Field(default_factory=list)


_EMPTY: Mapping[str, Any] = {"description": "", "types": [], "states": [], "buyers": []}


class WebhookChangeIn(In):
    """What of a webhook is to change (RFC 7396): null removes a description or a filter;
    `enabled` lets one that was disabled go on.
    """

    url: Stays[Url] = None
    description: Line | None = None
    types: Types | None = None
    states: States | None = None
    buyers: Buyers | None = None
    enabled: Stays[bool] = None

    def changes(self) -> dict[str, Any]:
        """What was named; what is removed is empty."""
        named = self.model_dump(exclude_unset=True)
        return {name: _EMPTY[name] if new is None else new for name, new in named.items()}


class OwnerOut(Out):
    """The credential that a webhook was made with, and whose that is."""

    credential: str
    name: str
    organisation: str


class WebhookOut(Out):
    """A webhook. It tells what its owner may see at each delivery. `why` it is disabled: the
    receiver said 410 (`gone`), took nothing for days (`failing`), the owner's credential is not
    good any more (`credential-ended`), or somebody wished it (`by-request`).
    """

    id: str
    url: str
    description: str | None
    types: list[str]
    states: list[str]
    buyers: list[str]
    owner: OwnerOut
    state: Literal["active", "disabled"]
    why: Literal["gone", "failing", "credential-ended", "by-request"] | None
    old_secret_until: str | None
    created_at: str
    version: int
    updated_at: str
    head: str


class TalliedOut(Out):
    """How many messages are pending, delivered and dead, and how many were dropped because the
    owner might not see them any more; since when none was taken.
    """

    pending: int
    delivered: int
    dead: int
    dropped: int
    failing_since: str | None


class WebhookStandingOut(WebhookOut):
    """A webhook, and how it stands with what was sent."""

    deliveries: TalliedOut


class WebhookSecretOut(Out):
    """A webhook with the secret that its messages are signed with, shown this once; null in the
    answer to a repeat.
    """

    id: str
    secret: str | None
    webhook: WebhookOut


class WebhookListOut(Out):
    """A page of webhooks, the newest first."""

    items: list[WebhookOut]
    next: str | None


class DeliveryOut(Out):
    """A message of a webhook: `id` is its `webhook-id`, the same at every attempt. `dead` is what
    was given up after the last of them. A ping tells of no record.
    """

    id: str
    webhook: str
    application: str | None
    seq: int | None
    type: str
    status: DeliveryStatus
    attempts: int
    created_at: str
    last_attempt_at: str | None
    next_attempt_at: Annotated[
        str | None,
        Field(
            description="null: it waits its turn, behind those of its application that came "
            "before it, or is not tried any more"
        ),
    ]
    last_status: Annotated[int | None, Field(description="the status code of the last answer")]
    last_error: Annotated[str | None, Field(description="what was wrong with the last attempt")]


class DeliveryListOut(Out):
    """A page of deliveries, the newest first."""

    items: list[DeliveryOut]
    next: str | None


class _EventOut(Out):
    """What every CloudEvent has that this service sends."""

    specversion: Literal["1.0"]
    id: str
    source: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    subject: str
    time: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    datacontenttype: Literal["application/json"]


class RecordEventOut(_EventOut):
    """A record as a CloudEvent; its `id` is the record's hash."""

    type: Annotated[str, Field(pattern="^clearance[.]event[.][a-z][a-z0-9_]*$")]
    dataschema: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    sequence: Annotated[str, Field(pattern="^[0-9]{16}$", description="its seq, as text in order")]
    data: RecordOut


class PingOut(_EventOut):
    """What is sent to try a webhook out."""

    type: Literal["clearance.webhook.ping"]
    data: dict[str, Any]
