//! How languages write comments, so that one can be put beside a key.

/// A language, or a kind of file that writes comments in the same way.
#[derive(Debug)]
pub(crate) struct Language {
    /// Its names in the Language Server Protocol; those of one row have the same comments.
    ids: &'static [&'static str],
    /// Endings of paths, or whole file names. The first one is what a document without a file is called.
    endings: &'static [&'static str],
    /// What begins a comment.
    pub(crate) open: &'static str,
    /// What ends it; empty for the end of the line.
    pub(crate) close: &'static str,
    /// Whether a comment must have a line of its own: what stands behind a value would belong to it.
    pub(crate) is_alone: bool,
}

impl Language {
    const fn new(ids: &'static [&'static str], endings: &'static [&'static str], open: &'static str) -> Self {
        Self { ids, endings, open, close: "", is_alone: false }
    }

    const fn closed(mut self, close: &'static str) -> Self {
        self.close = close;
        self
    }

    const fn alone(mut self) -> Self {
        self.is_alone = true;
        self
    }
}

/// Formats without comments, such as JSON, are not here.
static LANGUAGES: &[Language] = &[
    Language::new(&["dotenv"], &[".env", ".envrc"], "#").alone(),
    Language::new(&["dockerfile"], &["Dockerfile", ".dockerfile", "Containerfile"], "#").alone(),
    Language::new(&["properties"], &[".properties"], "#").alone(),
    Language::new(&["ini"], &[".ini", ".cfg", ".conf"], "#").alone(),
    Language::new(&["bat"], &[".bat", ".cmd"], "REM").alone(),
    Language::new(&["python"], &[".py", ".pyi", ".pyw"], "#"),
    Language::new(&["ruby"], &[".rb", "Rakefile", "Gemfile"], "#"),
    Language::new(&["shellscript", "fish"], &[".sh", ".bash", ".zsh", ".fish"], "#"),
    Language::new(&["perl"], &[".pl", ".pm"], "#"),
    Language::new(&["powershell"], &[".ps1", ".psm1"], "#"),
    Language::new(&["r"], &[".R", ".r"], "#"),
    Language::new(&["julia"], &[".jl"], "#"),
    Language::new(&["elixir"], &[".ex", ".exs"], "#"),
    Language::new(&["yaml", "dockercompose", "github-actions-workflow"], &[".yml", ".yaml"], "#"),
    Language::new(&["toml"], &[".toml"], "#"),
    Language::new(&["terraform", "hcl"], &[".tf", ".tfvars", ".hcl"], "#"),
    Language::new(&["makefile"], &["Makefile", ".mk"], "#"),
    Language::new(&["nix"], &[".nix"], "#"),
    Language::new(&["javascript", "javascriptreact"], &[".js", ".mjs", ".cjs", ".jsx"], "//"),
    Language::new(&["typescript", "typescriptreact"], &[".ts", ".mts", ".cts", ".tsx"], "//"),
    Language::new(&["jsonc", "json5"], &[".jsonc", ".json5"], "//"),
    Language::new(&["go"], &[".go"], "//"),
    Language::new(&["rust"], &[".rs"], "//"),
    Language::new(&["java"], &[".java"], "//"),
    Language::new(&["kotlin"], &[".kt", ".kts"], "//"),
    Language::new(&["groovy"], &[".groovy", ".gradle", "Jenkinsfile"], "//"),
    Language::new(&["scala"], &[".scala"], "//"),
    Language::new(&["csharp", "fsharp"], &[".cs", ".fs"], "//"),
    Language::new(&["c", "cpp"], &[".c", ".cc", ".cpp", ".h", ".hpp"], "//"),
    Language::new(&["swift"], &[".swift"], "//"),
    Language::new(&["dart"], &[".dart"], "//"),
    Language::new(&["php"], &[".php"], "//"),
    Language::new(&["scss", "less"], &[".scss", ".less"], "//"),
    Language::new(&["css"], &[".css"], "/*").closed("*/"),
    Language::new(&["lua"], &[".lua"], "--"),
    Language::new(&["sql"], &[".sql"], "--"),
    Language::new(&["haskell"], &[".hs"], "--"),
    Language::new(&["clojure", "lisp"], &[".clj", ".el", ".lisp", ".scm"], ";"),
    Language::new(&["latex", "tex"], &[".tex"], "%"),
    Language::new(&["erlang"], &[".erl"], "%"),
    Language::new(&["vb"], &[".vb"], "'"),
    Language::new(&["html", "xml", "markdown"], &[".html", ".htm", ".xml", ".svg", ".plist", ".md"], "<!--")
        .closed("-->"),
];

