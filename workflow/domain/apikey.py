"""API keys: `clr_<id>_<secret>`, where the id names a credential and the secret proves it.

The secret is 256 random bits in base64url (RFC 4648 section 5). SHA-256 suffices to store it:
there is nothing to guess (NIST SP 800-63B section 5.1.2).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "clr"
SECRET_BYTES = 32

OPERATOR = "operator"
"""The id of the credential that the first start makes."""


def identifier(kind: str, seed: bytes) -> str:
    """A credential's id: 75 bits of SHA-256 in base 32, behind a letter for the kind."""
    digest = base64.b32encode(hashlib.sha256(seed).digest()).decode("ascii").lower()
    return f"{kind}{digest[:15]}"


def spelt(credential: str, random: bytes) -> str:
    """The key of a credential with this secret."""
    secret = base64.urlsafe_b64encode(random).decode("ascii").rstrip("=")
    return f"{PREFIX}_{credential}_{secret}"


def parted(key: str) -> tuple[str, str] | None:
    """The credential and the secret that a key names; None when it is not spelt as one."""
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX or not parts[1].isalnum():
        return None
    return parts[1], parts[2]


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest_of(key: str) -> str:
    """What is stored of a key."""
    return digest(key.split("_", 2)[2])


def mark(stored: str | None) -> str:
    """What tells the secrets of one credential apart; nothing where there is none."""
    return "" if stored is None else stored[:16]


def matches(presented: str, digests: Iterable[str]) -> bool:
    """Whether the digest of a secret is one of those stored, compared in constant time."""
    return any(hmac.compare_digest(presented, one) for one in digests)
