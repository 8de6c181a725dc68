"""Writes blobs with planted keys as parquet, the same for the same seed: generate.py FOLDER [--blobs N] [--keys N]

No file of this project holds a key, so they are made here from a shape.
"""

import argparse
import random
import string
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

WORDS = [
    "let",
    "fn",
    "return",
    "self",
    "value",
    "import",
    "def",
    "for",
    "in",
    "if",
    "x = 1",
    "0x1f",
    "None",
    "print()",
    "# note",
]
SCHEMA = pa.schema([("id", pa.int64()), ("repository", pa.string()), ("path", pa.string()), ("content", pa.binary())])


def key(chosen: random.Random) -> str:
    """A key of the shape `sk-proj-{B:20}T3BlbkFJ{B:20}`."""
    halves = ["".join(chosen.choices(string.ascii_letters + string.digits, k=20)) for _ in range(2)]
    return "-".join(["sk", "proj", "T3BlbkFJ".join(halves)])


def pool(seed: int = 0) -> str:
    """A text that blobs are cut out of."""
    chosen = random.Random(seed)
    return "\n".join(" ".join(chosen.choices(WORDS, k=9)) for _ in range(30_000))


def blobs(ids: range, step: int, text: str) -> Iterator[tuple[int, str, str, bytes]]:
    """Blobs of 400 to 2,000 bytes. Those whose id can be divided by `step` hold a key. Repositories have nothing to do with that."""
    for at in ids:
        chosen = random.Random(at)
        start = chosen.randrange(len(text) - 2000)
        content = text[start : start + chosen.randrange(400, 2000)]
        if at % step == 0:
            content = f"{content}\napi_key = '{key(chosen)}'\n"
        yield at, f"owner/repo-{chosen.randrange(100):02}", f"src/file_{at % 977}.py", content.encode()


def batch(ids: range, step: int, text: str) -> pa.RecordBatch:
    columns = list(zip(*blobs(ids, step, text)))
    return pa.record_batch([pa.array(column, field.type) for column, field in zip(columns, SCHEMA)], schema=SCHEMA)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--blobs", type=int, default=100_000)
    arguments.add_argument("--keys", type=int, default=200)
    arguments.add_argument("--files", type=int, default=8)
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    text, size = pool(), -(-given.blobs // given.files)
    for number in range(given.files):
        ids = range(number * size, min((number + 1) * size, given.blobs))
        with pq.ParquetWriter(given.folder / f"blobs-{number:03}.parquet", SCHEMA) as writer:
            for start in range(ids.start, ids.stop, 5000):
                part = range(start, min(start + 5000, ids.stop))
                writer.write_batch(batch(part, given.blobs // given.keys, text))


if __name__ == "__main__":
    main()
