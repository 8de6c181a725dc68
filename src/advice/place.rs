//! What the place of a key means: who can read it there, and what follows from that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key_place::KeyPlace;
use crate::agent_files::AgentFileKind;

/// A kind of place that calls for its own advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlacementKind {
    /// What a browser, an app or an extension downloads. Every visitor can read it.
    ClientSide,
    /// A file of environment variables, the right place as long as git ignores it.
    EnvFile,
    /// A notebook, which keeps outputs beside the code.
    Notebook,
    /// A workflow or pipeline of a CI system.
    Pipeline,
    /// The configuration or the instructions of a coding agent.
    Agent,
    /// A record of what was said and done in sessions of a coding agent.
    Transcript,
    /// The commands that were typed in a shell.
    CommandHistory,
    /// A recorded exchange with a server, for tests.
    Recording,
}

/// A place that calls for its own advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Placement {
    /// What kind of place it is.
    pub kind: PlacementKind,
    /// What that means, one or two sentences.
    pub advice: String,
}

/// Prefixes of variables that bundlers put into what the browser downloads. From the documentation of Next.js, Vite, Create
/// React App, Expo, Gatsby, Nuxt, SvelteKit and Vue CLI, in this order.
const PUBLIC_PREFIXES: [&str; 8] =
    ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "GATSBY_", "NUXT_PUBLIC_", "PUBLIC_", "VUE_APP_"];

/// Directories that web servers serve or bundlers write.
const SERVED: [&str; 6] = ["public", "static", "dist", "www", "htdocs", "_next"];

/// Endings of files that a browser reads.
const WEB: [&str; 10] =
    [".html", ".htm", ".js", ".mjs", ".css", ".map", ".json", ".svg", ".xml", ".webmanifest"];

/// Endings of files that hardly ever are anything but front-end source or a bundle.
const FRONT_END: [&str; 7] = [".html", ".htm", ".vue", ".svelte", ".min.js", ".bundle.js", ".chunk.js"];

/// Resources of mobile apps, which anybody can unpack.
const MOBILE: [&str; 6] = [
    "AndroidManifest.xml",
    "res/values/strings.xml",
    "google-services.json",
    "Info.plist",
    "GoogleService-Info.plist",
    ".xcconfig",
];

const PIPELINES: [&str; 6] = [
    ".gitlab-ci.yml",
    "bitbucket-pipelines.yml",
    "azure-pipelines.yml",
    ".travis.yml",
    ".circleci/config.yml",
    "Jenkinsfile",
];

/// Names that MCP servers and their keys have, wherever they are.
const MCP: [&str; 2] = ["mcp.json", "claude_desktop_config.json"];

impl Placement {
    /// What there is to say about a place, if anything.
    pub(crate) fn of(place: KeyPlace<'_>) -> Option<Self> {
        let kind = kind(place)?;
        Some(Self { kind, advice: advice(kind, place).to_owned() })
    }
}

