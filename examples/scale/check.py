"""Whether a result holds every planted key once: check.py IN OUT"""

import json
import sys

import pyarrow.dataset as ds
import pyarrow.parquet as pq
from common import folders

source, out = folders()
planted = []
for file in source.glob("*.parquet"):
    for batch in pq.ParquetFile(file).iter_batches(4096, columns=["id", "content"]):
        rows = zip(batch["id"].to_pylist(), batch["content"].to_pylist())
        planted += [at for at, content in rows if b"api_key = " in content]
lines = [line for file in out.glob("*.jsonl") for line in file.read_text().splitlines()]
if lines:
    about = [json.loads(line) for line in lines]
    found = [line["id"]["id"] for line in about if "id" in line for _ in line.get("findings", ())]
    unread = sum(line["summary"]["errors"] for line in about if "summary" in line)
else:
    table = ds.dataset(out, partitioning="hive", exclude_invalid_files=False).to_table()
    rows = table.select(["id", "kind"]).to_pylist()
    found = [row["id"] for row in rows if row["kind"] == "finding"]
    unread = len(rows) - len(found)
missing, extra = set(planted) - set(found), set(found) - set(planted)
print(f"{len(planted)} planted, {len(found)} found, {len(missing)} missing, {len(extra)} extra, {unread} not read")
sys.exit(sorted(found) != sorted(planted) or unread > 0)
