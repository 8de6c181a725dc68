"""Whether a result holds every planted key once, under its repository: check.py IN OUT"""

import json
import sys
from collections import Counter

import pyarrow.parquet as pq
from common import folders, rows_of

source, out = folders()
planted: Counter = Counter()
for file in source.glob("*.parquet"):
    for batch in pq.ParquetFile(file).iter_batches(4096, columns=["id", "repository", "content"]):
        rows = batch.to_pylist()
        planted.update((row["id"], row["repository"]) for row in rows if b"api_key = " in row["content"])
lines = [line for file in out.glob("*.jsonl") for line in file.read_text().splitlines()]
if lines:
    about = [json.loads(line) for line in lines]
    of_ids = [line for line in about if "id" in line]
    found = Counter((line["id"]["id"], line["id"]["repository"]) for line in of_ids for _ in line.get("findings", ()))
    unread = sum(line["summary"]["errors"] for line in about if "summary" in line)
else:
    rows = rows_of(out)
    found = Counter((row["id"], row["repository"]) for row in rows if row["kind"] == "finding")
    unread = len(rows) - sum(found.values())
counts = {"planted": planted, "found": found, "missing": planted - found, "extra": found - planted}
print(", ".join(f"{sum(count.values())} {what}" for what, count in counts.items()) + f", {unread} not read")
sys.exit(planted != found or unread > 0)
