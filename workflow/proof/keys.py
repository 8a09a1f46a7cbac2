"""The keys of notes (C2SP signed-note): what verifies and what signs, in the text form of Go's
`sumdb/note`. Ed25519 (RFC 8032), for notes themselves and for the cosignatures of witnesses.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workflow.proof import cosignature
from workflow.proof.text import base64, from_base64
from workflow.proof.unsound import Unsound

ED25519, COSIGNATURE = 0x01, 0x04
"""The types of signatures: over a note's text; over it and a time, by a witness."""

_KEY = 32  # bytes
_PRIVATE = "PRIVATE+KEY+"


def check_name(name: str) -> str:
    """A name of a key: not empty, no Unicode space, no plus. Raises Unsound."""
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise Unsound(f"{name[:80]!r} cannot be the name of a key")
    return name


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key, and what it is called."""

    name: str
    type: int
    public: bytes
    id: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.type not in (ED25519, COSIGNATURE) or len(self.public) != _KEY:
            raise Unsound(f"the key of {self.name} is not one of Ed25519")
        named = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        object.__setattr__(self, "id", sha256(named).digest()[:4])

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read `name+id+base64(type || key)`. Raises Unsound."""
        name, named, content = _parts(text)
        key = cls(name, content[0], content[1:])
        if key.id.hex() != named:
            raise Unsound(f"the id of the key of {name} is not {named}")
        return key

    def __str__(self) -> str:
        content = bytes([self.type]) + self.public
        return f"{self.name}+{self.id.hex()}+{base64(content)}"

    def check(self, text: str, signature: bytes) -> None:
        """Check a signature of a note's text. Raises Unsound."""
        message = text.encode()
        if self.type == COSIGNATURE:
            moment, signature = cosignature.parted(signature)
            message = cosignature.message(text, moment)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise Unsound(f"the signature of {self.name}+{self.id.hex()} is wrong") from error


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key; its text is a secret and nothing else shows it."""

    name: str
    type: int
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.type not in (ED25519, COSIGNATURE) or len(self.seed) != _KEY:
            raise Unsound(f"the key of {self.name} is not one of Ed25519")

    @classmethod
    def generate(cls, name: str, type: int = ED25519) -> "SignerKey":
        """A new key. Raises Unsound for a name that no key can have."""
        return cls(name, type, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "SignerKey":
        """Read `PRIVATE+KEY+name+id+base64(type || seed)`. Raises Unsound, which does not tell
        the key.
        """
        try:
            name, named, content = _parts(text.removeprefix(_PRIVATE))
            key = cls(name, content[0], content[1:])
        except Unsound:
            raise Unsound("this is no private key") from None
        if not text.startswith(_PRIVATE) or key.verifier.id.hex() != named:
            raise Unsound("this is no private key")
        return key

    def secret(self) -> str:
        """Its text form."""
        content = bytes([self.type]) + self.seed
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{base64(content)}"

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        return VerifierKey(self.name, self.type, self._private().public_key().public_bytes_raw())

    def sign(self, text: str, moment: int = 0) -> bytes:
        """The signature of a note's text; a witness says when, in seconds since the epoch."""
        if self.type == COSIGNATURE:
            signed = self._private().sign(cosignature.message(text, moment))
            return cosignature.joined(moment, signed)
        return self._private().sign(text.encode())

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    named, _, content = rest.partition("+")
    key = from_base64(content)
    if not key:
        raise Unsound(f"{text[:80]!r} is no key: name+id+base64")
    return name, named, key
