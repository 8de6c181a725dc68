"""What the scripts beside this file share: running commands, tools of their own, made-up keys, and the parts of a script."""

import os
import random
import re
import shutil
import string
import subprocess
import sys
import time
import venv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXE = ".exe" if os.name == "nt" else ""
MANIFEST = (ROOT / "Cargo.toml").read_text()
VERSION = re.search(r'^version = "(.+)"', MANIFEST, re.MULTILINE)[1]
REPOSITORY = re.search(r'^repository = "(.+)"', MANIFEST, re.MULTILINE)[1]


class Skip(Exception):
    """What this machine cannot do, and why."""


def run(*command, code=0, **options):
    """Runs a command and returns what it prints; another exit code is a failure."""
    options = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
    done = subprocess.run([str(part) for part in command], check=False, **options)
    if done.returncode != code:
        shown = " ".join(map(str, command))
        said = f"{done.stdout or ''}{done.stderr or ''}"
        raise RuntimeError(f"{shown}: exit code {done.returncode}, not {code}\n{said}")
    return (done.stdout or "").strip()


def check(holds, message):
    if not holds:
        raise RuntimeError(message)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


@cache
def tools(folder, packages):
    """The programs of a virtual environment, which is made if it is not there or has other versions."""
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    stamp = folder / "tools"
    if not stamp.exists() or stamp.read_text().split() != list(packages):
        venv.create(folder, with_pip=True, clear=True)
        run(binaries / f"python{EXE}", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
        stamp.write_text("\n".join(packages))
    return binaries


def scrubbed(home, **more):
    """An environment without anything of the user's, for a program that is tried out."""
    kept = {name: os.environ[name] for name in ["PATH", "SYSTEMROOT", "TMPDIR"] if name in os.environ}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), **more}


def made_up_key(seed=14):
    """A key that opens nothing. Its parts are put together here, so that no file holds it."""
    letters = random.Random(seed)
    part = ["".join(letters.choices(string.ascii_letters + string.digits, k=20)) for _ in range(2)]
    return "sk-proj-" + "T3Blbk".join([part[0], "FJ" + part[1]])


def main(usage, parts, more=()):
    """Runs the parts that are named, or all of them, and sums up. `more` are parts that are only run if they are named."""
    names = sys.argv[1:]
    known = {part.__name__: part for part in [*parts, *more]}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such part: {', '.join(unknown)}\n\n{usage}", file=sys.stderr)
        return 2
    table, failed = [], False
    for name in names or [part.__name__ for part in parts]:
        print(f"\n== {name}: {known[name].__doc__}", flush=True)
        start = time.monotonic()
        try:
            said = known[name]()
        except Skip as reason:
            said = f"skipped: {reason}"
        except (RuntimeError, OSError, ValueError, LookupError, subprocess.SubprocessError) as error:
            said, failed = f"FAILED: {type(error).__name__}: {error}", True
        print(said, flush=True)
        table.append(f"{time.monotonic() - start:5.0f} s  {name:12}  {said.splitlines()[0]}")
    print("\n== summary")
    print("\n".join(table))
    return int(failed)
