"""One request of a demonstration to the public API, which must be answered with a yes."""

from collections.abc import Mapping
from typing import Any

import httpx

from api.stop import Stop


async def asked(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    headers: Mapping[str, str],
) -> tuple[dict[str, Any], bool]:
    """The answer, and whether something was made. Raises Stop where it is not a yes."""
    try:
        answer = await client.request(method, path, json=body, headers=dict(headers))
    except httpx.HTTPError as error:
        raise Stop(f"the demonstration cannot be loaded: {method} {path}: {error!r}") from error
    found: dict[str, Any] = answer.json()
    if answer.is_error:
        raise Stop(
            f"the demonstration cannot be loaded: {method} {path} answered "
            f"{answer.status_code} {found['code']}: {found['detail']}\n"
            "Data of another version may be in the folder; choose an empty one with --data."
        )
    return found, answer.status_code == httpx.codes.CREATED
