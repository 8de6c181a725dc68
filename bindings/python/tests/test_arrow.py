"""Batches of Arrow."""

import pytest
import skanner
from keys import masked, openai_key

pa = pytest.importorskip("pyarrow")
KEY = openai_key(1)
COLUMNS = [
    "id", "path", "kind", "rule", "confidence", "severity", "secret", "fingerprint", "archive", "encoding", "excerpt",
    "why", "line", "column", "end_line", "end_column",
]  # fmt: skip


@pytest.fixture(scope="module")
def scanner() -> skanner.Scanner:
    return skanner.Scanner()


@pytest.mark.parametrize("content", ["string", "large_string", "binary", "large_binary", "string_view", "binary_view"])
@pytest.mark.parametrize("ids", ["int64", "uint8", "string", "large_string", "string_view"])
def test_all_types_of_columns(scanner: skanner.Scanner, content: str, ids: str) -> None:
    number = "int" in ids
    texts = ["x", f"k='{KEY}' {KEY}", "", None, "y"]
    batch = pa.record_batch(
        {
            "other": pa.array([1.5] * 5),
            "id": pa.array(range(5) if number else [f"i{at}" for at in range(5)], getattr(pa, ids)()),
            "path": pa.array(["a", "b.py", None, "d", "e"]),
            "content": pa.array(
                [text if "string" in content or text is None else text.encode() for text in texts],
                getattr(pa, content)(),
            ),
        }
    )
    # A slice begins in the middle of its buffers.
    for part in [batch, batch.slice(1)]:
        found = scanner.scan_arrow(part)
        assert isinstance(found, pa.RecordBatch) and found.schema.names == COLUMNS
        found.validate(full=True)
        assert found.schema.field("id").type == batch.schema.field("id").type
        rows = found.to_pylist()
        expected = [1, 1, 3] if number else ["i1", "i1", "i3"]
        assert [row["id"] for row in rows] == expected
        assert [(row["path"], row["kind"], row["column"]) for row in rows] == [
            ("b.py", "finding", 4),
            ("b.py", "finding", 62),
            ("d", "not_scanned", None),
        ]
        assert rows[0]["secret"] == masked(KEY) and KEY not in str(rows)


def test_no_rows(scanner: skanner.Scanner) -> None:
    clean = pa.record_batch({"id": [1, 2], "content": ["a", "b"]})
    for batch in [clean, clean.slice(0, 0)]:
        found = scanner.scan_arrow(batch)
        assert found.num_rows == 0 and found.schema.names == COLUMNS
        assert found.schema == scanner.scan_arrow(pa.record_batch({"id": [1], "content": [KEY]})).schema


def test_keys_in_ids_are_masked(scanner: skanner.Scanner) -> None:
    found = scanner.scan_arrow(pa.record_batch({"id": [f"a {KEY}"], "content": [KEY]}))
    assert found.to_pydict()["id"] == [f"a {masked(KEY)}"]


def test_what_is_wrong_with_a_batch(scanner: skanner.Scanner) -> None:
    for batch, error, word in [
        (pa.record_batch({"content": ["a"]}), ValueError, "'id'|\"id\""),
        (pa.record_batch({"id": [1], "text": ["a"]}), ValueError, "content"),
        (pa.record_batch({"id": [1], "content": [1]}), TypeError, "content"),
        (pa.record_batch({"id": [1.5], "content": [KEY]}), TypeError, "id"),
        (pa.table({"id": [1], "content": ["a"]}), TypeError, "to_batches"),
        (pa.array(["a"]), TypeError, "column"),
        (pa.array([{"id": 1, "content": "a"}, None]), TypeError, "null"),
        (pa.record_batch({"id": [1], "content": pa.array(["a"]).dictionary_encode()}), TypeError, "cast"),
    ]:
        with pytest.raises(error, match=word):
            scanner.scan_arrow(batch)


@pytest.mark.parametrize("name", ["id", "path", "content"])
def test_two_columns_of_one_name_are_refused(scanner: skanner.Scanner, name: str) -> None:
    columns = {"id": [1], "path": ["a"], "content": ["a"]}
    arrays = [pa.array(values) for values in [*columns.values(), [KEY]]]
    batch = pa.RecordBatch.from_arrays(arrays, names=[*columns, name])
    with pytest.raises(ValueError, match=f'2 columns "{name}"'):
        scanner.scan_arrow(batch)
    # Others do not matter.
    other = pa.RecordBatch.from_arrays([*arrays[:3], arrays[1], arrays[1]], names=[*columns, "x", "x"])
    assert scanner.scan_arrow(other).num_rows == 0


def test_archives_that_cannot_be_read_have_rows(scanner: skanner.Scanner) -> None:
    damaged = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1])
    found = scanner.scan_arrow(pa.record_batch({"id": [7], "path": ["a.gz"], "content": [damaged]})).to_pylist()
    assert found and all(row["kind"] == "not_scanned" and row["id"] == 7 and row["why"] for row in found)