fn kind(place: KeyPlace<'_>) -> Option<PlacementKind> {
    let path = place.path;
    let is_any = |endings: &[&str]| {
        endings.iter().any(|ending| {
            path.strip_suffix(ending)
                .is_some_and(|before| before.is_empty() || before.ends_with('/') || ending.starts_with('.'))
        })
    };
    let directories = || path.split('/').rev().skip(1);
    if place.name().is_some_and(|name| PUBLIC_PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
        || place.excerpt.contains("dangerouslyAllowBrowser")
        || is_any(&FRONT_END)
        || is_any(&MOBILE)
        || (is_any(&WEB) && directories().any(|name| SERVED.contains(&name)))
    {
        return Some(PlacementKind::ClientSide);
    }
    let name = place.file_name();
    if name == ".env" || name.starts_with(".env.") || name.ends_with(".env") || name == ".envrc" {
        return Some(PlacementKind::EnvFile);
    }
    if is_any(&[".ipynb"]) {
        return Some(PlacementKind::Notebook);
    }
    if path.contains(".github/workflows/") || is_any(&PIPELINES) {
        return Some(PlacementKind::Pipeline);
    }
    match AgentFileKind::of(path) {
        Some(AgentFileKind::Transcript) => return Some(PlacementKind::Transcript),
        Some(AgentFileKind::Commands) => return Some(PlacementKind::CommandHistory),
        Some(AgentFileKind::Settings | AgentFileKind::Instructions) => return Some(PlacementKind::Agent),
        None if is_any(&MCP) || path.contains(".cursor/") => return Some(PlacementKind::Agent),
        None => {}
    }
    let is_recording =
        directories().any(|name| matches!(name, "cassettes" | "__recordings__" | "recordings"));
    (is_recording || is_any(&[".har"])).then_some(PlacementKind::Recording)
}

fn advice(kind: PlacementKind, place: KeyPlace<'_>) -> &'static str {
    match kind {
        PlacementKind::ClientSide => {
            "Every visitor or user can read this file. Call the API from a server of your own, which keeps the key."
        }
        PlacementKind::EnvFile if place.is_in_git => {
            "This file belongs in .gitignore: `git rm --cached` takes it out of git and leaves it on the disk."
        }
        PlacementKind::EnvFile => "This is the right file for a key, as long as git ignores it.",
        PlacementKind::Notebook if place.is_output => {
            "Only outputs show it: clear them with `jupyter nbconvert --clear-output --inplace`, and have nbstripout do it before \
             every commit. The source may read the key from the environment already; what prints it is what leaks it."
        }
        PlacementKind::Notebook => {
            "A notebook keeps outputs: clear them as well, and have nbstripout do it before every commit."
        }
        PlacementKind::Pipeline => {
            "Store the key as a secret of the CI system. Logs of past runs may show it, too."
        }
        PlacementKind::Agent => {
            "Agents send such files to a model. Refer to a variable of the environment, and keep the file out of git."
        }
        PlacementKind::Transcript => {
            "The key was sent to a model, and stands in the record of that session. Delete the record once the key is revoked. \
             `skanner hook agent` keeps keys out of sessions."
        }
        PlacementKind::CommandHistory => {
            "Delete the line once the key is revoked. Give a key to a command in a variable that is read from a file, not on its line."
        }
        PlacementKind::Recording => {
            "Let the recorder filter headers and bodies, such as `filter_headers` of VCR, and record it again."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(path: &str, before: &str) -> Option<PlacementKind> {
        let excerpt = format!("{before}sk-…abcd\"");
        let marker = (before.len(), excerpt.len() - 1);
        Placement::of(KeyPlace { path, excerpt: &excerpt, marker, is_in_git: false, is_output: false })
            .map(|place| place.kind)
    }

    #[test]
    fn the_place_decides() {
        use PlacementKind::{
            Agent, ClientSide, CommandHistory, EnvFile, Notebook, Pipeline, Recording, Transcript,
        };
        for (path, before, expected) in [
            ("src/config.ts", "NEXT_PUBLIC_OPENAI_KEY = \"", Some(ClientSide)),
            (".env", "VITE_OPENAI_KEY=", Some(ClientSide)),
            ("app.config.js", "REACT_APP_KEY: \"", Some(ClientSide)),
            ("x/public/app.js", "key = \"", Some(ClientSide)),
            ("static/config.json", "\"key\": \"", Some(ClientSide)),
            ("index.html", "key = \"", Some(ClientSide)),
            ("assets/main.min.js", "key = \"", Some(ClientSide)),
            ("src/App.vue", "key = \"", Some(ClientSide)),
            ("app/src/main/res/values/strings.xml", "<string>", Some(ClientSide)),
            ("ios/Info.plist", "<string>", Some(ClientSide)),
            ("public/index.php", "$key = \"", None),
            ("src/public.py", "key = \"", None),
            ("server/index.js", "key = \"", None),
            (".env", "OPENAI_API_KEY=", Some(EnvFile)),
            ("web/.env.production", "OPENAI_API_KEY=", Some(EnvFile)),
            ("a.ipynb", "key = \"", Some(Notebook)),
            (".github/workflows/ci.yml", "KEY: ", Some(Pipeline)),
            (".gitlab-ci.yml", "KEY: ", Some(Pipeline)),
            (".mcp.json", "\"KEY\": \"", Some(Agent)),
            ("CLAUDE.md", "key: ", Some(Agent)),
            ("desktop/mcp.json", "\"KEY\": \"", Some(Agent)),
            ("/home/me/.codex/config.toml", "KEY = \"", Some(Agent)),
            ("/home/me/.claude/projects/a/b.jsonl", "\"text\": \"", Some(Transcript)),
            ("/home/me/.zsh_history", "curl -H 'Bearer ", Some(CommandHistory)),
            ("tests/cassettes/chat.yaml", "- Bearer ", Some(Recording)),
            ("main.py", "key = \"", None),
        ] {
            assert_eq!(kind_of(path, before), expected, "{path} {before}");
        }
    }

    #[test]
    fn a_key_in_outputs_alone_has_advice_of_its_own() {
        let place = KeyPlace {
            path: "a.ipynb",
            excerpt: "sk-…abcd",
            marker: (0, 9),
            is_in_git: true,
            is_output: false,
        };
        let advice = |is_output| Placement::of(KeyPlace { is_output, ..place }).expect("it is known").advice;
        assert!(advice(true).contains("--clear-output") && !advice(false).contains("--clear-output"));
    }

    #[test]
    fn a_file_of_variables_is_right_unless_git_has_it() {
        let place = KeyPlace {
            path: ".env",
            excerpt: "sk-…abcd",
            marker: (0, 9),
            is_in_git: false,
            is_output: false,
        };
        let advice = |is_in_git| Placement::of(KeyPlace { is_in_git, ..place }).expect("it is known").advice;
        assert!(advice(false).contains("right file") && advice(true).contains("git rm --cached"));
    }
}
