"""Every key of the database, and which partition it lies in.

| key                 | type   | holds                                                     |
|---------------------|--------|-----------------------------------------------------------|
| `clearance`         | string | format and number of partitions, fixed at creation        |
| `clearance:seal`    | string | what the keys of sealed cursors come of, made when first needed |
| `clearance:log`     | string | how far the published log has come: size, root in hexadecimal; |
|                     |        | `restoring` and a digest: a backup is being put back      |
| `clearance:log:begun` | string | verifier key of the host that began the log             |
| `clearance:uses`    | hash   | credential -> when it was last used                       |
| `clearance:journal` | stream | journal of access: `e` of an entry is its JSON            |
| `{clearance:journal}:<writer>` | string | number of the last batch of a writer; it lapses |
| `{t}d:<subject>`    | string | document: version, head and snapshot                      |
| `{t}t:<subject>`    | list   | trail: the records, the n-th at index n - 1; empty: in the log |
| `{t}e:<subject>`    | hash   | event (16 bytes) -> seq of the record that it left; a     |
|                     |        | ticket -> that of the record that spent it, 0: buried     |
| `{t}p:<subject>`    | string | places: where the records lie in the log, 6 bytes each     |
| `{t}x:<kind>:<term>`| zset   | index: ids by creation time; the empty term holds them all |
| `{t}w:<kind>`       | zset   | search: `<word>` NUL `<id>`, all of score 0               |
| `{t}n:<kind>`       | zset   | next: ids by the time (Unix ms) at which each is due next |
| `{t}s:<hash>`       | string | session, by the SHA-256 of its secret; it lapses          |
| `{t}l:<hash>`       | string | sign-in link, likewise; read once                         |
| `{t}hk:<id>`        | hash   | secrets of a webhook: mark -> secret                      |
| `{t}hs:<id>`        | hash   | where a webhook stands: `p<n>` position in partition n's  |
|                     |        | feed, `delivered`, `dead`, `dropped`, `failing`: since (ms) |
| `{t}hp:<id>`        | zset   | to be delivered: `<application>` NUL `<seq>` `_` and how the |
|                     |        | record's hash begins, of score 0                          |
| `{t}hd:<id>`        | zset   | application -> when its first delivery is tried next (ms) |
| `{t}hr:<id>`        | hash   | delivery -> what is known of it, in JSON                  |
| `{t}ha:<id>`        | zset   | all deliveries by the time at which they were queued      |
| `{t}ho:<id>`, `{t}hx:<id>` | zset | deliveries that were made, or given up, by the time    |
| `{t}f`              | stream | feed: one entry a record, ids 0-1, 0-2, ...; `s` subject, `n` seq |
| `{t}g`              | string | gone: where in the log the feed's first entries lie that were |
|                     |        | taken from it, 6 bytes each                               |

| channel | is told |
|---|---|
| `{t}b` | bell: the subject, whenever a commit has changed one |

`{t}` is the hash tag of the partition. The tags are chosen so that the slots of a cluster
(CRC16 modulo 16384, Redis Cluster specification) lie evenly spread: the n-th tag's slot lies
in the n-th of equal ranges.
"""

from binascii import crc_hqx
from functools import cache
from zlib import crc32

FORMAT = 1
META = "clearance"
USES = "clearance:uses"
SEAL = "clearance:seal"
LOG = "clearance:log"
BEGUN = "clearance:log:begun"
JOURNAL = "clearance:journal"
SLOTS = 16_384


def meta(partitions: int) -> bytes:
    """What `META` says of a database with that many partitions."""
    return f"format={FORMAT} partitions={partitions}".encode()


def slot(tag: str) -> int:
    """The cluster slot of the keys with this hash tag."""
    return crc_hqx(tag.encode(), 0) % SLOTS


@cache
def tags(partitions: int) -> tuple[str, ...]:
    """The hash tag of each partition: the least number, in hexadecimal, whose slot fits."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < partitions:
        tag = f"{number:x}"
        found.setdefault(slot(tag) * partitions // SLOTS, tag)
        number += 1
    return tuple(found[partition] for partition in range(partitions))


class Layout:
    """Where things lie in a database with this number of partitions (1 to 1024)."""

    __slots__ = ("partitions", "tags")

    def __init__(self, partitions: int = 64) -> None:
        if not 1 <= partitions <= 1024:
            raise ValueError("the number of partitions must be from 1 to 1024")
        self.partitions = partitions
        self.tags = tuple(f"{{{tag}}}" for tag in tags(partitions))

    def partition(self, subject: str) -> int:
        """The partition of a subject: CRC-32 of its name, modulo their number."""
        return crc32(subject.encode()) % self.partitions

    def tag(self, subject: str) -> str:
        return self.tags[self.partition(subject)]

    def document(self, subject: str) -> str:
        return f"{self.tag(subject)}d:{subject}"

    def trail(self, subject: str) -> str:
        return f"{self.tag(subject)}t:{subject}"

    def places(self, subject: str) -> str:
        return f"{self.tag(subject)}p:{subject}"

    def of_subject(self, subject: str) -> tuple[str, str, str]:
        """Document, trail and events of a subject."""
        tag = self.tag(subject)
        return f"{tag}d:{subject}", f"{tag}t:{subject}", f"{tag}e:{subject}"

    def of_webhook(self, identifier: str) -> tuple[str, ...]:
        """Everything that is kept of a webhook beside its document and trail, in the order of the
        table: secrets, standing, pending, due, deliveries, all of them, made, given up.
        """
        tag = self.tag(f"webhook/{identifier}")
        return tuple(f"{tag}h{letter}:{identifier}" for letter in "kspdraox")

    def session(self, digest: str) -> str:
        return f"{self.tag(f'session/{digest}')}s:{digest}"

    def link(self, digest: str) -> str:
        return f"{self.tag(f'link/{digest}')}l:{digest}"


def mark(writer: str) -> str:
    """The last batch of one that writes to the journal; it lies in the journal's slot."""
    return f"{{{JOURNAL}}}:{writer}"


def feed(tag: str) -> str:
    """The feed of a partition."""
    return f"{tag}f"


def gone(tag: str) -> str:
    """Where the entries lie in the log that were taken from the feed of a partition."""
    return f"{tag}g"


def bell(tag: str) -> str:
    """The channel of a partition; its name has the hash tag, so that a cluster can shard it."""
    return f"{tag}b"


def index(tag: str, kind: str, term: str) -> str:
    """The index of one term over the subjects of a kind in a partition."""
    return f"{tag}x:{kind}:{term}"


def words(tag: str, kind: str) -> str:
    """The search words of the subjects of a kind in a partition."""
    return f"{tag}w:{kind}"


def due(tag: str, kind: str) -> str:
    """When the subjects of a kind in a partition are due next."""
    return f"{tag}n:{kind}"
