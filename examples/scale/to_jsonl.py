"""Writes parquet as JSON Lines for `skanner filter`, by DuckDB: to_jsonl.py IN OUT"""

import duckdb
from common import folders

source, out = folders()
out.mkdir(parents=True, exist_ok=True)
for file in sorted(source.glob("*.parquet")):
    line = "json_object('id', json_object('id', id, 'repository', repository), 'path', path, 'content_base64', to_base64(content))"
    rows = f"SELECT {line} AS line FROM read_parquet('{file}')"
    # Neither quoted nor escaped: each row is a line of JSON already.
    target = out / f"{file.stem}.jsonl"
    duckdb.sql(f"COPY ({rows}) TO '{target}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\\x01')")
