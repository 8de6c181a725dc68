"""Masking."""

import base64
import random

import pytest
import skanner
from keys import masked, openai_key


@pytest.fixture(scope="module")
def scanner() -> skanner.Scanner:
    return skanner.Scanner()


def test_nothing_but_keys_changes(scanner: skanner.Scanner) -> None:
    key = openai_key(1)
    comment = ":".join(["skanner", "allow"])
    for text, expected in [
        ("", ""),
        ("no key\r\n\tat all \x00 é", "no key\r\n\tat all \x00 é"),
        (f"a {key}, b", f"a {masked(key)}, b"),
        (f"é汉🦀 k='{key}'\r\n{key}", f"é汉🦀 k='{masked(key)}'\r\n{masked(key)}"),
        (f"k={key} # {comment}", f"k={masked(key)} # {comment}"),
        (f"\ufeffk={key}", f"\ufeffk={masked(key)}"),
        (f'{{"k":"{key}","n":1}}', f'{{"k":"{masked(key)}","n":1}}'),
    ]:
        assert scanner.mask(text) == expected
        assert scanner.mask(text.encode()) == expected.encode()
        assert scanner.mask(expected) == expected


def test_a_text_without_keys_is_the_same_object(scanner: skanner.Scanner) -> None:
    text, data = "nothing" * 10, b"nothing" * 10
    assert scanner.mask(text) is text and scanner.mask(data) is data


def test_random_surroundings(scanner: skanner.Scanner) -> None:
    chosen = random.Random(1)
    for seed in range(300):
        key = openai_key(seed)
        around = [bytes(chosen.choices(range(256), k=chosen.randrange(30))) for _ in range(2)]
        text = around[0] + b"\nk='" + key.encode() + b"'\n" + around[1]
        hidden = scanner.mask(text)
        assert key.encode() not in hidden and scanner.mask(hidden) == hidden
        encoded = base64.b64encode(f"k={key}".encode())
        assert encoded[8:-8] not in scanner.mask(b"data: " + encoded)
