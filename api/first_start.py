"""The operator's first key: made where nobody has one, and kept in the data folder."""

from api import operator_key
from api.parts import Parts
from workflow.domain.apikey import OPERATOR


async def first_start(parts: Parts) -> str | None:
    """Make the operator's key where nobody has one; it is returned to be shown this once.

    Raises key_files.Unwritable, StoreFault.
    """
    folder, credentials = parts.settings.data, parts.credentials
    if await parts.queries.document("credential", OPERATOR) is not None:
        return None
    key = operator_key.kept_in(folder) or credentials.new_key()
    operator_key.keep(folder, key)
    if await credentials.first_start(key):
        operator_key.keep(folder, key)  # another that starts on this folder may have kept its own
        return key
    operator_key.drop(folder, key)
    return None
