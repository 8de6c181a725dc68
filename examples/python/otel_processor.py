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

from collections.abc import Mapping, Sequence
from typing import Any

import skanner
from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord


class KeyProcessor(LogRecordProcessor):
    def __init__(self, scanner: skanner.Scanner) -> None:
        self.mask = scanner.mask

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        record = log_record.log_record
        record.body, record.event_name = self.masked(record.body), self.masked(record.event_name)
        record.severity_text = self.masked(record.severity_text)
        # The text of an exception is among its attributes already. An exporter might look at what it has besides.
        record.exception = None
        record.attributes = self.masked(record.attributes or {})

    def masked(self, value: Any) -> Any:
        """The value without keys. Whatever has no parts and is no text becomes a text if it holds one."""
        if value is None or isinstance(value, (int, float)):
            return value
        try:
            if isinstance(value, Mapping):
                return {self.masked(name): self.masked(part) for name, part in value.items()}
            if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
                return [self.masked(part) for part in value]
            text = value if isinstance(value, (str, bytes)) else str(value)
            masked = self.mask(text)
            return value if masked == text else masked
        except Exception:  # noqa: BLE001
            # A log must not stop the program, and what cannot be masked must not be exported.
            return f"<{type(value).__name__}>"

    def shutdown(self) -> None:
        pass

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True
