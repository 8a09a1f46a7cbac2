"""Who posts in random runs, and the same people as the engine and the reference know them."""

from tests.properties.acts import Somebody
from tests.properties.table import BODIES, CLOCK, LINK
from tests.unit.acting import BUYER
from workflow.domain.principal import Principal, Role

MIIT, MOFCOM, NDRC, CUSTOMS, BIS = (
    Somebody(f"{body}-a", body, "officer", frozenset({body})) for body in BODIES[:5]
)
SECOND_OF_MOFCOM = Somebody("mofcom-b", "mofcom", "officer", frozenset({"mofcom"}))
OF_BOTH_MINISTRIES = Somebody("both", "miit", "officer", frozenset({"miit", "mofcom"}))
OF_NONE = Somebody("none", "miit", "officer")
OF_THE_BUYER_TOO = Somebody("turncoat", BUYER, "officer", frozenset({"miit", "mofcom"}))
THE_BUYER = Somebody("buyer-a", BUYER, "buyer")
ANOTHER_BUYER = Somebody("buyer-b", "other-cloud", "buyer")
RECORDER = Somebody("recorder-a", "press-desk", "recorder")
AUDITOR = Somebody("auditor-a", "audit-office", "auditor")
OPERATOR = Somebody("operator-a", "operations", "operator")

THE_CLOCK = Somebody(CLOCK, "system", "system", frozenset({CLOCK}))
THE_LINK = Somebody(LINK, "system", "system", frozenset({LINK}))

OFFICERS = [MIIT, MOFCOM, SECOND_OF_MOFCOM, OF_BOTH_MINISTRIES, NDRC, CUSTOMS, BIS]
EVERYBODY = [
    *OFFICERS,
    *(OF_NONE, OF_THE_BUYER_TOO, THE_BUYER, ANOTHER_BUYER, RECORDER, AUDITOR, OPERATOR, THE_CLOCK),
]


def acting_for(body: str) -> list[Somebody]:
    """Who may act for a body by the rules."""
    if body == CLOCK:
        return [THE_CLOCK]
    if body == LINK:
        return [THE_LINK]
    own = [THE_BUYER] if body == "buyer" else [who for who in OFFICERS if body in who.bodies]
    return [*own, *own, RECORDER]


def principal(who: Somebody) -> Principal:
    """The same person as the engine knows it."""
    return Principal(who.name, who.organisation, frozenset({Role(who.role)}), who.bodies)
