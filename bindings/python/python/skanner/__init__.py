"""Finds API keys in texts, files, Arrow batches and git repositories, and masks them.

>>> import skanner
>>> scanner = skanner.Scanner()
>>> report = scanner.scan("nothing to see here", name="notes.txt")
>>> report.is_complete, report.findings
(True, ())
"""

import os as _os

from ._errors import ConfigurationError, Error, InternalError, ResourceError
from ._native import Scanner, __version__
from ._native import after_fork as _after_fork
from ._results import (
    Candidate,
    Event,
    Finding,
    History,
    NotScanned,
    Occurrence,
    Remedy,
    Report,
    Scanned,
)

__all__ = [
    "Candidate",
    "ConfigurationError",
    "Error",
    "Event",
    "Finding",
    "History",
    "InternalError",
    "NotScanned",
    "Occurrence",
    "Remedy",
    "Report",
    "ResourceError",
    "Scanned",
    "Scanner",
    "__version__",
]

# The threads of an engine do not survive a fork.
if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(after_in_child=_after_fork)
