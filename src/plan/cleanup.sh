#!/bin/sh
# Takes the keys out of the history of a repository, and proves that none is left. `skanner audit --plan` wrote it; read
# README.md first. It works on a fresh clone: neither SOURCE nor a host is changed, and nothing is pushed.
set -eu
umask 077

fail() {
    printf 'cleanup.sh: %s\n' "$*" >&2
    exit 2
}

# A word as a shell takes it.
quote() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# Gives up on a source, of which nothing must be left.
refuse() {
    cd -- "$plan"
    rm -rf -- "$work"
    fail "$*"
}

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    fail 'usage: sh cleanup.sh SOURCE [WORKDIR]
SOURCE is the repository, as a path or an address; WORKDIR is a directory that does not exist yet'
fi
plan=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
source=$1
work=${2:-$plan/work}
skanner=${SKANNER:-@SKANNER@}

# What is needed.
for file in replace-text.txt strip-blobs.txt edits.json edits.py; do
    [ -f "$plan/$file" ] || fail "$plan/$file is missing: write the plan again"
done
command -v git >/dev/null || fail 'git is not installed'
command -v python3 >/dev/null || fail 'python3 is not installed; git-filter-repo needs it'
git filter-repo -h 2>/dev/null | grep -q -e --file-info-callback ||
    fail 'git-filter-repo 2.47 or later is not installed: run "pipx install git-filter-repo" or "pip install git-filter-repo"'
git cat-file -h 2>&1 | grep -q batch-command || fail 'git 2.36 or later is needed'
"$skanner" --version >/dev/null 2>&1 || fail "$skanner does not run; set SKANNER to the path of skanner"

# Variables of another repository, as in a hook, must not lead there.
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars)
# Objects are rewritten as they are, not as others stand in for them.
export GIT_NO_REPLACE_OBJECTS=1

if [ -e "$source" ]; then
    source=$(CDPATH='' cd -- "$source" && pwd -P)
fi
mkdir -p -- "$(dirname -- "$work")"
mkdir -- "$work" || fail "$work exists: name another directory as the second argument"
work=$(CDPATH='' cd -- "$work" && pwd -P)
clean=$work/clean.git
if git -C "$work" rev-parse --git-dir >/dev/null 2>&1; then
    rmdir -- "$work"
    fail "$work is in a repository; name a directory outside of it as the second argument"
fi

printf 'cleanup.sh: cloning %s\n' "$1"
git clone --quiet --mirror --no-local --template= -- "$source" "$clean"
cd -- "$clean"
[ "$(git rev-parse --is-shallow-repository)" = false ] ||
    refuse 'the source is a shallow clone: run "git fetch --unshallow" there first'
[ "$(git rev-parse --show-object-format)" = sha1 ] ||
    refuse 'the source names its objects by SHA-256, which git-filter-repo does not support'
if [ "$(git rev-parse --absolute-git-dir)" != "$clean" ] || [ -e objects/info/alternates ]; then
    fail "$clean is not a clone of its own"
fi
# It is published by its address alone, and where it comes from is nobody's business.
git config --remove-section remote.origin
head=$(git symbolic-ref --quiet HEAD || :)
export PYTHONPATH="$plan" PYTHONDONTWRITEBYTECODE=1
if [ -d "$source" ]; then
    stored=$(cd -- "$source" && cd -- "$(git rev-parse --git-common-dir)" && pwd -P)/lfs
    if [ -d "$stored/objects" ]; then
        python3 "$plan/edits.py" lfs "$stored" lfs
    fi
fi

printf 'cleanup.sh: rewriting\n'
git filter-repo --sensitive-data-removal --no-fetch --force --quiet \
    --prune-empty never --prune-degenerate never --preserve-commit-encoding \
    --replace-text "$plan/replace-text.txt" --replace-message "$plan/replace-text.txt" \
    --file-info-callback 'import edits; return edits.file_info(filename, mode, blob_id, value)' \
    --commit-callback 'import edits; edits.commit(commit)' \
    --name-callback 'import edits; return edits.name(name)' \
    --email-callback 'import edits; return edits.name(email)' \
    --refname-callback 'import edits; return edits.name(refname)' \
    >"$work/filter-repo.log" 2>&1 || fail "git-filter-repo failed: see $work/filter-repo.log"
if [ -n "$head" ]; then
    git symbolic-ref HEAD "$(python3 "$plan/edits.py" name "$head")"
fi

python3 "$plan/edits.py" rest filter-repo/commit-map
cp filter-repo/commit-map "$work/commit-map"
if [ -f filter-repo/first-changed-commits ]; then
    cp filter-repo/first-changed-commits "$work/first-changed-commits"
fi

if [ -f filter-repo/changed-refs ]; then
    sed -n '/^refs\/pull\//p' filter-repo/changed-refs >"$work/changed-pull-requests"
fi

# Nothing of before may be left over: git-filter-repo keeps lists of old names of refs.
rm -rf filter-repo FETCH_HEAD ORIG_HEAD
git reflog expire --expire=now --expire-unreachable=now --all
git gc --quiet --prune=now
if [ -e info/refs ]; then
    git update-server-info
fi

printf 'cleanup.sh: auditing the result\n\n'
status=0
"$skanner" audit @OPTIONS@"$clean" || status=$?
if [ "$status" -ne 0 ]; then
    printf '\ncleanup.sh: %s is not clean. Plan again for what is left: skanner audit --plan DIRECTORY %s\n' "$clean" "$clean" >&2
    exit "$status"
fi
rm -f "$work/filter-repo.log"
cat <<END

The clean repository is $clean
Nothing has been pushed. To replace what is published, allow force pushes to protected branches, and run, with the
address of the repository for URL:

    git -C $(quote "$clean") push --force --prune URL 'refs/heads/*:refs/heads/*' 'refs/tags/*:refs/tags/*'
END
if [ -n "$(git for-each-ref refs/notes)" ]; then
    printf "    git -C %s push --force URL 'refs/notes/*:refs/notes/*'\n" "$(quote "$clean")"
fi
cat <<END

This also deletes branches and tags on the host that were not in SOURCE. Then protect the branches again, and go on with
step 5 of $plan/README.md
END
