"""What the scripts share: which inputs are left, and a result that a restart neither loses nor repeats.

The rows of an input go to `OUT/repository=…/INPUT.parquet`, each file in one step. Only then does `OUT/_done/INPUT.parquet.done` say so.
Whoever is killed before that writes the same files again. `OUT/**/*.parquet` is the whole result.
"""

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import skanner

SCANNER = skanner.Scanner()
REPOSITORY = pa.field("repository", pa.string())
# What Hive calls the partition of rows without a repository, and readers read as null.
NO_REPOSITORY = "__HIVE_DEFAULT_PARTITION__"


@cache
def found_schema(ids: pa.DataType) -> pa.Schema:
    """What `scan` returns for ids of this type: integers stay integers, and all others are texts."""
    ids = pa.int64() if pa.types.is_integer(ids) else pa.string()
    empty = pa.record_batch({"id": pa.array([], ids), "content": pa.array([], pa.string())})
    return SCANNER.scan_arrow(empty).schema.append(REPOSITORY)


def schema_of(file: Path) -> pa.Schema:
    """What `scan` returns for the batches of an input."""
    return found_schema(pq.read_schema(file).field("id").type)


def masked(column: pa.Array) -> pa.Array:
    """Integers, or texts without keys: somebody else has chosen them."""
    if pa.types.is_integer(column.type):
        return column.cast(pa.int64())
    texts = column.cast(pa.string()).to_pylist()
    return pa.array([text and SCANNER.mask(text) for text in texts], pa.string())


def scan(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The findings of a batch, and what could not be read of it, with their repositories."""
    # Ids may repeat in a batch, or be null, but no row has the number of another one.
    numbers = pa.array(range(batch.num_rows), pa.int64())
    found = SCANNER.scan_arrow(pa.record_batch({"id": numbers, "path": batch["path"], "content": batch["content"]}))
    ids, repositories = (masked(batch[name].take(found["id"])) for name in ("id", "repository"))
    # An empty name of a partition is null to some readers, and empty to others.
    is_none = pc.is_in(repositories, value_set=pa.array(["", NO_REPOSITORY]))
    repositories = pc.if_else(is_none, pa.scalar(None, pa.string()), repositories)
    schema = found_schema(batch.schema.field("id").type)
    return pa.RecordBatch.from_arrays([ids, *found.columns[1:], repositories], schema=schema)


def folders() -> tuple[Path, Path]:
    """Where the inputs are, and where the result goes."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} IN OUT")
    return Path(sys.argv[1]), Path(sys.argv[2])


def marker(file: Path, out: Path) -> Path:
    """What is there when an input is done. Whatever reads the result must not take it for a part."""
    return out / "_done" / f"{file.name}.done"


def left(source: Path, out: Path) -> list[Path]:
    """The inputs that are not done."""
    inputs = sorted(source.glob("*.parquet"))
    if not inputs:
        sys.exit(f"{source} holds no *.parquet")
    return [file for file in inputs if not marker(file, out).exists()]


def save(found: Iterable[pa.RecordBatch], file: Path, out: Path) -> None:
    """Takes the rows of an input into the result."""
    batches = list(found)
    table = pa.Table.from_batches(batches) if batches else None
    for repository in table["repository"].unique().to_pylist() if table else []:
        column = table["repository"]
        rows = table.filter(pc.is_null(column) if repository is None else pc.equal(column, repository))
        name = NO_REPOSITORY if repository is None else quote(repository, safe="")
        folder = out / f"repository={name}"
        folder.mkdir(parents=True, exist_ok=True)
        hidden = folder / f".{file.name}.part"
        pq.write_table(rows.drop_columns("repository"), hidden)
        os.replace(hidden, folder / file.name)
    marker(file, out).parent.mkdir(parents=True, exist_ok=True)
    marker(file, out).touch()


def scan_file(file: Path, out: Path) -> None:
    """Scans one input."""
    save((scan(batch) for batch in pq.ParquetFile(file).iter_batches(4096)), file, out)


def rows_of(out: Path) -> list[dict[str, Any]]:
    """The rows of a result. Repositories are texts, whatever they look like."""
    hive = ds.partitioning(pa.schema([REPOSITORY]), flavor="hive")
    parts = [str(part) for part in out.glob("repository=*/*.parquet")]
    return ds.dataset(parts, partitioning=hive, partition_base_dir=str(out)).to_table().to_pylist() if parts else []
