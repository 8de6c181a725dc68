//! How a file of each kind reads a value from the environment or a secret store.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key_place::KeyPlace;

/// What to write in the place of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Replacement {
    /// The variable to read.
    pub variable: String,
    /// What reads it, in the language of the file; empty if such a file cannot read one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expression: String,
    /// The whole line; absent if it is long, or the key is only a part of a literal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// What else there is to do, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One kind of file.
struct FileKind {
    /// Endings of paths, or whole file names. Those of more specific kinds come first in the table.
    endings: &'static [&'static str],
    /// A part that the path must contain.
    within: &'static str,
    /// What reads the variable, whose name is `{V}`, or `{v}` in lowercase.
    expression: &'static str,
    /// Whether the expression takes the place of a literal with its quotation marks.
    is_code: bool,
    /// What else there is to do, with the same placeholders.
    note: Option<&'static str>,
}

impl FileKind {
    /// A programming language, by the endings of its files.
    const fn code(endings: &'static [&'static str], expression: &'static str) -> Self {
        Self { endings, within: "", expression, is_code: true, note: None }
    }

    /// A file that is read by a program.
    const fn data(endings: &'static [&'static str], expression: &'static str, note: &'static str) -> Self {
        Self { endings, within: "", expression, is_code: false, note: Some(note) }
    }

    /// The kind of a file by its path.
    fn of(path: &str) -> Option<&'static Self> {
        FILE_KINDS.iter().find(|kind| {
            kind.endings.iter().any(|ending| path.ends_with(ending)) && path.contains(kind.within)
        })
    }

    fn is_python(&self) -> bool {
        matches!(self.endings, [".py" | ".ipynb", ..])
    }

    const fn within(mut self, part: &'static str) -> Self {
        self.within = part;
        self
    }

    const fn noting(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }
}

