"""Threads, forks and signals."""

import multiprocessing
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading

import pytest
import skanner
from keys import openai_key

SCANNER = skanner.Scanner(threads=2)


def count(seed: int) -> int:
    return len(SCANNER.scan(f"K='{openai_key(seed)}'").findings)


def count_with(scanner: skanner.Scanner, path: str) -> int:
    return len(scanner.scan(pathlib.Path(path)).findings)


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    for at in range(20):
        (tmp_path / f"{at}.py").write_text(f"K='{openai_key(at)}'")
    return tmp_path


def test_threads_share_a_scanner() -> None:
    wrong: list[int] = []

    def run(thread: int) -> None:
        texts = [f"K='{openai_key(thread * 1000 + at)}'" if at % 7 == 0 else "x" * at for at in range(300)]
        found = [len(report.findings) for report in SCANNER.scan_many(texts)]
        single = [len(SCANNER.scan(text).findings) for text in texts]
        wrong.extend(at for at in range(300) if not found[at] == single[at] == (at % 7 == 0))

    threads = [threading.Thread(target=run, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_scanner_survives_a_fork(tree: pathlib.Path) -> None:
    # The threads of the pool are running now.
    assert count_with(SCANNER, str(tree)) == 20
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(30)
            whole = count_with(SCANNER, str(tree)) == 20 and count(1) == 1
            os._exit(0 if whole else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert count_with(SCANNER, str(tree)) == 20


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pools_of_processes(method: str, tree: pathlib.Path) -> None:
    assert count_with(SCANNER, str(tree)) == 20
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(count, range(20)) == [1] * 20
        assert pool.starmap(count_with, [(SCANNER, str(tree))] * 4) == [20] * 4


def test_options_go_along() -> None:
    scanner = pickle.loads(pickle.dumps(skanner.Scanner(exclude_rules=["openai-project-key"])))
    assert scanner.scan(openai_key(1)).findings == ()


@pytest.mark.skipif(os.name == "nt", reason="signals are those of Unix")
def test_an_endless_scan_can_be_interrupted() -> None:
    code = "import itertools, skanner\nfor one in skanner.Scanner().scan_many(itertools.repeat(b'x' * 1000)): pass"
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(1)
    child.send_signal(signal.SIGINT)
    assert b"KeyboardInterrupt" in child.communicate(timeout=20)[1]
