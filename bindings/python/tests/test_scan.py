"""What scans return, and what they raise."""

import array
import collections
import inspect
import io
import json
import pathlib
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Union

import pytest
import skanner
from keys import masked, openai_key


@pytest.fixture(scope="module")
def scanner() -> skanner.Scanner:
    return skanner.Scanner()


def places(report: skanner.Report) -> list[tuple[str, str, int, int]]:
    return [(one.rule, place.path, place.line, place.column) for one in report.findings for place in one.occurrences]


@pytest.mark.parametrize("kind", ["bytes", "str", "bytearray", "memoryview", "path"])
def test_every_kind_of_content_leads_to_the_same_finding(
    scanner: skanner.Scanner, tmp_path: pathlib.Path, kind: str
) -> None:
    text = f"a\nKEY='{openai_key(1)}'\n"
    file = tmp_path / "a.py"
    file.write_text(text)
    if kind == "path":
        report = scanner.scan(file)
    else:
        contents: dict[str, Union[str, bytes, bytearray, memoryview]] = {
            "bytes": text.encode(),
            "str": text,
            "bytearray": bytearray(text.encode()),
            "memoryview": memoryview(text.encode()),
        }
        report = scanner.scan(contents[kind], name=str(file))
    assert places(report) == [("openai-project-key", str(file), 2, 6)]
    assert report.is_complete and report.scanned.files == 1 and report.scanned.bytes == len(text)
    assert report.findings[0].secret == masked(openai_key(1))


def test_a_report_is_that_of_the_program(scanner: skanner.Scanner) -> None:
    report = scanner.scan(f"K={openai_key(2)}", name="a.env")
    document = json.loads(report.to_json())
    assert document["schema"] == 1 and document["tool"]["name"] == "skanner"
    assert report.to_dict() == document
    [finding] = report.findings
    assert finding.to_dict() == document["findings"][0]
    # Each field of a class is one of the document, under the same name.
    for view, fields in [
        (finding, document["findings"][0]),
        (finding.occurrences[0], document["findings"][0]["occurrences"][0]),
        (finding.remedy, document["findings"][0]["remedy"]),
        (report.scanned, document["scanned"]),
    ]:
        for name, value in fields.items():
            if isinstance(value, (str, int)) and hasattr(view, name):
                assert getattr(view, name) == value
    assert finding.issuer == "OpenAI" and finding.remedy.revoke_url.startswith("https://")


@pytest.mark.parametrize("text", ["", "nothing", "x" * 5000, "汉" * 2000])
def test_a_clean_text_has_a_whole_report(scanner: skanner.Scanner, text: str) -> None:
    report = scanner.scan(text)
    size = len(text.encode())
    assert (report.findings, report.is_complete, report.not_scanned, report.suppressed) == ((), True, (), 0)
    assert report.to_dict()["scanned"] == {"files": 1, "blobs": 0, "commits": 0, "tags": 0, "bytes": size}
    assert report == pickle.loads(pickle.dumps(report)) and report != scanner.scan(text + "x")
    assert json.loads(report.to_json()) == report.to_dict()


def test_nothing_shows_a_key(scanner: skanner.Scanner) -> None:
    key = openai_key(3)
    report = scanner.scan(f"K={key}", name=f"{key}.txt")
    [finding] = report.findings
    shown = [report, finding, *finding.occurrences, finding.remedy, report.scanned]
    text = "".join(repr(one) + str(one) + str(one.to_dict()) for one in shown) + report.to_json()
    assert key not in text and key[12:30] not in text
    assert key.encode() not in pickle.dumps(report)


def nested(value: Any) -> Iterator[Any]:
    """A value, and all that it contains that has parts."""
    if not isinstance(value, (str, int, type(None))):
        yield value
        for part in value.values() if hasattr(value, "values") else value:
            yield from nested(part)


def test_results_are_values(scanner: skanner.Scanner) -> None:
    report = scanner.scan(f"K={openai_key(4)}", name="a")
    [finding] = report.findings
    for one in [report, finding, finding.occurrences[0], finding.remedy, report.scanned]:
        copy = pickle.loads(pickle.dumps(one))
        assert copy == one and hash(copy) == hash(one) and type(copy) is type(one)
        with pytest.raises(AttributeError):
            setattr(one, "rule", "x")
        with pytest.raises(AttributeError):
            del one._fields
        for fields in nested(one._fields):
            with pytest.raises(TypeError):
                fields["secret"] = "x"
        assert json.loads(json.dumps(copy.to_dict())) == one.to_dict() == copy.to_dict()
        assert repr(copy) == repr(one)
    finding.to_dict()["rule"] = "x"
    assert finding.rule == "openai-project-key"
    with pytest.raises(TypeError, match="is_complete"):
        bool(report)
    with pytest.raises(AttributeError, match="no attribute 'finding'"):
        report.finding  # type: ignore[attr-defined]


