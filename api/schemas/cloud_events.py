"""The shape of an event that comes as a CloudEvent 1.0 (JSON format 1.0.2)."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workflow.domain.sent import Written

SOURCE_LENGTH = 182
"""Characters; so many leave room in a key for any id."""

Source = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$",
        max_length=SOURCE_LENGTH,
        description="a URI reference (RFC 3986): who tells of the event",
        examples=["https://example.com/orders"],
    ),
]
EventId = Annotated[
    str,
    Field(
        pattern=r"^[^\x00-\x1f\x7f-\x9f]+$",
        description="any text without control characters (CloudEvents 1.0.2, String)",
        examples=["8d0c1f5e"],
    ),
]

_EXTENSION = re.compile("[a-z0-9]{1,64}")
_INTEGER = 2**31


class AttributesIn(BaseModel):
    """The attributes of a CloudEvent. Extensions are read, judged by the specification's rules
    (section 3.1) and not kept.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "propertyNames": {"pattern": "^([a-z0-9]{1,64}|data_base64)$"},
            "additionalProperties": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "boolean"},
                    {"type": "integer", "minimum": -_INTEGER, "maximum": _INTEGER - 1},
                    {"type": "null"},
                ]
            },
        },
    )

    specversion: Literal["1.0"]
    id: EventId
    source: Source
    type: Annotated[
        str,
        Field(
            pattern="^clearance[.]event[.][a-z][a-z0-9_]{0,63}$",
            examples=["clearance.event.approve"],
        ),
    ]
    subject: Annotated[str, Field(min_length=1, description="the application")] | None = None
    time: Written | None = None
    datacontenttype: Annotated[str, Field(pattern="^application/json *(;.*)?$")] | None = None
    dataschema: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _extensions(self) -> Self:
        for name, value in (self.model_extra or {}).items():
            if not _EXTENSION.fullmatch(name) or name == "data":
                raise ValueError("an attribute's name is 1 to 64 of a-z 0-9, and not data")
            whole = type(value) is int and -_INTEGER <= value < _INTEGER
            if not (whole or value is None or isinstance(value, str | bool)):
                raise ValueError(f"{name}: must be a string, a boolean or an integer of 32 bits")
        return self


class CloudEventIn(AttributesIn):
    """An event in the structured mode: its attributes, and as `data` the body that would be posted
    without them; `type` may be left out of it.
    """

    data: dict[str, Any] | None = None
    data_base64: Annotated[str, Field(max_length=400_000)] | None = None
