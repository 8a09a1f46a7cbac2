"""Looks at everything, in the order in which one thing rests on another."""

from api.doctor import database, service, setting
from api.doctor.finding import Finding
from api.settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """What was found, the same thing once. What rests on something that is wrong is looked at all
    the same, as far as that is possible.
    """
    found = [
        *setting.of_settings(settings),
        *setting.of_folder(settings),
        *setting.of_procedures(settings),
    ]
    answering = service.running(settings)
    found += [one async for one in database.of_server(settings)]
    found += [one async for one in database.of_log(settings)]
    found += [one async for one in database.of_both(settings, runs=answering is not None)]
    found += [one async for one in service.of_service(settings, answering)]
    return list({(one.name, *one.values.values()): one for one in found}.values())
