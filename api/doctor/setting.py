"""Settings, the data folder and the procedures: what is seen without asking anybody."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from api import operator_key
from api.doctor.finding import Finding, doubtful, well, wrong
from api.settings import Access, Observing, Settings, is_loopback, unknown
from workflow.backup.restoring import cut_short
from workflow.log.signing import KEY, NEXT
from workflow.procedures import ProcedureError, load_served

OTHERS = 0o077
"""What a mode gives to group and others."""

ROOM = 1024**3
"""Bytes that a disk should have left: a server that cannot write its file ends."""


def of_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that nobody knows, or that do not go together."""
    Access.from_environment(), Observing.from_environment()  # so that their variables are known
    names = unknown()
    if names:
        yield doubtful("setting-unknown", names=", ".join(names))
    if settings.durability == "relaxed":
        yield doubtful("durability-relaxed")
    host = urlsplit(settings.public_url or "")
    if host.scheme == "https" and not settings.trusted_proxies:
        yield doubtful("proxy-untrusted", url=settings.public_url)
    if host.scheme == "http" and not is_loopback(host.hostname or ""):
        yield doubtful("no-tls", url=settings.public_url)
    if settings.public_url is None and not is_loopback(settings.host):
        yield doubtful("no-public-url", host=settings.host)
    if not settings.webhooks:
        yield doubtful("delivers-not")
    if not settings.log.sequence and (settings.data / KEY).exists():
        yield doubtful("signs-not", file=settings.data / KEY)
    yield well("settings-read", data=settings.data)


def of_folder(settings: Settings) -> Iterator[Finding]:
    """Whether the folders of data and log can be used, and by nobody else."""
    folder = settings.data
    for one in (folder, settings.log_directory):
        there = next(place for place in (one.absolute(), *one.absolute().parents) if place.exists())
        if not (there.is_dir() and os.access(there, os.R_OK | os.W_OK | os.X_OK)):
            yield wrong("folder-unusable", folder=there)
            return
    if not folder.exists():
        yield doubtful("folder-missing", folder=folder)
        return
    if cut_short(folder) is not None:
        yield wrong("restore-cut-short", folder=folder)
    yield from _open_to_others(folder)
    for one in {folder, settings.log_directory}:
        if one.exists() and (left := shutil.disk_usage(one).free) < ROOM:
            yield doubtful("disk-low", folder=one, left=left // 1024**2)
    yield well("folder-usable", folder=folder)


def of_procedures(settings: Settings) -> Iterator[Finding]:
    """Whether the procedures that would be served are sound."""
    try:
        served = load_served(settings.procedures)
    except ProcedureError as error:
        yield wrong("procedures-unsound", why=error)
        return
    except OSError as error:
        yield wrong("procedures-unsound", why=f"{error.filename}: {error.strerror}")
        return
    yield well("procedures-sound", count=len(served))


def _open_to_others(folder: Path) -> Iterator[Finding]:
    if folder.stat().st_mode & OTHERS:
        yield doubtful("folder-open", folder=folder)
    for name in (KEY, NEXT, operator_key.NAME):
        file = folder / name
        if file.exists() and file.stat().st_mode & OTHERS:
            yield wrong("key-open", file=file)
