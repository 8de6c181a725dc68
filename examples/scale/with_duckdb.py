"""DuckDB reads, and the engine scans what it streams: with_duckdb.py IN OUT"""

import duckdb
from common import folders, left, save, scan

source, out = folders()
for file in left(source, out):
    rows = duckdb.sql("SELECT id, repository, path, content FROM read_parquet(?)", params=[str(file)])
    save((scan(batch) for batch in rows.to_arrow_reader(4096)), file, out)
