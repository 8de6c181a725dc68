"""Writes parquet as JSON Lines for `skanner filter`, by DuckDB: to_jsonl.py IN OUT"""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from common import folders

source, out = folders()
out.mkdir(parents=True, exist_ok=True)
for file in sorted(source.glob("*.parquet")):
    is_bytes = pa.types.is_binary(pq.read_schema(file).field("content").type)
    content = f"to_base64({'content' if is_bytes else 'encode(content)'})"
    line = (
        f"json_object('id', json_object('id', id, 'repository', repository), 'path', path, 'content_base64', {content})"
    )
    rows = f"SELECT {line} AS line FROM read_parquet('{file}')"
    # Neither quoted nor escaped: each row is a line of JSON already.
    target = out / f"{file.stem}.jsonl"
    duckdb.sql(f"COPY ({rows}) TO '{target}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\\x01')")
