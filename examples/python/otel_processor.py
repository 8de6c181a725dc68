"""Keeps keys out of the logs that OpenTelemetry exports. It must be added before the processor that exports.
In the example, `key` is a key.

>>> from opentelemetry._logs import LogRecord
>>> from opentelemetry.sdk._logs import LoggerProvider
>>> from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
>>> exporter, provider = InMemoryLogRecordExporter(), LoggerProvider()
>>> provider.add_log_record_processor(KeyProcessor(skanner.Scanner()))
>>> provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
>>> provider.get_logger("example").emit(LogRecord(body={"refused": [key, 401]}, attributes={"key": key}))
>>> record = exporter.get_finished_logs()[0].log_record
>>> record.body, record.attributes["key"]
({'refused': ['sk-proj-…ZINl', 401]}, 'sk-proj-…ZINl')
"""

from typing import Any

import skanner
from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord


class KeyProcessor(LogRecordProcessor):
    def __init__(self, scanner: skanner.Scanner) -> None:
        self.scanner = scanner

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        record = log_record.log_record
        record.body = self.masked(record.body)
        record.attributes = self.masked(dict(record.attributes or {}))

    def masked(self, value: Any) -> Any:
        if isinstance(value, (str, bytes)):
            return self.scanner.mask(value)
        if isinstance(value, dict):
            return {self.masked(name): self.masked(part) for name, part in value.items()}
        return type(value)(map(self.masked, value)) if isinstance(value, (list, tuple)) else value

    def shutdown(self) -> None:
        pass

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True