def test_what_cannot_be_read_is_in_the_report(scanner: skanner.Scanner, tmp_path: pathlib.Path) -> None:
    for report in [
        scanner.scan(bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]), name="cut.gz"),
        scanner.scan(tmp_path / "none"),
        scanner.scan_repository(tmp_path),
    ]:
        assert not report.is_complete and report.findings == () and report.not_scanned[0].why


def test_archives_comments_and_encodings_count(scanner: skanner.Scanner) -> None:
    key = openai_key(5)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in/a.env", f"K={key}")
    [place] = scanner.scan(packed.getvalue(), name="a.zip").findings[0].occurrences
    assert (place.path, place.archive, place.source) == ("a.zip", "in/a.env", "stdin")
    [place] = scanner.scan("K=" + key.replace("-", "%2D")).findings[0].occurrences
    assert place.encoding == ("percent",)
    comment = ":".join(["skanner", "allow"])
    assert scanner.scan(f"K={key} # {comment}").suppressed == 1
    assert len(skanner.Scanner(allow_comments=False).scan(f"K={key} # {comment}").findings) == 1


def test_a_repository_is_read_with_its_history(scanner: skanner.Scanner, tmp_path: pathlib.Path) -> None:
    def git(*arguments: str) -> None:
        user = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *user, *arguments], cwd=tmp_path, check=True, capture_output=True)

    file = tmp_path / "a.py"
    git("init", "-q")
    for text in [f"K='{openai_key(6)}'", "K=None"]:
        file.write_text(text)
        git("add", ".")
        git("commit", "-qm", "one")
    assert scanner.scan(file).findings == ()
    [finding] = scanner.scan_repository(tmp_path).findings
    assert finding.history is not None and not finding.history.at_head
    assert finding.history.introduced is not None and finding.history.introduced.path == "a.py"


MISTAKES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"min_confidence": "sure"}, ValueError, 'min_confidence must be one of .*, not "sure"'),
    ({"min_confidence": 3}, TypeError, "min_confidence must be a str, not int"),
    ({"families": ["x"]}, ValueError, 'families must be one of .*, not "x"'),
    ({"families": "sk"}, TypeError, "families must be a list of str, not str: put it into a list"),
    ({"families": []}, ValueError, "families is empty"),
    ({"rules": ["no-such-rule"]}, ValueError, "^rules: there is no rule `no-such-rule`"),
    ({"rules": "no-such-rule"}, TypeError, "rules must be a list of str, not str: put it into a list"),
    ({"rules": b"no-such-rule"}, TypeError, "rules must be a list of str, not bytes"),
    ({"rules": 3}, TypeError, "rules must be a list of str, not int"),
    ({"rules": ["uuid-key", 3]}, TypeError, "item 1 of rules must be a str, not int"),
    ({"rules": ()}, ValueError, "rules is empty"),
    ({"rules": ["openai-project-key"], "families": ["ai"]}, ValueError, "^rules: .* which families excludes"),
    ({"exclude_rules": ["no-such-rule"]}, ValueError, "^exclude_rules: there is no rule"),
    ({"exclude_rules": "no-such-rule"}, TypeError, "exclude_rules must be a list of str, not str"),
    ({"config": "/no/such/file"}, ValueError, "/no/such/file"),
    ({"config": 3}, TypeError, "config must be a str or a path such as pathlib.Path, not int"),
    ({"allow_comments": None}, TypeError, "allow_comments must be True or False, not None"),
    ({"read_ignored": 1}, TypeError, "read_ignored must be True or False, not int"),
    ({"threads": -1}, ValueError, "threads cannot be -1"),
    ({"threads": "2"}, TypeError, "threads must be an int, or None for one per processor, not str"),
]


@pytest.mark.parametrize("options, error, text", MISTAKES)
def test_mistakes_say_what_is_wrong(options: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text) as raised:
        skanner.Scanner(**options)
    assert isinstance(raised.value, TypeError) != isinstance(raised.value, skanner.ConfigurationError)
    assert "--" not in str(raised.value) and "`Vec`" not in str(raised.value)


class Unusual:
    """Raises what is not ours to hide."""

    def __iter__(self) -> Iterator[str]:
        raise KeyError("own")

    def __fspath__(self) -> str:
        raise KeyError("own")


@pytest.mark.parametrize("option", ["rules", "config"])
def test_errors_of_others_are_passed_on(option: str) -> None:
    options: dict[str, Any] = {option: Unusual()}
    with pytest.raises(KeyError, match="own"):
        skanner.Scanner(**options)


