"""Gives doctests a key, which no document may hold."""

from typing import Any

import pytest
from keys import openai_key


@pytest.fixture(autouse=True)
def key(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace["key"] = openai_key(1)
