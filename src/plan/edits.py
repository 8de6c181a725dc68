"""What cleanup.sh lets git-filter-repo do beside replacing texts. It reads edits.json and strip-blobs.txt."""

import json
import os
import re
import shutil
import subprocess
import sys

_here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(_here, "edits.json"), "rb") as _file:
    _plan = json.load(_file)
with open(os.path.join(_here, "strip-blobs.txt"), "rb") as _file:
    _strip = frozenset(_file.read().split())
_replace = frozenset(name.encode() for name in _plan["replace"])
_edit = {name.encode(): edits for name, edits in _plan["edit"].items()}
_done = {}


def _pattern(name):
    form = re.escape(bytes.fromhex(name["hex"]))
    if name["is_short"]:
        form = b"(?<![A-Za-z0-9_-])" + form + b"(?![A-Za-z0-9_-])"
    return re.compile(form), name["with"].encode()


_names = [_pattern(name) for name in _plan["names"]]


def name(text):
    """The name of a file, ref or person without keys."""
    for pattern, word in _names:
        text = pattern.sub(word, text)
    return text


def _edited(contents, edits):
    parts, start = [], 0
    for begin, end, word in edits:
        if not start <= begin <= end <= len(contents):
            raise SystemExit("edits.json is for another content")
        parts += [contents[start:begin], bytes.fromhex(word)]
        start = end
    return b"".join(parts + [contents[start:]])


def file_info(filename, mode, blob_id, value):
    """The file without keys. One that cannot be edited is deleted: a change that is merely dropped, as by
    --strip-blobs-with-ids, would leave an older version in its place."""
    if blob_id in _strip:
        return (filename, None, blob_id)
    if blob_id not in _replace and blob_id not in _edit:
        return (filename, mode, blob_id)
    if blob_id not in _done:
        contents = value.get_contents_by_identifier(blob_id)
        if blob_id in _edit:
            contents = _edited(contents, _edit[blob_id])
        else:
            contents = value.apply_replace_text(contents)
        _done[blob_id] = value.insert_file_with_contents(contents)
    return (filename, mode, _done[blob_id])


def commit(commit):
    """Renames files whose path holds a key, where they are added and where they are deleted."""
    for change in commit.file_changes:
        change.filename = name(change.filename)


def _git(*arguments, text=b"", check=True):
    return subprocess.run(("git",) + arguments, input=text, stdout=subprocess.PIPE, check=check).stdout


def _blob(blob_id):
    """The content without keys, or None if it cannot be edited."""
    if blob_id in _strip:
        return None
    if blob_id not in _replace and blob_id not in _edit:
        return blob_id
    if blob_id not in _done:
        contents = _git("cat-file", "blob", blob_id.decode())
        if blob_id in _edit:
            contents = _edited(contents, _edit[blob_id])
        else:
            for pattern, _ in _names:
                contents = pattern.sub(b"REMOVED-BY-SKANNER", contents)
        _done[blob_id] = _git("hash-object", "-w", "--stdin", text=contents).strip()
    return _done[blob_id]


def _object(kind, object_id, commits):
    """Any object without keys, or None if it cannot be edited."""
    if kind == b"blob":
        return _blob(object_id)
    if kind == b"commit":
        return commits.get(object_id, object_id)
    if kind == b"tree":
        entries = []
        for line in _git("ls-tree", "-z", object_id.decode()).split(b"\0")[:-1]:
            entry, path = line.split(b"\t", 1)
            mode, kind, inner = entry.split(b" ")
            inner = _object(kind, inner, {})
            if inner is not None:
                entries.append(b"%s %s %s\t%s\0" % (mode, kind, inner, name(path)))
        return _git("mktree", "-z", "--missing", text=b"".join(entries)).strip()
    target, kind, rest = _git("cat-file", "tag", object_id.decode()).split(b"\n", 2)
    target = _object(kind[len(b"type "):], target[len(b"object "):], commits)
    if target is None:
        return None
    rest = re.sub(b"-----BEGIN [A-Z ]*SIGNATURE-----.*", b"", rest, flags=re.DOTALL)
    text = b"object %s\n%s\n%s" % (target, kind, name(rest))
    return _git("hash-object", "-t", "tag", "-w", "--stdin", text=text).strip()


