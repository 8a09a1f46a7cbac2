"""Who asks. Until access control lands the principal is named by a header, on loopback only.

`Clearance-Actor: <name>;<organisation>;<role>[;<authority>...]`; absent: a recorder named
`local`.
"""

import re
from functools import lru_cache

from fastapi import Request

from api.bodies import once
from api.problems import Problem
from workflow.domain.principal import BUYER_AUTHORITY, Principal, Role

HEADER = "Clearance-Actor"

LOCAL = Principal("local", "local", frozenset({Role.RECORDER}))

_NAME = re.compile(r"[!-:<-~]{1,64}")


def principal_of(request: Request) -> Principal:
    """The principal of a request. Raises Problem (401) for a header that names none."""
    given = once(request, b"clearance-actor", "invalid-actor")
    return LOCAL if given is None else _parse(given)


@lru_cache(maxsize=1024)
def _parse(given: str) -> Principal:
    parts = [part.strip() for part in given.split(";")]
    if len(parts) < 3 or not all(map(_NAME.fullmatch, parts)):
        raise Problem("invalid-actor", f"{HEADER}: name;organisation;role[;authority...]")
    name, organisation, role, *authorities = parts
    if role not in frozenset(Role):
        roles = ", ".join(sorted(Role))
        raise Problem("invalid-actor", f"{HEADER}: the role is one of {roles}")
    if BUYER_AUTHORITY in authorities:
        raise Problem("invalid-actor", f"{HEADER}: {BUYER_AUTHORITY} is a role, not an authority")
    return Principal(name, organisation, frozenset({Role(role)}), frozenset(authorities))
