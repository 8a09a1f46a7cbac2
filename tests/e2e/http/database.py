"""The database behind the service, read and damaged as only an intruder could."""

from typing import cast

from redis import Redis

from workflow.store.keys import JOURNAL, LOG, USES


class Database:
    """Reads and writes past the service."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def content(self) -> dict[bytes, bytes]:
        """Every key with everything under it, but for when credentials were last used, who tried
        what, and how far the log has come meanwhile.
        """
        beside = (USES.encode(), JOURNAL.encode(), f"{{{JOURNAL}}}".encode(), LOG.encode())
        found = set(self._redis.scan_iter(count=10_000))
        kept = (key for key in found if not key.startswith(beside) and b"}p:" not in key)
        keys = sorted(kept)
        with self._redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.dump(key)
            return dict(zip(keys, pipeline.execute(), strict=True))

    def credential(self, identifier: str) -> bytes:
        """A credential's document and records as stored."""
        (document,) = self._redis.keys(f"*}}d:credential/{identifier}")
        (trail,) = self._redis.keys(f"*}}t:credential/{identifier}")
        found = [self._redis.get(document), *self._redis.lrange(trail, 0, -1)]
        return b"\n".join(cast(list[bytes], found))

    def document(self, application: str) -> bytes:
        """An application's document as stored."""
        found = self._redis.get(self._key("d", application))
        assert isinstance(found, bytes)
        return found

    def set_document(self, application: str, content: bytes) -> None:
        self._redis.set(self._key("d", application), content)

    def record(self, application: str, seq: int) -> bytes:
        """A record as stored."""
        found = self._redis.lindex(self._key("t", application), seq - 1)
        assert isinstance(found, bytes)
        return found

    def set_record(self, application: str, seq: int, content: bytes) -> None:
        self._redis.lset(self._key("t", application), seq - 1, cast(str, content))

    def places(self, application: str) -> bytes:
        """Where its records lie in the log, as stored."""
        found = self._redis.get(self._key("p", application))
        assert isinstance(found, bytes)
        return found

    def set_places(self, application: str, content: bytes) -> None:
        self._redis.set(self._key("p", application), content)

    def cut(self, application: str, last: int) -> None:
        """Take away every record behind this one."""
        self._redis.ltrim(self._key("t", application), 0, last - 1)

    def _key(self, sort: str, application: str) -> bytes:
        (key,) = self._redis.keys(f"*}}{sort}:application/{application}")
        assert isinstance(key, bytes)
        return key
