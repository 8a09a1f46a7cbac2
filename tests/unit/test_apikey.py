"""How a key is spelt, and what is stored of it."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain import apikey

SECRET = st.binary(min_size=apikey.SECRET_BYTES, max_size=apikey.SECRET_BYTES)
KEY = "clr_kabc_AAAA"


@given(random=SECRET)
def test_a_key_names_its_credential_and_its_secret(random: bytes) -> None:
    """Also where the secret has the sign in it that parts a key."""
    key = apikey.spelt("kabc", random)
    credential, secret = apikey.parted(key) or ("", "")
    assert credential == "kabc"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert key == f"clr_kabc_{secret}"
    assert apikey.digest_of(key) == apikey.digest(secret)


@pytest.mark.parametrize(
    "text", ["", "clr", "clr_kabc", "clr__AAAA", "clr_k-b_AAAA", "clr_a/b_AAAA", "CLR_kabc_AAAA"]
)
def test_what_is_not_spelt_as_a_key_is_none(text: str) -> None:
    assert apikey.parted(text) is None


def test_a_credentials_id_is_its_kind_and_75_bits_of_its_seed() -> None:
    made = apikey.identifier("k", b"a seed")
    assert re.fullmatch(r"k[a-z2-7]{15}", made)
    assert made == apikey.identifier("k", b"a seed")
    assert len({made, apikey.identifier("t", b"a seed"), apikey.identifier("k", b"b seed")}) == 3
    assert apikey.parted(apikey.spelt(made, bytes(32))) == (made, "A" * 43)


def test_what_is_stored_of_a_key_is_a_hash_and_its_beginning_tells_secrets_apart() -> None:
    stored = apikey.digest_of(KEY)
    assert stored == hashlib.sha256(b"AAAA").hexdigest()
    assert apikey.mark(stored) == stored[:16]
    assert apikey.mark(None) == ""


def test_a_secret_is_one_of_those_that_are_stored_or_none() -> None:
    one, two, three = map(apikey.digest, "abc")
    assert apikey.matches(one, [one, two])
    assert apikey.matches(two, [one, two])
    assert not apikey.matches(three, [one, two])
    assert not apikey.matches(one, [])
    assert not apikey.matches(apikey.mark(one), [one])
