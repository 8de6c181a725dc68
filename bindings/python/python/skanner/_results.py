"""What a scan returns: views of the JSON report, whose fields they have. Everything in them is masked.

Reports are made by the million, and most are about texts without a key. So nothing is parsed before somebody asks for it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal


class _View:
    """One object of a report."""

    __slots__ = ("_fields",)
    _fields: Mapping[str, Any]

    # The fields are frozen.
    def __init__(self, fields: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_fields", fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), _text(self._fields))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _View) and type(self) is type(other) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(_text(self._fields))

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={value!r}"
            for name, value in self._fields.items()
            if value is None or isinstance(value, (str, int, float))
        )
        return f"{type(self).__name__}({shown})"

    def to_dict(self) -> dict[str, Any]:
        """All fields, as in the JSON report."""
        return _parsed(_text(self._fields))


class Report(_View):
    """What one scan found, and what it could not read.

    A report is neither true nor false: look at `findings`, and at `is_complete` before you call anything clean.
    """

    __module__ = "skanner"
    __slots__ = ("_json", "_size")
    _json: str
    _size: int | None

    # The second argument is the size of a text that was read whole, of which there is nothing to tell: the first is then
    # the report of an empty text, which all such reports share.
    def __init__(self, json: str, size: int | None = None) -> None:
        _set_json(self, json)
        _set_size(self, size)

    if not TYPE_CHECKING:
        # Only asked for while the slot is empty.
        def __getattr__(self, name: str) -> Any:
            if name != "_fields":
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            fields = _parsed(self._json)
            if self._size is not None:
                fields["scanned"].update(files=1, bytes=self._size)
            frozen = _frozen(fields)
            object.__setattr__(self, "_fields", frozen)
            return frozen

    def __reduce__(self) -> tuple[Any, ...]:
        return Report, (self._json, self._size)

    def __bool__(self) -> bool:
        raise TypeError("a Report is neither true nor false: look at findings and is_complete")

    def __repr__(self) -> str:
        return (
            f"Report(findings={len(self.findings)}, is_complete={self.is_complete}, "
            f"not_scanned={len(self.not_scanned)}, suppressed={self.suppressed}, bytes={self.scanned.bytes})"
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each key, sorted by path, line, column and rule."""
        if self._size is not None:
            return ()
        return tuple(Finding(one) for one in self._fields["findings"])

    @property
    def is_complete(self) -> bool:
        """Whether everything that should have been read was read. If not, the absence of findings proves nothing."""
        return self._size is not None or bool(self._fields["complete"])

    @property
    def not_scanned(self) -> tuple[NotScanned, ...]:
        """What should have been read but was not."""
        if self._size is not None:
            return ()
        return tuple(NotScanned(one) for one in self._fields["not_scanned"])

    @property
    def scanned(self) -> Scanned:
        """How much was read."""
        return Scanned(self._fields["scanned"])

    @property
    def suppressed(self) -> int:
        """How many keys were found, but suppressed by comments or the configuration."""
        return 0 if self._size is not None else int(self._fields["suppressed"])

    @property
    def left_out(self) -> dict[str, int]:
        """How many keys were found, but left out, by what leaves them out: an option of the scanner, such as
        `exclude_rules`, or the configuration file."""
        return dict(self._fields.get("left_out", {}))

    @property
    def not_read(self) -> dict[str, int]:
        """How much was left out on purpose, by kind, such as files that git ignores."""
        return dict(self._fields["not_read"])

    def to_json(self) -> str:
        """The report as `skanner scan --format json` has it, in one line. `skanner schema report` describes it."""
        return self._json if self._size is None else _text(self._fields)


