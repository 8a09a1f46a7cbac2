"""The words of CloudEvents 1.0.2 that both directions share."""

MEDIA_TYPE = "application/cloudevents+json"
"""One event in the structured mode of the HTTP binding (section 3.2)."""

BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"
"""Several of them (section 3.3)."""

SPEC_VERSION = "1.0"

TYPE_PREFIX = "clearance.event."
"""What stands before the type of an event, in `type`."""
