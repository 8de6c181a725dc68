//! Edits that a tool takes as one text. A key may be removed, so only what they add counts.

/// What an edit does to one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PatchedFile {
    /// The path; empty if the edit does not say it.
    pub(crate) path: String,
    /// The line of the edit that the file begins on, 1-based.
    pub(crate) first_line: u64,
    /// The lines that it adds. All others are empty, so that a line has the same number as in the edit.
    pub(crate) added: String,
    /// The lines that the file has already.
    pub(crate) before: String,
}

/// Whether a tool of this name takes such edits.
pub(crate) fn takes_patches(tool: &str) -> bool {
    let tool = tool.to_ascii_lowercase();
    tool.contains("patch") || matches!(tool.as_str(), "search_replace" | "replace_in_file")
}

/// Whether a text is such an edit.
pub(crate) fn is_patch(text: &str) -> bool {
    text.lines().any(|line| line == BEGIN || is_search(line))
}

const BEGIN: &str = "*** Begin Patch";
const END: &str = "*** End Patch";

fn is_search(line: &str) -> bool {
    matches!(line.trim_end(), "<<<<<<< SEARCH" | "------- SEARCH")
}

/// Where in an edit a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PatchState {
    Outside,
    /// Between `*** Begin Patch` and its end.
    Inside,
    /// Between `<<<<<<< SEARCH` and `=======`.
    Search,
}

/// What an edit does, file by file. What is no part of an edit is added to the first one, without a path.
pub(crate) fn patched_files(text: &str) -> Vec<PatchedFile> {
    let mut files = vec![PatchedFile { first_line: 1, ..PatchedFile::default() }];
    let mut state = PatchState::Outside;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(path) = file_of(line).filter(|_| state == PatchState::Inside) {
            files.push(PatchedFile { path: path.to_owned(), first_line: number, ..PatchedFile::default() });
        }
        let last = files.len() - 1;
        let file = &mut files[last];
        let (added, before) = match (state, line) {
            (PatchState::Outside, BEGIN) => {
                state = PatchState::Inside;
                ("", "")
            }
            (PatchState::Inside, END) => {
                state = PatchState::Outside;
                ("", "")
            }
            (PatchState::Inside, _) => match line.as_bytes().first() {
                Some(b'+') => (&line[1..], ""),
                Some(b'-' | b' ') => ("", &line[1..]),
                Some(b'@') => ("", line),
                // A path is written, too.
                _ => (line, ""),
            },
            (PatchState::Outside, _) if is_search(line) => {
                state = PatchState::Search;
                ("", "")
            }
            (PatchState::Search, "=======") => {
                state = PatchState::Outside;
                ("", "")
            }
            (PatchState::Search, _) => ("", line),
            (PatchState::Outside, _) => (line, ""),
        };
        file.added.push_str(added);
        file.added.push('\n');
        file.before.push_str(before);
        file.before.push('\n');
    }
    files
}

/// The file that a line of a patch begins.
fn file_of(line: &str) -> Option<&str> {
    ["*** Add File: ", "*** Update File: ", "*** Move to: "].iter().find_map(|start| line.strip_prefix(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_added_lines_count() {
        let patch = "*** Begin Patch\n*** Update File: a.py\n@@ def f():\n same\n-old\n+new\n*** Add File: b.py\n+b\n*** End Patch";
        assert!(is_patch(patch));
        let files = patched_files(patch);
        let [outside, first, second] = &files[..] else { panic!("{files:?}") };
        assert_eq!(outside.added.trim(), "");
        assert_eq!((first.path.as_str(), first.first_line), ("a.py", 2));
        assert_eq!(first.added, "*** Update File: a.py\n\n\n\nnew\n");
        assert_eq!(first.before, "\n@@ def f():\nsame\nold\n\n");
        assert_eq!(
            (second.path.as_str(), second.first_line, second.added.as_str()),
            ("b.py", 7, "*** Add File: b.py\nb\n\n")
        );
    }

    #[test]
    fn what_is_searched_for_does_not_count() {
        let edit = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\nmore";
        assert!(is_patch(edit));
        let files = patched_files(edit);
        assert_eq!(files[0].added, "\n\n\nnew\n>>>>>>> REPLACE\nmore\n");
        assert_eq!(files[0].before.trim(), "old");
    }

    #[test]
    fn what_is_no_patch_counts_as_a_whole() {
        for text in ["-a\n b", "echo '*** Begin Patch'", "=======\na"] {
            assert!(!is_patch(text), "{text}");
        }
        assert_eq!(patched_files("a\n*** Begin Patch\n-b\n*** End Patch\n-c")[0].added, "a\n\n\n\n-c\n");
        assert!(takes_patches("apply_patch") && takes_patches("ApplyPatch") && !takes_patches("Bash"));
    }
}
