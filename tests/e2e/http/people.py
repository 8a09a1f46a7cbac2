"""Who posts in these tests: name;organisation;role[;authority...]."""

from tests.keyring import principal

BUYER = "example-cloud"

ACTORS = {
    "buyer": f"ec;{BUYER};buyer",
    "rival": "rv;rival-cloud;buyer",
    "miit": "li;miit;officer;miit",
    "mofcom": "wang;mofcom;officer;mofcom",
    "mofcom-2": "zhao;mofcom;officer;mofcom",
    "ndrc": "chen;ndrc;officer;ndrc",
    "customs": "sun;gacc;officer;customs",
    "bis": "smith;bis;officer;bis",
    "both": "hu;both;officer;miit;mofcom",
    "recorder": "ann;press-desk;recorder",
    "auditor": "au;audit;auditor",
    "operator": "op;ops;operator",
}


def actor(name: str) -> dict[str, str]:
    """The header of somebody known by name, or of whoever the text describes."""
    return principal(ACTORS.get(name, name))
