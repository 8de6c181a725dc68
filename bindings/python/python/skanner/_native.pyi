from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Any, Literal, TypeVar, Union, final

from typing_extensions import TypeAlias

from ._results import Report

_Text = TypeVar("_Text", str, bytes)
_Content: TypeAlias = Union[bytes, bytearray, memoryview, str, PathLike[str]]

__all__ = ["Scanner", "_ArrowBatch", "_Reports", "__version__", "after_fork", "fail"]

__version__: str

@final
class Scanner:
    """Finds keys, with allow comments, names, archives, encodings and masks as in the program `skanner`.

    A scanner can be shared by threads, sent to other processes, and used after a fork. `help(skanner.Scanner)` tells of
    the options.
    """

    def __new__(
        cls,
        *,
        min_confidence: Union[Literal["certain", "likely", "possible"], None] = None,
        families: Union[Iterable[Literal["sk", "ai"]], None] = None,
        rules: Union[Iterable[str], None] = None,
        exclude_rules: Union[Iterable[str], None] = None,
        config: Union[str, PathLike[str], None] = None,
        allow_comments: bool = True,
        read_ignored: bool = False,
        threads: Union[int, None] = None,
    ) -> Scanner: ...
    def scan(self, content: _Content, name: Union[str, None] = None) -> Report:
        """Scans bytes, a text, or the files of a path: a `str` is a text, so a path must be a `pathlib.Path`.

        The name of a text stands in the report, and may tell whose key something is, as that of a file does."""

    def scan_many(self, contents: Iterable[Union[_Content, tuple[str, _Content]]]) -> Iterator[Report]:
        """Scans contents, or pairs of a name and a content, as they come, and yields their reports in order."""

    def scan_arrow(self, batch: Any) -> Any:
        """Scans the rows of a `pyarrow.RecordBatch` by its columns `id`, `path` and `content`, and returns one with a row
        for each place of a key, and for each thing that could not be read. Of a table, scan each batch of `to_batches()`."""

    def scan_repository(self, path: Union[str, PathLike[str]]) -> Report:
        """Scans the whole history of a repository: every object, name and message."""

    def mask(self, text: _Text) -> _Text:
        """The text with every key in it replaced by its masked form, and nothing else changed."""

    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, Any]]: ...

@final
class _Reports(Iterator[Report]):
    def __iter__(self) -> _Reports: ...
    def __next__(self) -> Report: ...

@final
class _ArrowBatch:
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...

def after_fork() -> None: ...
def fail() -> None: ...
