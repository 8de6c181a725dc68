//! The tools.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Result, bail, ensure};
use serde::Serialize;
use serde_json::Value;

use super::{
    arguments::ToolArguments,
    result::{content, error, of_report, value},
    root::inside,
};
use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    cmd::explain,
    cold::ColdSort,
    finding::{Report, Subject},
    git, remedy,
    rule::{Family, Rule, Severity},
    session::{
        ConfigStart, Coverage, MissingContent, Options, Redactor, ScanScope, Session, WorkerPool,
        config_start, find_rule, load, look_up, or_builtin, report, tree_root,
    },
    source::{LeftHistory, Sink, StagedSource, Walk},
};

/// A larger text is not scanned, in bytes.
const LARGEST: usize = 16 << 20;

/// More paths are not taken at once.
const MOST_PATHS: usize = 1000;

/// What the tools are, with their schemas.
const TOOLS: &str = include_str!("tools.json");

/// Runs tools below a directory.
pub(super) struct ToolRunner {
    /// The directory, whole. It is the current directory.
    root: PathBuf,
    options: Options,
}

/// A rule as `explain_rule` describes it.
#[derive(Serialize)]
struct ExplainedRule<'a> {
    id: &'a str,
    title: &'a str,
    issuer: &'a str,
    impact: &'a str,
    severity: Severity,
    family: Family,
    revoke_url: &'a str,
    usage_url: &'a str,
    names: &'a [String],
    steps: Vec<String>,
}

impl ToolRunner {
    /// For tools that scan with these options.
    pub(super) fn new(root: PathBuf, options: Options) -> Self {
        Self { root, options }
    }

    /// All tools, as the protocol describes them.
    pub(super) fn list() -> Value {
        let mut all: Value = serde_json::from_str(TOOLS).expect("a test parses it");
        let (report, annotations) = (all["report"].take(), all["annotations"].take());
        for tool in all["tools"].as_array_mut().into_iter().flatten() {
            if tool["outputSchema"].is_null() {
                tool["outputSchema"] = report.clone();
            }
            tool["annotations"] = annotations.clone();
            tool["annotations"]["title"] = tool["title"].clone();
        }
        all["tools"].take()
    }

    /// Calls a tool; `None` if there is none of this name. What goes wrong is a result, too, since a model can act on it.
    pub(super) fn call(&self, name: &str, arguments: &Value) -> Option<Value> {
        // Each call has its own, since the configuration may have changed.
        let redactor = Arc::new(Redactor::default());
        let arguments = ToolArguments::new(arguments);
        let result = match name {
            "scan_text" => arguments.and_then(|arguments| self.scan_text(arguments, &redactor)),
            "scan_paths" => arguments.and_then(|arguments| self.scan_paths(arguments, &redactor)),
            "scan_staged" => arguments.and_then(|arguments| self.scan_staged(arguments, &redactor)),
            "explain_rule" => arguments.and_then(|arguments| self.explain_rule(arguments, &redactor)),
            _ => return None,
        };
        Some(result.unwrap_or_else(|why| error(&redactor.text(format!("{why:#}").as_bytes()))))
    }

    fn scan_text(&self, mut arguments: ToolArguments, redactor: &Arc<Redactor>) -> Result<Value> {
        let (text, name) = (arguments.text("text")?, arguments.optional_text("name")?.unwrap_or_default());
        arguments.finish()?;
        ensure!(
            text.len() <= LARGEST,
            "the text is larger than {} MiB; write it to a file and call scan_paths",
            LARGEST >> 20
        );
        let session = load(self.options.clone(), ConfigStart::Path(Path::new(".")), redactor)?;
        self.scan(&session, |pool| {
            let origin = Origin::new(SourceKind::Stdin, name.as_bytes());
            pool.worker().blob(Blob::new(origin, Content::Bytes(text.as_bytes())));
            let scope = ScanScope::Files(vec!["-".into()]);
            Ok(Coverage { scope, ..Coverage::files(self.root.clone()) })
        })
    }