impl Language {
    /// The language of a file by its path, or else by what the editor calls it.
    pub(crate) fn of(path: &str, id: &str) -> Option<&'static Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_named = |ending: &&str| match ending.strip_prefix('.') {
            Some(_) => name.ends_with(*ending),
            None => name == *ending,
        };
        let by_path = LANGUAGES.iter().find(|language| language.endings.iter().any(is_named));
        // As in `.env.production`.
        let by_path = by_path.or_else(|| LANGUAGES.first().filter(|_| name.starts_with(".env.")));
        by_path.or_else(|| Self::by_id(id).filter(|_| !name.contains('.')))
    }

    /// What a document without a file is called, so that advice about it can be given: `Untitled-1.py` for `Untitled-1`.
    pub(crate) fn named(name: String, id: &str) -> String {
        let ending = Self::by_id(id).and_then(|language| language.endings.first());
        match ending.filter(|ending| ending.starts_with('.') && !name.contains('.')) {
            Some(ending) => name + ending,
            None => name,
        }
    }

    fn by_id(id: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.ids.contains(&id))
    }

    /// How a comment at the end of `before` is written: in markup, a script or a style sheet may have begun.
    pub(crate) fn comment_after(&'static self, before: &str) -> (&'static str, &'static str) {
        if self.open == "<!--" {
            let is_in = |name: &str| {
                let opened = before.rfind(&format!("<{name}"));
                opened.is_some_and(|at| !before[at..].contains(&format!("</{name}")))
            };
            if is_in("script") {
                return ("//", "");
            }
            if is_in("style") {
                return ("/*", "*/");
            }
        }
        (self.open, self.close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_decides_and_then_the_editor() {
        for (path, id, expected) in [
            ("/a/b.py", "", Some("#")),
            ("/a/b.py", "rust", Some("#")),
            ("b.ts", "", Some("//")),
            ("Dockerfile", "", Some("#")),
            ("my-Dockerfile", "", None),
            ("web/.env", "", Some("#")),
            ("web/.env.production", "", Some("#")),
            ("Untitled-1", "lua", Some("--")),
            ("Untitled-1", "plaintext", None),
            ("a.json", "json", None),
            ("a.ipynb", "python", None),
            ("a.html", "", Some("<!--")),
            ("", "", None),
        ] {
            assert_eq!(Language::of(path, id).map(|language| language.open), expected, "{path} {id}");
        }
        assert_eq!(Language::named("Untitled-1".to_owned(), "python"), "Untitled-1.py");
        assert_eq!(Language::named("a.txt".to_owned(), "python"), "a.txt");
        assert_eq!(Language::named("a".to_owned(), "makefile"), "a");
    }

    #[test]
    fn a_script_in_a_page_has_its_own_comments() {
        let html = Language::of("a.html", "").expect("it is known");
        assert_eq!(html.comment_after("<p>"), ("<!--", "-->"));
        assert_eq!(html.comment_after("<script>\nlet a = "), ("//", ""));
        assert_eq!(html.comment_after("<script></script><p>"), ("<!--", "-->"));
        assert_eq!(html.comment_after("<style>a {"), ("/*", "*/"));
    }
}
