"""How many examples a property is tried on: few in the normal run, many in a campaign."""

from hypothesis import HealthCheck, settings

CAMPAIGN = settings.get_current_profile_name() == "campaign"


def tried(examples: int) -> settings:
    """Settings for a property: so many examples, or 10,000 in a campaign."""
    return settings(
        max_examples=10_000 if CAMPAIGN else examples,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
