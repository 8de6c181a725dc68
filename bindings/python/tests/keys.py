"""Keys for tests, made at run time: no file holds one."""

import random
import string

LETTERS = string.ascii_letters + string.digits


def openai_key(seed: int) -> str:
    """A key of the shape `sk-proj-{B:20}T3BlbkFJ{B:20}`, always the same for a seed."""
    chosen = random.Random(seed)
    halves = ["".join(chosen.choices(LETTERS, k=20)) for _ in range(2)]
    return "-".join(["sk", "proj", "T3BlbkFJ".join(halves)])


def masked(key: str) -> str:
    return f"sk-proj-…{key[-4:]}"
