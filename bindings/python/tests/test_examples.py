"""The examples keep keys out of logs, whatever a program does."""

import importlib.util
import io
import logging
import pathlib
from typing import Any

import pytest
import skanner
from keys import masked, openai_key

EXAMPLES = pathlib.Path(__file__).parents[3] / "examples/python"
KEY = openai_key(1)
Log = tuple[logging.Logger, io.StringIO, logging.Handler]


def example(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Broken:
    """Cannot be made a text, and says so with a key."""

    def __str__(self) -> str:
        raise ValueError(KEY)

    __repr__ = __str__


class Holder:
    """Shows a key."""

    def __repr__(self) -> str:
        return f"Holder({KEY})"


@pytest.fixture
def log() -> Log:
    # Not one of the tree of loggers, whose records pytest takes, too.
    logger, out = logging.Logger("of.a.test"), io.StringIO()  # noqa: LOG001
    handler = logging.StreamHandler(out)
    handler.addFilter(example("log_filter").KeyFilter(skanner.Scanner()))
    logger.addHandler(handler)
    return logger, out, handler


@pytest.mark.parametrize(
    "message, arguments",
    [
        ("count %d", ["three"]),
        ("count %d", [KEY]),
        (f"count %d {KEY}", ["three"]),
        ("too many", [KEY]),
        ("too %s few %s", [KEY]),
        ("%(name)s", [{"other": KEY}]),
        ("%s", [Broken()]),
        ("%d", [Holder()]),
        (Broken(), []),
    ],
    ids=range(9),
)
def test_a_wrong_call_is_an_error_of_logging(
    log: Log, message: Any, arguments: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    logger, out, handler = log
    # Another handler with such a filter gets the same record.
    other = logging.StreamHandler(out)
    other.filters = handler.filters
    logger.addHandler(other)
    logger.error(message, *arguments)
    told = capsys.readouterr().err
    assert told.count("--- Logging error ---") == 2 and "do not fit" in told
    assert KEY not in told + out.getvalue() and out.getvalue() == ""
    if isinstance(message, str):
        assert message.replace(KEY, masked(KEY)) in told


@pytest.mark.parametrize(
    "token",
    [KEY, KEY.encode(), [KEY], {"a": {"b": KEY}}, (1, KEY), Holder(), ValueError(KEY), {KEY: 1}],
    ids=range(8),
)
def test_what_a_call_gives_as_extra_is_masked(log: Log, token: Any) -> None:
    logger, out, handler = log
    handler.setFormatter(logging.Formatter("%(message)s %(token)s %(number)r %(plain)s"))
    plain = {"a": 1}
    logger.error("a", extra={"token": token, "number": 7, "plain": plain})
    assert KEY not in out.getvalue() and KEY[12:30] not in out.getvalue()
    assert masked(KEY)[-4:] in out.getvalue() and "7 {'a': 1}" in out.getvalue()


def test_an_extra_that_cannot_be_masked_is_not_shown(log: Log) -> None:
    logger, out, handler = log
    handler.setFormatter(logging.Formatter("%(message)s %(token)s"))
    logger.error("a", extra={"token": Broken()})
    assert out.getvalue() == "a <Broken>\n"


def test_exceptions_and_stacks_are_masked(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    logger, out, _ = log
    try:
        try:
            raise ValueError(KEY)
        except ValueError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        logger.exception("failed: %s", KEY, stack_info=True)
    shown = out.getvalue()
    assert KEY not in shown and shown.count(masked(KEY)) == 2 and "RuntimeError: second" in shown
    assert "Stack (most recent call last)" in shown
    # A record that came from elsewhere.
    record = logging.makeLogRecord({"msg": "a", "levelno": 40, "exc_text": KEY, "stack_info": KEY, "exc_info": None})
    logger.handle(record)
    assert KEY not in out.getvalue() and capsys.readouterr().err == ""


class Emitted:
    """What is exported of a record."""

    def __init__(self, **fields: Any) -> None:
        logs = pytest.importorskip("opentelemetry.sdk._logs")
        export = pytest.importorskip("opentelemetry.sdk._logs.export")
        record = pytest.importorskip("opentelemetry._logs").LogRecord(**fields)
        exporter, provider = export.InMemoryLogRecordExporter(), logs.LoggerProvider()
        provider.add_log_record_processor(example("otel_processor").KeyProcessor(skanner.Scanner()))
        provider.add_log_record_processor(export.SimpleLogRecordProcessor(exporter))
        provider.get_logger("of a test").emit(record)
        [exported] = exporter.get_finished_logs()
        self.record = exported.log_record
        self.text = exported.to_json() + repr(vars(self.record)) + repr(dict(self.record.attributes))


@pytest.mark.parametrize("field", ["body", "attributes"])
@pytest.mark.parametrize(
    "value",
    [KEY, [KEY], (1, [KEY]), {"a": {"b": [KEY]}}, {KEY: 1}, f"a {KEY} b", Holder(), {"a": Holder()}],
    ids=range(8),
)
def test_opentelemetry_exports_no_key(field: str, value: Any) -> None:
    emitted = Emitted(**{field: value if field == "body" else {"a": value, "number": 7}})
    assert KEY not in emitted.text and KEY[12:30] not in emitted.text and masked(KEY)[-4:] in emitted.text


def test_opentelemetry_exports_no_key_of_an_exception() -> None:
    try:
        raise ValueError(KEY)
    except ValueError as error:
        emitted = Emitted(body="a", exception=error, event_name=f"e {KEY}", severity_text=KEY)
    assert KEY not in emitted.text
    assert emitted.record.attributes["exception.message"] == masked(KEY)
    assert masked(KEY) in emitted.record.attributes["exception.stacktrace"]


def test_opentelemetry_goes_on_with_what_cannot_be_masked() -> None:
    cycle: list[Any] = [KEY[:10]]
    cycle.append(cycle)
    processor = example("otel_processor").KeyProcessor(skanner.Scanner())
    assert processor.masked({"a": Broken(), "b": 1.5, "c": b"x"}) == {"a": "<Broken>", "b": 1.5, "c": b"x"}
    assert "<list>" in repr(processor.masked(cycle))
