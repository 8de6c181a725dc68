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

import skanner


class KeyFilter(logging.Filter):
    def __init__(self, scanner: skanner.Scanner) -> None:
        super().__init__()
        self.mask = scanner.mask

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.mask(record.getMessage()), None
        if record.exc_info:
            record.exc_text, record.exc_info = logging.Formatter().formatException(record.exc_info), None
        if record.exc_text:
            record.exc_text = self.mask(record.exc_text)
        if record.stack_info:
            record.stack_info = self.mask(record.stack_info)
        return True