static FILE_KINDS: &[FileKind] = &[
    FileKind::data(
        &[".yml", ".yaml"],
        "${{ secrets.{V} }}",
        "Store the key as a secret of the repository: `gh secret set {V}`.",
    )
    .within(".github/workflows/"),
    FileKind::data(
        &[".gitlab-ci.yml"],
        "${V}",
        "Store the key as a masked and protected variable under Settings > CI/CD > Variables.",
    ),
    FileKind::data(
        &["compose.yml", "compose.yaml"],
        "${{V}:?is not set}",
        "Compose takes it from the environment or from a file .env that git ignores.",
    ),
    FileKind::data(
        &["Dockerfile", ".dockerfile", "Containerfile"],
        "",
        "Mount it for one step: `RUN --mount=type=secret,id={v},env={V} …`. ENV and ARG stay in the image. At run time, pass it with \
         `--env-file`.",
    ),
    FileKind::data(
        &[".mcp.json", "mcp.json", "claude_desktop_config.json"],
        "${{V}}",
        "Most agents expand variables of the environment here.",
    ),
    FileKind::code(&[".ipynb"], "os.environ['{V}']")
        .noting("Clear the outputs as well: they keep what was printed."),
    FileKind::code(&[".py", ".pyi", ".pyw"], "os.environ[\"{V}\"]"),
    FileKind::code(&[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"], "process.env.{V}")
        .noting("On a server only: what a browser or an app downloads is public."),
    FileKind::code(&[".go"], "os.Getenv(\"{V}\")"),
    FileKind::code(&[".rs"], "std::env::var(\"{V}\")?"),
    FileKind::code(&[".java", ".kt", ".kts", ".groovy", ".gradle"], "System.getenv(\"{V}\")"),
    FileKind::code(&[".scala"], "sys.env(\"{V}\")"),
    FileKind::code(&[".cs", ".fs", ".vb"], "Environment.GetEnvironmentVariable(\"{V}\")"),
    FileKind::code(&[".php"], "getenv('{V}')"),
    FileKind::code(&[".rb", "Rakefile", "Gemfile"], "ENV.fetch(\"{V}\")"),
    FileKind::code(&[".r", ".R", ".Rmd", ".qmd"], "Sys.getenv(\"{V}\")")
        .noting("Sys.getenv reads ~/.Renviron, too."),
    FileKind::code(&[".sh", ".bash", ".zsh"], "\"${{V}:?is not set}\""),
    FileKind::code(&[".fish"], "\"${V}\""),
    FileKind::code(&[".ps1", ".psm1"], "$env:{V}"),
    FileKind::code(&[".bat", ".cmd"], "%{V}%"),
    FileKind::code(&[".pl", ".pm"], "$ENV{{V}}"),
    FileKind::code(&[".lua"], "os.getenv(\"{V}\")"),
    FileKind::code(&[".ex", ".exs"], "System.fetch_env!(\"{V}\")"),
    FileKind::code(&[".jl"], "ENV[\"{V}\"]"),
    FileKind::code(&[".c", ".cc", ".cpp", ".h", ".hpp"], "getenv(\"{V}\")"),
    FileKind::code(&[".tf"], "var.{v}")
        .noting("Declare the variable with `sensitive = true`, and set TF_VAR_{v}."),
    FileKind::data(&[".tfvars"], "", "Take the key out of the file, and set TF_VAR_{v} in the environment."),
    FileKind::data(&[".properties"], "${{V}}", "Spring and others expand variables of the environment here."),
    FileKind::data(
        &[".yml", ".yaml"],
        "${{V}}",
        "Only if the program that reads the file expands variables. In Kubernetes, name a Secret with `secretKeyRef`.",
    ),
    FileKind::data(
        &[".json", ".toml", ".ini", ".cfg", ".conf", ".xml", ".plist"],
        "",
        "Take the key out of the file, and let the program read {V} from the environment.",
    ),
];

/// What may stand before a string of Python, in any letter case. A `b` would make bytes of it.
const PYTHON_PREFIXES: [&str; 5] = ["r", "u", "f", "rf", "fr"];

/// How a text is changed so that it reads a key from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyEdit {
    /// The variable to read.
    pub(crate) variable: String,
    /// What takes the place of the key.
    pub(crate) expression: String,
    /// How many bytes before the key it replaces as well, such as a quotation mark.
    pub(crate) before: usize,
    /// The same after the key.
    pub(crate) after: usize,
}

impl KeyEdit {
    /// The edit of a line, which must be whole in `place`; `None` if the file cannot read a variable, or the key is only a part
    /// of a literal.
    pub(crate) fn of(place: KeyPlace<'_>, names: &[String], issuer: &str) -> Option<Self> {
        let kind = FileKind::of(place.path)?;
        let Replacement { variable, expression, .. } = Replacement::of(place, names, issuer)?;
        let (before, after) = place.around();
        let (rest_before, rest_after) = outside(before, after, kind).filter(|_| !expression.is_empty())?;
        let (before, after) = (before.len() - rest_before.len(), after.len() - rest_after.len());
        Some(Self { variable, expression, before, after })
    }
}

impl Replacement {
    /// What to write for a key of a rule with these variables, or nothing for a kind of file that is not known. A file
    /// `.env` is the right place, so there is nothing to write there.
    pub(crate) fn of(place: KeyPlace<'_>, names: &[String], issuer: &str) -> Option<Self> {
        let kind = FileKind::of(place.path)?;
        let variable = variable(place, names, issuer);
        let lower = variable.to_ascii_lowercase();
        let fill = |text: &str| text.replace("{V}", &variable).replace("{v}", &lower);
        let expression = fill(kind.expression);
        let line = (!expression.is_empty()).then(|| line(place, &expression, kind)).flatten();
        Some(Self { expression, line, note: kind.note.map(fill), variable: variable.clone() })
    }
}

/// The variable: the name beside the key if it looks like one, or else the usual one.
fn variable(place: KeyPlace<'_>, names: &[String], issuer: &str) -> String {
    let is_variable = |name: &&str| {
        name.contains('_')
            && name.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_')
    };
    if let Some(name) = place.name().filter(is_variable) {
        return name.to_owned();
    }
    names.first().cloned().unwrap_or_else(|| {
        let words = issuer.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let name = words.collect::<Vec<_>>().join("_").to_ascii_uppercase();
        let says_so = ["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|end| name.ends_with(end));
        if says_so { name } else { format!("{name}_API_KEY") }
    })
}

/// The line with the expression in it, if the key is all of a literal.
fn line(place: KeyPlace<'_>, expression: &str, kind: &FileKind) -> Option<String> {
    let (before, after) = place.around();
    if place.excerpt.len() > 200 || before.starts_with('…') || after.ends_with('…') {
        return None;
    }
    let (before, after) = outside(before, after, kind)?;
    Some(format!("{}{expression}{after}", before.trim_start()))
}

/// What stands before and after what the expression replaces: the key, and in code its quotation marks. `None` for a string
/// of code that holds more than the key, or whose marks mean more than a string.
fn outside<'a>(before: &'a str, after: &'a str, kind: &FileKind) -> Option<(&'a str, &'a str)> {
    if !kind.is_code {
        return Some((before, after));
    }
    // Code in a string of JSON has its quotation marks escaped.
    let quoted = |mark: &'static str| Some((mark, before.strip_suffix(mark)?, after.strip_prefix(mark)?));
    let (mark, before, after) = ["\\\"", "\"", "'", "`"].into_iter().find_map(quoted)?;
    if before.ends_with(mark) || after.starts_with(mark) {
        return None;
    }
    let rest = before.trim_end_matches(|one: char| one.is_alphanumeric() || "_$@#".contains(one));
    match &before[rest.len()..] {
        "" => Some((before, after)),
        // Strings of Python that are text.
        prefix
            if kind.is_python() && PYTHON_PREFIXES.iter().any(|known| prefix.eq_ignore_ascii_case(known)) =>
        {
            Some((rest, after))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(path: &str, before: &str, after: &str) -> Option<Replacement> {
        let excerpt = format!("{before}sk-…abcd{after}");
        let marker = (before.len(), excerpt.len() - after.len());
        let place = KeyPlace { path, excerpt: &excerpt, marker, is_in_git: true, is_output: false };
        Replacement::of(place, &["OPENAI_API_KEY".to_owned()], "OpenAI")
    }

    #[test]
    fn a_literal_becomes_what_the_language_reads_a_variable_with() {
        for (path, before, after, expected) in [
            (
                "a.py",
                "    client = OpenAI(api_key=\"",
                "\")",
                "client = OpenAI(api_key=os.environ[\"OPENAI_API_KEY\"])",
            ),
            ("a.py", "MY_KEY = '", "'", "MY_KEY = os.environ[\"MY_KEY\"]"),
            ("src/a.tsx", "const key = `", "`;", "const key = process.env.OPENAI_API_KEY;"),
            ("a.go", "key := \"", "\"", "key := os.Getenv(\"OPENAI_API_KEY\")"),
            ("a.rs", "let key = \"", "\";", "let key = std::env::var(\"OPENAI_API_KEY\")?;"),
            ("A.java", "String key = \"", "\";", "String key = System.getenv(\"OPENAI_API_KEY\");"),
            (
                "A.cs",
                "var key = \"",
                "\";",
                "var key = Environment.GetEnvironmentVariable(\"OPENAI_API_KEY\");",
            ),
            ("a.php", "$key = '", "';", "$key = getenv('OPENAI_API_KEY');"),
            ("a.rb", "key = '", "'", "key = ENV.fetch(\"OPENAI_API_KEY\")"),
            ("a.R", "key <- \"", "\"", "key <- Sys.getenv(\"OPENAI_API_KEY\")"),
            ("a.sh", "export KEY=\"", "\"", "export KEY=\"${OPENAI_API_KEY:?is not set}\""),
            (".github/workflows/a.yml", "  OPENAI_KEY: ", "", "OPENAI_KEY: ${{ secrets.OPENAI_KEY }}"),
            ("docker-compose.yml", "- OPENAI_API_KEY=", "", "- OPENAI_API_KEY=${OPENAI_API_KEY:?is not set}"),
            ("main.tf", "api_key = \"", "\"", "api_key = var.openai_api_key"),
            ("app.properties", "openai.key=", "", "openai.key=${OPENAI_API_KEY}"),
        ] {
            let replacement = replaced(path, before, after).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(replacement.line.as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn what_cannot_be_replaced_as_a_whole_has_only_an_expression() {
        let part = replaced("a.py", "h = {'Authorization': 'Bearer ", "'}").expect("Python is known");
        assert_eq!((part.line, part.expression.as_str()), (None, "os.environ[\"OPENAI_API_KEY\"]"));
        let json = replaced("config.json", "\"key\": \"", "\"").expect("JSON is known");
        assert_eq!((json.line, json.expression.as_str()), (None, ""));
        assert_eq!(replaced("notes.txt", "key: ", ""), None);
        assert_eq!(replaced(".env", "OPENAI_API_KEY=", ""), None);
    }

    #[test]
    fn an_edit_takes_the_marks_of_a_literal_and_nothing_else() {
        for (path, before, after, expected) in [
            ("a.py", "key = \"", "\")", Some((1, 1))),
            ("a.py", "key = f'", "'", Some((2, 1))),
            ("a.py", "key = Rf'", "'", Some((3, 1))),
            ("a.py", "key = b'", "'", None),
            ("a.py", "key = \"\"\"", "\"\"\"", None),
            ("a.py", "key = 'Bearer ", "'", None),
            ("a.py", "# ", "", None),
            ("a.ipynb", "   \"key = \\\"", "\\\"\\n\",", Some((2, 2))),
            ("a.ts", "css`", "`", None),
            ("a.ts", "(`", "`)", Some((1, 1))),
            ("a.rs", "r#\"", "\"#", None),
            ("a.cs", "$\"", "\"", None),
            ("a.yml", "key: \"", "\"", Some((0, 0))),
            ("a.yml", "- Bearer ", "", Some((0, 0))),
            ("a.json", "\"key\": \"", "\"", None),
            ("Dockerfile", "ENV KEY=", "", None),
            ("a.txt", "key = \"", "\"", None),
        ] {
            let excerpt = format!("{before}sk-…abcd{after}");
            let marker = (before.len(), excerpt.len() - after.len());
            let place = KeyPlace { path, excerpt: &excerpt, marker, is_in_git: false, is_output: false };
            let edit = KeyEdit::of(place, &["OPENAI_API_KEY".to_owned()], "OpenAI");
            assert_eq!(edit.map(|edit| (edit.before, edit.after)), expected, "{path} {before}");
        }
    }

    #[test]
    fn a_variable_is_called_as_beside_the_key_or_as_usual() {
        for (before, expected) in [
            ("PROD_OPENAI_KEY = \"", "PROD_OPENAI_KEY"),
            ("os.environ[\"TEAM_KEY\"] = \"", "TEAM_KEY"),
            ("apiKey: \"", "OPENAI_API_KEY"),
            ("KEY = \"", "OPENAI_API_KEY"),
            ("", "OPENAI_API_KEY"),
        ] {
            assert_eq!(
                replaced("a.py", before, "\"").expect("Python is known").variable,
                expected,
                "{before}"
            );
        }
        let place = KeyPlace { path: "a.py", excerpt: "", marker: (0, 0), is_in_git: true, is_output: false };
        assert_eq!(variable(place, &[], "Together AI"), "TOGETHER_AI_API_KEY");
    }
}
