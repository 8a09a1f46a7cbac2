"""The journal of access: what the audit sees beside the trails (NIST SP 800-53 AU-2, AU-3).

An accepted event is in its trail and nowhere here; everything else that somebody may have to
answer for is an entry: attempts that were refused, sign-ins, who read, exported and downloaded
what, changes of credentials, and the life of the service itself.
"""

from api.journal import table
from api.journal.entries import FIELDS, Entry, What
from api.journal.noting import NotingService
from api.journal.reading import Filter, Page, Shown, page, whole
from api.journal.watch import Watch, attempt
from api.journal.writing import Journal, keeping

__all__ = [
    "FIELDS",
    "Entry",
    "Filter",
    "Journal",
    "NotingService",
    "Page",
    "Shown",
    "Watch",
    "What",
    "attempt",
    "keeping",
    "page",
    "table",
    "whole",
]
