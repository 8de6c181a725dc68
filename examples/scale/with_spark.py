"""PySpark passes batches of Arrow to the engine: with_spark.py IN OUT"""

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
from common import folders, left, save, scan, schema_of
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

os.environ["PYSPARK_PYTHON"] = sys.executable
# Its processes import what stands beside this file.
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path])


def scan_all(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    return map(scan, batches)


def main() -> None:
    source, out = folders()
    config = {"spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
    config["spark.sql.execution.arrow.maxRecordsPerBatch"] = "4096"
    spark = SparkSession.builder.master("local[2]").config(map=config).getOrCreate()

    def scan_file(file):
        schema = schema_of(file)
        rows = spark.read.parquet(str(file)).mapInArrow(scan_all, from_arrow_schema(schema))
        save(rows.toArrow().cast(schema).to_batches(), file, out)

    # Each input is a job, so that what is done is done; two at a time.
    with ThreadPoolExecutor(2) as jobs:
        list(jobs.map(scan_file, left(source, out)))
    spark.stop()


if __name__ == "__main__":
    main()