class Finding(_View):
    """One key with all its occurrences."""

    __module__ = "skanner"
    __slots__ = ()

    def __repr__(self) -> str:
        return f"Finding(rule={self.rule!r}, secret={self.secret!r}, occurrences={len(self._fields['occurrences'])})"

    @property
    def rule(self) -> str:
        """The rule that fits best; `skanner explain RULE` explains it."""
        return str(self._fields["rule"])

    @property
    def family(self) -> Literal["sk", "ai"]:
        """The family of the rule."""
        family: Literal["sk", "ai"] = self._fields["family"]
        return family

    @property
    def issuer(self) -> str:
        """Who issues such keys."""
        return str(self._fields["issuer"])

    @property
    def title(self) -> str:
        """The kind of key."""
        return str(self._fields["title"])

    @property
    def impact(self) -> str:
        """What somebody can do with it."""
        return str(self._fields["impact"])

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All issuers whose keys have this shape; empty if there is only one."""
        return tuple(Candidate(one) for one in self._fields.get("candidates", ()))

    @property
    def severity(self) -> Literal["critical", "high", "medium", "low"]:
        """How bad it is if a stranger has the key."""
        severity: Literal["critical", "high", "medium", "low"] = self._fields["severity"]
        return severity

    @property
    def confidence(self) -> Literal["certain", "likely", "possible"]:
        """How sure it is that this is a key."""
        confidence: Literal["certain", "likely", "possible"] = self._fields["confidence"]
        return confidence

    @property
    def why(self) -> str:
        """Why this is a key."""
        return str(self._fields["why"])

    @property
    def secret(self) -> str:
        """The key, masked: its public prefix, `…`, and its last four characters."""
        return str(self._fields["secret"])

    @property
    def fingerprint(self) -> str:
        """Identifies the key without revealing it; the same in every occurrence and encoding."""
        return str(self._fields["fingerprint"])

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every occurrence of the key; never empty."""
        return tuple(Occurrence(one) for one in self._fields["occurrences"])

    @property
    def history(self) -> History | None:
        """Its history in the repository, if that was read."""
        history = self._fields.get("history")
        return None if history is None else History(history)

    @property
    def remedy(self) -> Remedy:
        """What to do."""
        return Remedy(self._fields["remedy"])


class Candidate(_View):
    """An issuer whose keys have the shape that was found."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def issuer(self) -> str:
        """The name of the issuer."""
        return str(self._fields["issuer"])

    @property
    def why(self) -> str:
        """Why it is a candidate."""
        return str(self._fields["why"])


class Occurrence(_View):
    """One place of a key. Lines and columns are 1-based, and columns count Unicode code points."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def source(self) -> Literal["file", "index", "blob", "message", "name", "config", "stdin"]:
        """The kind of place. It is `stdin` for bytes and texts: a report has one word for all that is neither in a file nor in a
        repository."""
        source: Literal["file", "index", "blob", "message", "name", "config", "stdin"] = self._fields["source"]
        return source

    @property
    def path(self) -> str:
        """The path, or the name of a text. Bytes that are not UTF-8 are written `\\xNN`."""
        return str(self._fields["path"])

    @property
    def archive(self) -> str | None:
        """The path inside the archive at `path`, with `!` between nested archives; None outside of archives."""
        archive: str | None = self._fields.get("archive")
        return archive

    @property
    def blob(self) -> str | None:
        """The git object that contains it."""
        blob: str | None = self._fields.get("blob")
        return blob

    @property
    def commit(self) -> str | None:
        """The commit that added it, if that is known."""
        commit: str | None = self._fields.get("commit")
        return commit

    @property
    def line(self) -> int:
        """First line."""
        return int(self._fields["line"])

    @property
    def column(self) -> int:
        """Column of the first character."""
        return int(self._fields["column"])

    @property
    def end_line(self) -> int:
        """Last line."""
        return int(self._fields["end_line"])

    @property
    def end_column(self) -> int:
        """Column after the last character."""
        return int(self._fields["end_column"])

    @property
    def encoding(self) -> tuple[str, ...]:
        """How the key is encoded, outermost encoding first; empty for plain text."""
        return tuple(self._fields.get("encoding", ()))

    @property
    def excerpt(self) -> str:
        """The line with every key in it masked, shortened if it is long."""
        return str(self._fields["excerpt"])

    @property
    def marker(self) -> tuple[int, int]:
        """Where the key begins and ends in `excerpt`, in bytes of UTF-8 from 0."""
        start, end = self._fields["marker"]
        return start, end


