"""How hard the searches try, and the procedure that they search.

`pytest tests/properties --hypothesis-profile=campaign` tries 10,000 examples a property.
"""

import pytest
from hypothesis import settings

from workflow.machine import Engine
from workflow.procedures import load_packaged

settings.register_profile("campaign", max_examples=10_000, deadline=None, print_blob=True)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of `h200-import`."""
    return Engine(load_packaged()["h200-import", 1])