    fn scan_paths(&self, mut arguments: ToolArguments, redactor: &Arc<Redactor>) -> Result<Value> {
        let named = arguments.optional_texts("paths")?.unwrap_or_else(|| vec![".".to_owned()]);
        let no_ignore = arguments.flag("no_ignore")?;
        arguments.finish()?;
        ensure!(!named.is_empty(), "`paths` is empty; leave it out for the root");
        ensure!(
            named.len() <= MOST_PATHS,
            "`paths` has more than {MOST_PATHS} entries; name their directory"
        );
        let mut roots = named.iter().map(|path| inside(&self.root, path)).collect::<Result<Vec<_>>>()?;
        roots.cold_sort();
        roots.dedup();
        let start = if let [only] = &roots[..] { only } else { Path::new(".") };
        let session = load(self.options.clone(), ConfigStart::Path(start), redactor)?;
        self.scan(&session, |pool| {
            Walk {
                roots: roots.clone(),
                respect_ignore: !session.reads_ignored(no_ignore),
                force_exclude: false,
                may_be_empty: false,
                left_history: LeftHistory::All,
                pool: session.pool(),
            }
            .feed(&pool.workers());
            let scope = ScanScope::Files(roots.clone());
            Ok(Coverage { scope, roots, ..Coverage::files(self.root.clone()) })
        })
    }

    fn scan_staged(&self, arguments: ToolArguments, redactor: &Arc<Redactor>) -> Result<Value> {
        arguments.finish()?;
        let Ok(repository) = git::discover(&self.root) else {
            bail!("{} is not in a git repository, so nothing can be staged", self.root.display())
        };
        let tree = tree_root(&repository)?;
        ensure!(
            tree == self.root,
            "the repository is {}, which is more than {}, the root of this server: start it with `--root {0}`",
            tree.display(),
            self.root.display()
        );
        let session = load(self.options.clone(), config_start(&repository), redactor)?;
        self.scan(&session, |pool| {
            pool.read_lfs(&repository, MissingContent::Fails);
            let staged = StagedSource { all: false, wanted: None, differing: false, pool: session.pool() };
            let nothing = staged.feed(&repository, &pool.workers())?.nothing().map(str::to_owned);
            Ok(Coverage::git(tree, Subject { what: "what is staged".to_owned(), nothing }))
        })
    }

    fn scan<'a>(
        &self,
        session: &'a Session,
        feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage> + 'a,
    ) -> Result<Value> {
        let start = Instant::now();
        let report: Report = report(session, &session.engine(), feed)?;
        of_report(&report, &session.options, start.elapsed())
    }

    fn explain_rule(&self, mut arguments: ToolArguments, redactor: &Arc<Redactor>) -> Result<Value> {
        let id = arguments.text("rule")?;
        arguments.finish()?;
        let settings = look_up(&self.options, ConfigStart::Path(Path::new(".")), redactor)?;
        let rules = settings.rule_set();
        let rule: &Rule = find_rule(or_builtin(rules.as_ref()), &id)?;
        let steps = remedy::steps(rule);
        let explained = ExplainedRule {
            id: &rule.id,
            title: &rule.title,
            issuer: &rule.issuer,
            impact: &rule.impact,
            severity: rule.severity,
            family: rule.family,
            revoke_url: &rule.revoke_url,
            usage_url: remedy::told(rule, |guidance| &guidance.usage_url),
            names: &rule.names,
            steps,
        };
        let page = redactor.text(explain::page(rule, None).as_bytes());
        Ok(content(&page, value(&explained)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_described() {
        let tools = ToolRunner::list();
        let names: Vec<&str> =
            tools.as_array().expect("it is a list").iter().filter_map(|tool| tool["name"].as_str()).collect();
        assert_eq!(names, ["scan_text", "scan_paths", "scan_staged", "explain_rule"]);
        for tool in tools.as_array().expect("it is a list") {
            assert_eq!(tool["annotations"]["readOnlyHint"], true);
            assert_eq!(
                (&tool["inputSchema"]["type"], &tool["outputSchema"]["type"]),
                (&Value::from("object"), &Value::from("object"))
            );
        }
    }
}
