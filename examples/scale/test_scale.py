"""Runs the ways that take seconds, and goes on after a crash: pytest examples/scale"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
    times = [path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{done[0].name}")]
    for marker in done[1:]:
        marker.unlink()
    for result in tmp_path.glob(f"*/{done[2].name}"):
        result.rename(result.with_name(f".{result.name}"))
    for result in tmp_path.glob(f"*/{done[3].name}"):
        result.unlink()
    run(f"with_{way}.py", source, tmp_path)
    assert run("check.py", source, tmp_path) == expected
    assert times == [path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{done[0].name}")]


def test_the_check_sees_what_is_lost_or_repeated(source: Path, tmp_path: Path) -> None:
    run("with_duckdb.py", source, tmp_path)
    result = next(path for path in tmp_path.glob("repository=*/*.parquet"))
    shutil.copy(result, result.with_name("again.parquet"))
    with pytest.raises(subprocess.CalledProcessError):
        run("check.py", source, tmp_path)
    result.unlink()
    result.with_name("again.parquet").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        run("check.py", source, tmp_path)
