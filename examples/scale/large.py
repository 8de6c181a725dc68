"""Ten million blobs (11 GB), which are made on the way: large.py spark|ray OUT [BLOBS]

Each chunk is an input of its own, so a run that was killed goes on behind the last one. The memory of all processes is in OUT/memory.csv:
seconds, chunks that are done, and the sum of the private memory of each process in MB. At the end, the result is checked.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from common import found_schema, marker, rows_of, save, scan
from generate import SCHEMA, batch, blobs, pool

CHUNK, STEP = 100_000, 500
TEXT, FOUND = pool(), found_schema(pa.int64())


def made(ids: pa.RecordBatch) -> pa.RecordBatch:
    """The blobs with these ids, which follow each other."""
    first = ids["id"][0].as_py()
    return batch(range(first, first + ids.num_rows), STEP, TEXT)


def memory() -> float:
    """The private memory of this process and of all that it has started, in MB."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    own, found = {os.getpid()}, 0
    while len(own) > found:
        found = len(own)
        own |= {process for process, parent in parents.items() if parent in own}
    total = 0
    for process in own:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
        except OSError:
            pass
    return total / 1024


def watch(out: Path) -> None:
    start = time.monotonic()
    with (out / "memory.csv").open("a", buffering=1) as log:
        while True:
            done = len(list((out / "_done").glob("*")))
            log.write(f"{time.monotonic() - start:.0f},{done},{memory():.0f}\n")
            time.sleep(5)


def spark() -> Callable[[int], Iterable[pa.RecordBatch]]:
    from pyspark.sql import SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema

    def make(ids: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return map(made, ids)

    def find(blobs: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return map(scan, blobs)

    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Its processes import what stands beside this file.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    config = {"spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false", "spark.driver.memory": "2g"}
    config["spark.sql.execution.arrow.maxRecordsPerBatch"] = "4096"
    session = SparkSession.builder.master("local[2]").config(map=config).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    made_schema, schema = from_arrow_schema(SCHEMA), from_arrow_schema(FOUND)

    def chunk(start: int) -> Iterable[pa.RecordBatch]:
        ids = session.range(start, start + CHUNK, numPartitions=2)
        # Spark takes the blobs from one process of Python and gives them to another.
        return ids.mapInArrow(make, made_schema).mapInArrow(find, schema).toArrow().cast(FOUND).to_batches()

    return chunk


def with_ray() -> Callable[[int], Iterable[pa.RecordBatch]]:
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=1 << 30)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False

    def make(ids: pa.Table) -> pa.Table:
        return pa.Table.from_batches(map(made, ids.to_batches()))

    def find(blobs: pa.Table) -> pa.Table:
        return pa.Table.from_batches(map(scan, blobs.to_batches()), FOUND)

    def chunk(start: int) -> Iterable[pa.RecordBatch]:
        ids = ray.data.range(CHUNK, override_num_blocks=8)
        moved = ids.map_batches(lambda ids: {"id": ids["id"] + start}, batch_size=None)
        blobs = moved.map_batches(make, batch_format="pyarrow", batch_size=None)
        # Another number of processors keeps Ray from running both in one task, so that blobs go through its store.
        tables = blobs.map_batches(find, batch_format="pyarrow", batch_size=4096, num_cpus=0.9).iter_batches(
            batch_format="pyarrow", batch_size=None
        )
        return [part for table in tables if table.num_rows for part in table.cast(FOUND).to_batches()]

    return chunk


def main() -> None:
    way, out = sys.argv[1], Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000
    (out / "_done").mkdir(parents=True, exist_ok=True)
    threading.Thread(target=watch, args=(out,), daemon=True).start()
    chunk = {"spark": spark, "ray": with_ray}[way]()
    for start in range(0, count, CHUNK):
        name = Path(f"chunk-{start:012}.parquet")
        if not marker(name, out).exists():
            save(chunk(start), name, out)
    found = sorted((row["id"], row["repository"]) for row in rows_of(out))
    expected = [(at, repository) for at, repository, _, _ in blobs(range(0, count, STEP), STEP, TEXT)]
    verdict = "as expected" if found == expected else "WRONG"
    print(f"{count} blobs, {len(expected)} planted, {len(found)} found, {verdict}")
    sys.exit(found != expected)


if __name__ == "__main__":
    main()
