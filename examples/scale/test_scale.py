"""Runs the ways that take seconds, and goes on after a crash: pytest examples/scale"""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from common import NO_REPOSITORY, rows_of
from generate import key

HERE = Path(__file__).parent
# `just scale` names the others, too.
WAYS = os.environ.get("SKANNER_SCALE", "duckdb dask").split()
BLOBS, KEYS, FILES = 4000, 40, 4


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, HERE / script, *arguments]
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("in")
    run("generate.py", folder, "--blobs", BLOBS, "--keys", KEYS, "--files", FILES)
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_a_restart_loses_and_repeats_nothing(way: str, source: Path, tmp_path: Path) -> None:
    expected = f"{KEYS} planted, {KEYS} found, 0 missing, 0 extra, 0 not read\n"
    run(f"with_{way}.py", source, tmp_path)
    assert run("check.py", source, tmp_path) == expected
    # The first input is done, the second is written but not marked as done, the third was cut off, and the fourth is not begun.
    done = sorted((tmp_path / "_done").iterdir())
    assert len(done) == FILES
    names = [marker.name.removesuffix(".done") for marker in done]
    times = [path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{names[0]}")]
    assert times
    for marker in done[1:]:
        marker.unlink()
    for result in tmp_path.glob(f"*/{names[2]}"):
        result.rename(result.with_name(f".{result.name}.part")).write_bytes(b"PAR1")
    for result in tmp_path.glob(f"*/{names[3]}"):
        result.unlink()
    # What was cut off is no part of the result.
    assert by_duckdb(tmp_path)
    run(f"with_{way}.py", source, tmp_path)
    assert run("check.py", source, tmp_path) == expected
    assert times == [path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{names[0]}")]
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_the_check_sees_what_is_lost_or_repeated(source: Path, tmp_path: Path) -> None:
    run("with_duckdb.py", source, tmp_path)
    result = next(path for path in tmp_path.glob("repository=*/*.parquet"))
    shutil.copy(result, result.with_name("again.parquet"))
    with pytest.raises(subprocess.CalledProcessError):
        run("check.py", source, tmp_path)
    again = result.with_name("again.parquet")
    # Under a repository that it is not of.
    other = next(path for path in tmp_path.glob("repository=*") if path != result.parent)
    again.rename(other / "again.parquet")
    result.unlink()
    with pytest.raises(subprocess.CalledProcessError) as raised:
        run("check.py", source, tmp_path)
    moved = pq.read_metadata(other / "again.parquet").num_rows
    assert raised.value.stdout == f"{KEYS} planted, {KEYS} found, {moved} missing, {moved} extra, 0 not read\n"
    (other / "again.parquet").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        run("check.py", source, tmp_path)


def by_duckdb(out: Path) -> list[tuple[Any, ...]]:
    """The rows of a result, by the query of README.md."""
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    table = re.search(r"read_parquet\([^)]*\)", readme)
    assert table is not None
    rows = table[0].replace("found/", f"{out}/")
    return duckdb.sql(f"SELECT id, repository, path, kind FROM {rows}").fetchall()


def test_keys_are_in_many_repositories(source: Path, tmp_path: Path) -> None:
    run("with_duckdb.py", source, tmp_path)
    assert len({row[1] for row in by_duckdb(tmp_path)}) > KEYS / 2


KEY = key(random.Random(1))
REPOSITORIES = ["owner/a", None, "owner/a", "", "0012", "2024-01-01", "é%2F= x", NO_REPOSITORY, f"r {KEY}", "owner/b"]
IDS = {
    "int64": [7, 7, None, 9, 9, 9, -1, 2, 3, 7],
    "uint8": [7, 7, None, 9, 9, 9, 1, 2, 3, 7],
    "string": ["7", "7", None, "é", "é", "", "x", "y", f"i {KEY}", "7"],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("ids, content", [("int64", "binary"), ("uint8", "string"), ("string", "string")])
def test_ids_and_repositories_may_be_anything(way: str, ids: str, content: str, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    texts = [f"k = '{KEY}'"] * 9 + [None]
    columns = {
        "id": pa.array(IDS[ids], getattr(pa, ids)()),
        "repository": pa.array(REPOSITORIES),
        "path": pa.array([f"{at}.py" for at in range(10)]),
        "content": pa.array([text and text.encode() for text in texts]).cast(getattr(pa, content)()),
    }
    pq.write_table(pa.table(columns), source / "a.parquet")
    # And an input without rows, and one without findings.
    pq.write_table(pa.table(columns).slice(0, 0), source / "b.parquet")
    clean = pa.array([b"x"] * 10).cast(getattr(pa, content)())
    pq.write_table(pa.table({**columns, "content": clean}), source / "c.parquet")
    run(f"with_{way}.py", source, out)

    def masked(value: Any) -> Any:
        return value.replace(KEY, f"sk-proj-…{KEY[-4:]}") if isinstance(value, str) else value

    none = {None, "", NO_REPOSITORY}
    expected = [
        (
            masked(one),
            None if repository in none else masked(repository),
            f"{at}.py",
            "finding" if text else "not_scanned",
        )
        for at, (one, repository, text) in enumerate(zip(IDS[ids], REPOSITORIES, texts))
    ]
    by_pyarrow = [tuple(row[name] for name in ["id", "repository", "path", "kind"]) for row in rows_of(out)]
    for found in [by_pyarrow, by_duckdb(out)]:
        assert sorted(found, key=repr) == sorted(expected, key=repr)
