"""Keeps keys out of the logs of a program. A filter belongs on handlers: records of child loggers pass no other one. In the example, `key` is a key.

>>> import sys
>>> handler = logging.StreamHandler(sys.stdout)
>>> handler.addFilter(KeyFilter(skanner.Scanner()))
>>> logger = logging.getLogger("example")
>>> logger.addHandler(handler)
>>> logger.error("refused: %s", key)
refused: sk-proj-…ZINl
"""

import logging
from typing import Any

import skanner


class WrongCall(str):
    """A message whose arguments do not fit it. Whoever formats the record meets an error, of which `logging` tells as always."""

    def __str__(self) -> str:
        raise TypeError("the arguments of this message do not fit it")


class KeyFilter(logging.Filter):
    def __init__(self, scanner: skanner.Scanner) -> None:
        super().__init__()
        self.mask = scanner.mask

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.msg, record.args = record.getMessage(), None
        except Exception:  # noqa: BLE001
            text = record.msg[:] if isinstance(record.msg, str) else type(record.msg).__name__
            record.msg, record.args = WrongCall(self.masked(text)), None
        if isinstance(record.exc_info, tuple):
            record.exc_text, record.exc_info = logging.Formatter().formatException(record.exc_info), None
        # What a call gives as `extra` is among these, beside the texts of exceptions and stacks.
        for name, value in vars(record).items():
            setattr(record, name, self.masked(value))
        return True

    def masked(self, value: Any) -> Any:
        """The value, or a text without keys if it holds one."""
        if value is None or isinstance(value, (int, float)):
            return value
        try:
            text = value if isinstance(value, (str, bytes)) else str(value)
            masked = self.mask(text)
            return value if masked == text else masked
        except Exception:  # noqa: BLE001
            # A log must not stop the program, and what cannot be masked must not be shown.
            return f"<{type(value).__name__}>"