class History(_View):
    """The history of a key in a repository."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def introduced(self) -> Event | None:
        """The first commit that contains it and has no parent that does; None if no commit contains it."""
        event = self._fields["introduced"]
        return None if event is None else Event(event)

    @property
    def removed(self) -> Event | None:
        """The last commit that does not contain it but has a parent that does; None while HEAD contains it."""
        event = self._fields["removed"]
        return None if event is None else Event(event)

    @property
    def at_head(self) -> bool:
        """Whether the checked-out commit contains it."""
        return bool(self._fields["at_head"])

    @property
    def refs(self) -> tuple[str, ...]:
        """The refs that reach a commit that contains it, sorted."""
        return tuple(self._fields["refs"])

    @property
    def commits(self) -> int:
        """The number of commits that contain it."""
        return int(self._fields["commits"])

    @property
    def reachable(self) -> bool:
        """Whether any ref reaches it."""
        return bool(self._fields["reachable"])


class Event(_View):
    """A commit that introduced or removed a key."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def commit(self) -> str:
        """The commit."""
        return str(self._fields["commit"])

    @property
    def author(self) -> str:
        """The author: name and email address."""
        return str(self._fields["author"])

    @property
    def date(self) -> str:
        """The author date, in RFC 3339 format; empty if the commit has none."""
        return str(self._fields["date"])

    @property
    def summary(self) -> str:
        """The first line of its message."""
        return str(self._fields["summary"])

    @property
    def path(self) -> str:
        """The path of the key in the commit, or in its parent if the commit removed it."""
        return str(self._fields["path"])


class Remedy(_View):
    """What to do about a key. Texts are empty if nothing is known."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def revoke_url(self) -> str:
        """Where to revoke it; empty if that depends on the installation."""
        return str(self._fields["revoke_url"])

    @property
    def revoke(self) -> str:
        """How to revoke it."""
        return str(self._fields.get("revoke", ""))

    @property
    def usage_url(self) -> str:
        """Where its usage is seen."""
        return str(self._fields.get("usage_url", ""))

    @property
    def rotate(self) -> str:
        """How to get from this key to the next."""
        return str(self._fields.get("rotate", ""))

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do, step by step."""
        return tuple(self._fields.get("steps", ()))


class NotScanned(_View):
    """Something that should have been read and was not."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def what(self) -> str:
        """A path or an object. `a.zip!b/c.txt` is inside an archive."""
        return str(self._fields["what"])

    @property
    def why(self) -> str:
        """Why it was not read, and what to do about it."""
        return str(self._fields["why"])

    @property
    def file(self) -> str | None:
        """The archive file; None if `what` is not inside an archive."""
        file: str | None = self._fields.get("file")
        return file


class Scanned(_View):
    """How much was read."""

    __module__ = "skanner"
    __slots__ = ()

    @property
    def files(self) -> int:
        """Files of the work tree, and texts."""
        return int(self._fields["files"])

    @property
    def blobs(self) -> int:
        """Git objects."""
        return int(self._fields["blobs"])

    @property
    def commits(self) -> int:
        """Commits whose message was read."""
        return int(self._fields["commits"])

    @property
    def tags(self) -> int:
        """Annotated tags whose message was read."""
        return int(self._fields["tags"])

    @property
    def bytes(self) -> int:
        """The total size in bytes."""
        return int(self._fields["bytes"])


# Slots are set past `__setattr__`, in the quickest way.
_set_json = vars(Report)["_json"].__set__
_set_size = vars(Report)["_size"].__set__


def _parsed(text: str) -> dict[str, Any]:
    # Most programs never have a finding, so they need not wait for this at their start.
    import json

    fields: dict[str, Any] = json.loads(text)
    return fields


def _text(fields: Mapping[str, Any]) -> str:
    import json

    # What is frozen is no dict, but makes one.
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), default=dict)


def _frozen(value: Any) -> Any:
    """The same, which nobody can change: a report is evidence."""
    import types

    def freeze(value: Any) -> Any:
        # Not isinstance, which would tell type checkers of parts that they know nothing about.
        kind: str = value.__class__.__name__
        if kind == "dict":
            return types.MappingProxyType({name: freeze(part) for name, part in value.items()})
        return tuple(map(freeze, value)) if kind == "list" else value

    return freeze(value)


def _restored(view: type[_View], text: str) -> _View:
    """Takes a view out of a pickle."""
    return view(_frozen(_parsed(text)))
