"""What the scripts share: which inputs are left, and a result that a restart neither loses nor repeats.

The rows of an input go to `OUT/repository=…/INPUT.parquet`, each file in one step. Only then does `OUT/_done/INPUT` say so. Whoever
is killed before that writes the same files again.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import skanner

SCANNER = skanner.Scanner()
# What `scan_arrow` returns for the columns of generate.py, and the repository.
EMPTY = SCANNER.scan_arrow(pa.record_batch({"id": pa.array([], pa.int64()), "content": pa.array([], pa.string())}))
FOUND = EMPTY.schema.append(pa.field("repository", pa.string()))


def scan(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The findings of a batch, and what could not be read of it, with their repositories."""
    found = SCANNER.scan_arrow(batch)
    repositories = batch["repository"].take(pc.index_in(found["id"], batch["id"]))
    return found.append_column("repository", repositories).cast(FOUND)


def folders() -> tuple[Path, Path]:
    """Where the inputs are, and where the result goes."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} IN OUT")
    return Path(sys.argv[1]), Path(sys.argv[2])


def left(source: Path, out: Path) -> list[Path]:
    """The inputs that are not done."""
    inputs = sorted(source.glob("*.parquet"))
    if not inputs:
        sys.exit(f"{source} holds no *.parquet")
    return [file for file in inputs if not (out / "_done" / file.name).exists()]


def save(found: Iterable[pa.RecordBatch], file: Path, out: Path) -> None:
    """Takes the rows of an input into the result."""
    table = pa.Table.from_batches(found, FOUND)
    for repository in table["repository"].unique().to_pylist():
        rows = table.filter(pc.equal(table["repository"], repository)).drop_columns("repository")
        folder = out / f"repository={quote(repository, safe='')}"
        folder.mkdir(parents=True, exist_ok=True)
        # A name that begins with a dot is no part of the table.
        hidden = folder / f".{file.name}"
        pq.write_table(rows, hidden)
        os.replace(hidden, folder / file.name)
    (out / "_done").mkdir(parents=True, exist_ok=True)
    (out / "_done" / file.name).touch()


def scan_file(file: Path, out: Path) -> None:
    """Scans one input."""
    save((scan(batch) for batch in pq.ParquetFile(file).iter_batches(4096)), file, out)
