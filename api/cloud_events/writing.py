"""Records as CloudEvents 1.0 (JSON format 1.0.2), for webhooks and streams.

`id` is the record's hash, so that no other record ever has it, whatever becomes of a database;
`source` the address of the application, `subject` its id, `time` when the record was made, and
`sequence` (the documented extension) its place in the trail. `data` is the record, to the byte.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from api.cloud_events.media import SPEC_VERSION, TYPE_PREFIX

PING = "clearance.webhook.ping"
"""The type of what is sent to try a webhook out."""

SCHEMA = "/openapi.json#/components/schemas/RecordOut"

SEQUENCE_DIGITS = 16
"""Of the greatest seq there may be (2^53-1), so that the order of characters is that of numbers."""


def of_record(origin: str, text: bytes, record: Mapping[str, Any] | None = None) -> bytes:
    """A record of an application, given as it is kept, as an event; `record` where somebody has
    read it already. One line.
    """
    fields = orjson.loads(text) if record is None else record
    application = fields["subject"].partition("/")[2]
    attributes = {
        "id": fields["hash"],
        "source": f"{origin}/v1/applications/{application}",
        "type": f"{TYPE_PREFIX}{fields['type']}",
        "subject": application,
        "time": fields["recorded_at"],
        "dataschema": f"{origin}{SCHEMA}",
        "sequence": f"{fields['seq']:0{SEQUENCE_DIGITS}}",
    }
    return _written(attributes, text)


def of_ping(origin: str, webhook: str, identifier: str, time: str) -> bytes:
    """What is sent to try a webhook out; `identifier` is the event's own."""
    attributes = {
        "id": identifier,
        "source": f"{origin}/v1/webhooks/{webhook}",
        "type": PING,
        "subject": webhook,
        "time": time,
    }
    return _written(attributes, orjson.dumps({"webhook": webhook}))


def _written(attributes: Mapping[str, str], data: bytes) -> bytes:
    """Attributes of type String, URI and Timestamp are all strings in JSON (section 2.2)."""
    shared = {"specversion": SPEC_VERSION, "datacontenttype": "application/json"}
    head = orjson.dumps({**shared, **attributes})
    return b'%b,"data":%b}' % (head[:-1], data)
