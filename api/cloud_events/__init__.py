"""CloudEvents 1.0: what is posted as one, and records told as one."""

from api.cloud_events.media import MEDIA_TYPE, TYPE_PREFIX
from api.cloud_events.reading import Posted, is_one, posted
from api.cloud_events.writing import of_ping, of_record

__all__ = ["MEDIA_TYPE", "TYPE_PREFIX", "Posted", "is_one", "of_ping", "of_record", "posted"]