def _leads_to_commit(kind, object_id):
    while kind == b"tag":
        target, kind, _ = _git("cat-file", "tag", object_id.decode()).split(b"\n", 2)
        kind, object_id = kind[len(b"type "):], target[len(b"object "):]
    return kind == b"commit"


def others(commits):
    """Rewrites tags and other refs of trees and blobs, which git-filter-repo leaves as they are."""
    listed = _git("for-each-ref", "--format=%(objecttype) %(objectname) %(refname)")
    for line in listed.splitlines():
        kind, object_id, ref = line.split(b" ", 2)
        if kind == b"commit" or _leads_to_commit(kind, object_id):
            continue
        new, new_ref = _object(kind, object_id, commits), name(ref)
        if new_ref != ref or new is None:
            _git("update-ref", "-d", ref.decode())
        if new is not None:
            _git("update-ref", new_ref.decode(), new.decode())


def lfs(source, target):
    """Links what Git LFS has stored into the clone, without what held a key: the audit reads it."""
    gone = set()
    for blob_id in _strip:
        pointer = _git("cat-file", "blob", blob_id.decode(), check=False)[:1024]
        gone.update(re.findall(rb"^oid sha256:([0-9a-f]{64})$", pointer, flags=re.MULTILINE))
    for directory, _, files in os.walk(os.path.join(source, "objects")):
        new = os.path.join(target, os.path.relpath(directory, source))
        for file in files:
            if os.fsencode(file) not in gone:
                os.makedirs(new, exist_ok=True)
                try:
                    os.link(os.path.join(directory, file), os.path.join(new, file))
                except OSError:
                    shutil.copyfile(os.path.join(directory, file), os.path.join(new, file))


def _renamed(path, commits):
    """The path of a note, which is the id of a commit, perhaps in directories."""
    commit = path.replace(b"/", b"")
    new = commits.get(commit, commit)
    if len(new) != len(commit):
        return path
    digits = iter(new)
    return bytes(digit if digit == ord("/") else next(digits) for digit in path)


def notes(commits):
    """Rewrites notes, which git-filter-repo passes on as they are: their contents, and the commits they belong to."""
    for ref in _git("for-each-ref", "--format=%(refname)", "refs/notes").split():
        lines = _git("fast-export", "--no-data", "--reencode=no", ref.decode())
        new, start = [], 0
        while start < len(lines):
            end = lines.index(b"\n", start) + 1
            line, start = lines[start:end], end
            if line.startswith(b"data "):
                text = name(lines[start:start + int(line[5:])])
                start += int(line[5:])
                line = b"data %d\n" % len(text) + text
            elif line.startswith((b"author ", b"committer ")):
                line = name(line)
            elif line.startswith(b"M "):
                _, mode, blob_id, path = line.rstrip(b"\n").split(b" ", 3)
                blob_id, path = _blob(blob_id), _renamed(path, commits)
                line = b"D %s\n" % path if blob_id is None else b"M %s %s %s\n" % (mode, blob_id, path)
            elif line.startswith(b"D "):
                line = b"D %s\n" % _renamed(line[2:].rstrip(b"\n"), commits)
            new.append(line)
        _git("fast-import", "--quiet", "--force", text=b"".join(new))


if __name__ == "__main__":
    if sys.argv[1] == "rest":
        with open(sys.argv[2], "rb") as _file:
            _pairs = [line.split() for line in _file]
        _commits = {old: new for old, new in _pairs[1:] if new.strip(b"0")}
        notes(_commits)
        others(_commits)
    elif sys.argv[1] == "lfs":
        lfs(sys.argv[2], sys.argv[3])
    else:
        sys.stdout.buffer.write(name(os.fsencode(sys.argv[2])) + b"\n")