def test_wrong_types_are_type_errors(scanner: skanner.Scanner) -> None:
    untyped: Any = scanner
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: untyped.scan(7), "not int"),
        (lambda: untyped.scan(None), "not None"),
        (lambda: untyped.scan("a", name=3), "name must be a str, not int"),
        (lambda: untyped.scan("a", name=pathlib.PurePosixPath("x")), r"name must be a str, not PurePosixPath; str\(\)"),
        (lambda: untyped.scan(pathlib.Path("a"), name="b"), "own name"),
        (lambda: untyped.scan_repository(3), "path must be a str or a path such as pathlib.Path, not int"),
        (lambda: untyped.mask(7), "not int"),
        (lambda: untyped.scan_many(7), "iterable of contents, such as a list, not int"),
        (lambda: untyped.scan_arrow(7), "RecordBatch"),
        (lambda: skanner.Scanner("likely"), "positional"),  # type: ignore[call-arg]
    ]
    for call, text in calls:
        with pytest.raises(TypeError, match=text):
            call()


class Frame:
    """A table that gives the names of its columns."""

    __dataframe__ = None

    def __iter__(self) -> Iterator[str]:
        return iter(["content"])


ONE = "is one (text|content): put it into a list"


@pytest.mark.parametrize(
    "contents, text",
    [
        ("abc", "str " + ONE),
        (b"abc", "bytes " + ONE),
        (bytearray(b"abc"), "bytearray " + ONE),
        (memoryview(b"abc"), "memoryview " + ONE),
        (array.array("B", [1]), "array " + ONE),
        (pathlib.PurePosixPath("a"), "PurePosixPath " + ONE),
        ({"a": "b"}, "dict: pass .items()"),
        (collections.ChainMap({"a": "b"}), "ChainMap: pass .items()"),
        (Frame(), "rows of Frame: pass a column"),
    ],
)
def test_what_is_no_iterable_of_contents_is_refused(scanner: skanner.Scanner, contents: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        scanner.scan_many(contents)


@pytest.mark.parametrize(
    "item, text",
    [
        (("a", "b", "c"), "a tuple of 3: it must be a content, or a pair of a name and a content"),
        ((), "a tuple of 0"),
        ((pathlib.PurePosixPath("a"), "b"), "has a name that is PurePosixPath"),
        ((None, "b"), "has a name that is None"),
        (("a", 3), "bytes, str or a path such as pathlib.Path, not int"),
        (["a", "b"], "not list"),
    ],
)
def test_a_wrong_item_is_named_by_its_index(scanner: skanner.Scanner, item: Any, text: str) -> None:
    for before in [0, 2, 300]:
        reports = scanner.scan_many(iter(["x"] * before + [item]))
        for _ in range(before):
            next(reports)
        with pytest.raises(TypeError, match=f"^item {before} of scan_many.*{text}"):
            next(reports)


def test_items_of_a_dict_are_pairs(scanner: skanner.Scanner) -> None:
    [report] = scanner.scan_many({"a.py": f"K='{openai_key(1)}'"}.items())
    assert places(report)[0][1] == "a.py"


def test_an_iterable_cannot_ask_for_its_own_reports(scanner: skanner.Scanner) -> None:
    def contents() -> Iterator[str]:
        yield "x"
        next(reports)

    reports = scanner.scan_many(contents())
    assert next(reports).is_complete
    with pytest.raises(ValueError, match="for another thread or for its own iterable"):
        next(reports)


def test_names_need_not_be_unicode(scanner: skanner.Scanner) -> None:
    text = f"K='{openai_key(1)}'"
    for report in [scanner.scan(text, name="\udcff.py"), *scanner.scan_many([("\udcff.py", text)])]:
        assert len(report.findings) == 1


def test_what_is_not_given_is_as_the_file_says(tmp_path: pathlib.Path) -> None:
    """Each option that a file can set, too: in the file, and then in spite of it."""
    file = tmp_path / "skanner.toml"
    # A key of no issuer.
    weak = "-".join(["sk", openai_key(1)[-20:] + openai_key(2)[-20:]])
    sure = f"K='{openai_key(7)}'"
    possible = skanner.Scanner(min_confidence="possible").scan(weak)
    assert possible.findings and possible.findings[0].confidence == "possible"
    assert not skanner.Scanner().scan(weak).findings

    def check(config: str, text: str, given: dict[str, Any], findings: int, shown: str) -> None:
        file.write_text(config)
        scanner = skanner.Scanner(config=file, **given)
        for one in [scanner, pickle.loads(pickle.dumps(scanner))]:
            assert len(one.scan(text).findings) == findings, (config, given)
            assert shown in repr(one)

    rule, other = "openai-project-key", "anthropic-api-key"
    rows: list[tuple[str, str, dict[str, Any], int, str]] = [
        ("", weak, {}, 0, "min_confidence='likely'"),
        ("min-confidence = 'possible'", weak, {}, 1, "min_confidence='possible'"),
        ("min-confidence = 'possible'", weak, {"min_confidence": None}, 1, "min_confidence='possible'"),
        ("min-confidence = 'possible'", weak, {"min_confidence": "likely"}, 0, "min_confidence='likely'"),
        ("min-confidence = 'certain'", weak, {"min_confidence": "possible"}, 1, "min_confidence='possible'"),
        ("families = ['ai']", sure, {}, 0, "families=['ai']"),
        ("families = ['ai']", sure, {"families": {"sk"}}, 1, "families=['sk']"),
        (f"rules = ['{other}']", sure, {}, 0, f"rules=['{other}']"),
        (f"rules = ['{other}']", sure, {"rules": iter([rule])}, 1, f"rules=['{rule}']"),
        (f"exclude-rules = ['{rule}']", sure, {}, 0, f"exclude_rules=['{rule}']"),
        (f"exclude-rules = ['{rule}']", sure, {"exclude_rules": (other,)}, 1, f"exclude_rules=['{other}']"),
        (f"exclude-rules = ['{rule}']", sure, {"exclude_rules": []}, 1, "Scanner(min_confidence='likely', config="),
    ]
    for row in rows:
        check(*row)


def test_what_leaves_keys_out_has_the_name_of_the_option() -> None:
    report = skanner.Scanner(exclude_rules=["openai-project-key"]).scan(openai_key(1))
    assert report.left_out == {"exclude_rules": 1}


def test_the_help_and_the_documentation_tell_of_every_option() -> None:
    options = [name for name in inspect.signature(skanner.Scanner).parameters]
    assert len(options) == 8
    documented = (pathlib.Path(__file__).parents[3] / "docs/python.md").read_text(encoding="utf-8")
    help_text = inspect.getdoc(skanner.Scanner) or ""
    for option in options:
        assert f"\n{option}: " in help_text
        assert f"`{option}`" in documented
    for method in ["scan", "scan_many", "scan_arrow", "scan_repository", "mask"]:
        assert len(inspect.getdoc(getattr(skanner.Scanner, method)) or "") > 50


def test_options_are_those_of_the_program(tmp_path: pathlib.Path) -> None:
    text = f"K='{openai_key(7)}'"

    def count(**options: Any) -> int:
        return len(skanner.Scanner(**options).scan(text).findings)

    assert count(rules=["openai-project-key"]) == count(families=["sk"]) == count(min_confidence="certain") == 1
    assert count(exclude_rules=["openai-project-key"]) == count(families=["ai"]) == 0
    config = tmp_path / "skanner.toml"
    config.write_text('[[allow]]\nvalues = ["sk-proj-*"]\nreason = "a test"\n')
    assert skanner.Scanner(config=config).scan(text).suppressed == 1


def test_a_panic_is_an_error() -> None:
    with pytest.raises(skanner.InternalError, match="failed at .*failure.rs") as raised:
        skanner._native.fail()
    assert isinstance(raised.value, Exception) and "quote" not in str(raised.value)


def test_a_panic_prints_nothing() -> None:
    code = "import skanner\ntry: skanner._native.fail()\nexcept skanner.Error: pass"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == done.stderr == b""


def test_many_are_scanned_as_they_come(scanner: skanner.Scanner, tmp_path: pathlib.Path) -> None:
    taken = 0
    file = tmp_path / "a"
    file.write_text(openai_key(8))

    def contents() -> Iterator[Any]:
        nonlocal taken
        while True:
            taken += 1
            if taken == 3:
                yield "named.py", f"K='{openai_key(9)}'"
            elif taken == 5:
                yield file
            else:
                yield b"x"

    reports = scanner.scan_many(contents())
    assert taken == 0
    found = [len(next(reports).findings) for _ in range(6)]
    assert found == [0, 0, 1, 0, 1, 0] and taken < 1000, "an endless iterable is read in parts"


def test_an_error_of_an_iterable_comes_behind_what_it_gave(scanner: skanner.Scanner) -> None:
    def contents() -> Iterator[bytes]:
        yield b"a"
        yield b"b"
        raise KeyboardInterrupt

    reports = scanner.scan_many(contents())
    assert next(reports).is_complete and next(reports).is_complete
    with pytest.raises(KeyboardInterrupt):
        next(reports)
    with pytest.raises(StopIteration):
        next(reports)


def test_lone_surrogates_are_read(scanner: skanner.Scanner) -> None:
    text = f"\udcff k='{openai_key(10)}'"
    assert len(scanner.scan(text).findings) == 1
    assert scanner.mask(text) == f"\udcff k='{masked(openai_key(10))}'"


def test_the_import_is_quick_and_brings_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import skanner; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    brought = {name.split(".")[0] for name in done.stdout.split()}
    assert brought <= {"skanner", "__future__"}, brought
