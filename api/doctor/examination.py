"""Looks at everything, in the order in which one thing rests on another."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from api.doctor import database, service, setting
from api.doctor.finding import Finding
from api.settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """What was found, the same thing once. What rests on something that is wrong is looked at all
    the same, as far as that is possible.
    """
    with _unsaid():
        found = await _found(settings)
    return list({(one.name, *one.values.values()): one for one in found}.values())


async def _found(settings: Settings) -> list[Finding]:
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
    return found


@contextmanager
def _unsaid() -> Iterator[None]:
    """What is met is told as a finding, in no line beside it."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)
