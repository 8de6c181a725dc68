//! The texts of an event that may carry a key, each under the best name that is known of it.

use super::{
    json_tokens::{JsonToken, JsonTokens, decoded},
    json_view::{self, JsonView, ViewPlace, ViewRules},
    model::{AgentEvent, AgentEventKind},
    patch::{is_patch, patched_files, takes_patches},
    payload::{Payload, string},
};
use crate::{
    finding::{Finding, Span},
    masking::{MaskEdit, byte_ranges},
};

/// Members with the text that an edit takes away, as agents call them. A key may be removed.
const REMOVED: &[&str] = &["old_string", "oldString", "old_str", "old_text", "oldText", "old_code"];

/// Parts of the names of tools that edit files, in lower case.
const EDITS: &[&str] = &["edit", "replace", "update", "modify", "fs_write"];

/// Members with the arguments of a tool.
const ARGUMENTS: &[&str] = &["tool_input", "toolArgs", "tool_info"];

/// A text to search in.
pub(crate) struct CarriedText<'p> {
    /// The path of the file that it is or will be, as far as that is known; otherwise empty.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: String,
    /// What the file held before. A key in it is not new.
    pub(crate) before: String,
    /// The member of the payload.
    pub(crate) field: &'static str,
    source: CarriedSource<'p>,
}

/// What a text was made of.
enum CarriedSource<'p> {
    /// A value of JSON.
    Value(&'p str, ViewRules),
    /// JSON in a string.
    Inner(String, ViewRules),
    /// Lines of a string: its member, and the number of the first of them.
    Lines(String, u64),
}

impl CarriedText<'_> {
    /// Where a key stands.
    pub(crate) fn place(&self, span: &Span) -> ViewPlace {
        let (raw, rules) = match &self.source {
            CarriedSource::Value(raw, rules) => (*raw, *rules),
            CarriedSource::Inner(raw, rules) => (raw.as_str(), *rules),
            CarriedSource::Lines(field, first) => {
                return ViewPlace { field: field.clone(), line: first + span.line - 1 };
            }
        };
        let range = byte_ranges(self.text.as_bytes(), &[*span]).into_iter().next().unwrap_or_default();
        let edits = [MaskEdit { range, shown: String::new() }];
        let mut place = json_view::edited(raw, rules, &edits).1.into_iter().next().unwrap_or_default();
        self.name_field(&mut place);
        place
    }

    /// A value that is a string has the name of its member.
    fn name_field(&self, place: &mut ViewPlace) {
        if place.field.is_empty() {
            self.field.clone_into(&mut place.field);
        }
    }

    /// The value with other texts in place of some parts, and where each of them stands.
    pub(crate) fn edited(&self, edits: &[MaskEdit]) -> (String, Vec<ViewPlace>) {
        match &self.source {
            CarriedSource::Value(raw, rules) => {
                let (value, mut places) = json_view::edited(raw, *rules, edits);
                places.iter_mut().for_each(|place| self.name_field(place));
                (value, places)
            }
            CarriedSource::Inner(..) | CarriedSource::Lines(..) => (self.text.clone(), Vec::new()),
        }
    }

    /// Which of some edits each key begins in, so that its place is known without another look.
    pub(crate) fn edited_at<'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding>,
        edits: &[MaskEdit],
    ) -> Vec<Option<usize>> {
        let spans: Vec<Span> = findings.map(|finding| finding.occurrences[0].span).collect();
        let at = |start: usize| edits.iter().position(|edit| edit.range.contains(&start));
        byte_ranges(self.text.as_bytes(), &spans).into_iter().map(|range| at(range.start)).collect()
    }
}

/// The text of an output that was masked, to search in once more.
pub(crate) fn again<'v>(value: &'v str, first: &CarriedText<'_>) -> CarriedText<'v> {
    CarriedText {
        path: first.path.clone(),
        text: JsonView::of(value, ViewRules::default()).text,
        before: String::new(),
        field: first.field,
        source: CarriedSource::Value(value, ViewRules::default()),
    }
}

/// The texts of an event.
pub(crate) fn carried<'p>(event: &AgentEvent<'p>) -> Vec<CarriedText<'p>> {
    let fields = event.row.fields.iter();
    match event.row.kind {
        AgentEventKind::Quiet => Vec::new(),
        AgentEventKind::BeforeTool => fields
            .flat_map(|field| event.payload.values(field).map(|value| (*field, value)))
            .flat_map(|(field, value)| arguments(event, field, value))
            .collect(),
        AgentEventKind::AfterTool => {
            // One value can be given back.
            let output = fields.filter_map(|field| Some((*field, event.payload.value(field)?))).next();
            output.map(|(field, value)| plain(event, field, value)).into_iter().collect()
        }
        AgentEventKind::BeforeRead | AgentEventKind::Prompt => fields
            .flat_map(|field| event.payload.values(field).map(|value| (*field, value)))
            .map(|(field, value)| plain(event, field, value))
            .collect(),
    }
}

/// A value, all of it.
fn plain<'p>(event: &AgentEvent<'p>, field: &'static str, value: &'p str) -> CarriedText<'p> {
    CarriedText {
        path: path_of_event(event),
        text: JsonView::of(value, ViewRules::default()).text,
        before: String::new(),
        field,
        source: CarriedSource::Value(value, ViewRules::default()),
    }
}

/// What a tool would write, run or send.
fn arguments<'p>(event: &AgentEvent<'p>, field: &'static str, value: &'p str) -> Vec<CarriedText<'p>> {
    let rules = rules_for(event);
    // Some agents write the arguments as JSON in a string.
    let inner = string(value).filter(|inner| is_structure(inner));
    let source = match inner {
        Some(inner) => CarriedSource::Inner(inner, rules),
        None => CarriedSource::Value(value, rules),
    };
    let raw = match &source {
        CarriedSource::Inner(inner, _) => inner.as_str(),
        _ => value,
    };
    let JsonView { text, left_out, aside, file } = JsonView::of(raw, rules);
    let path = file.map_or_else(|| path_of_event(event), |file| relative(event, file));
    let mut texts = Vec::new();
    for (member, patch) in aside {
        for file in patched_files(&patch) {
            let path = if file.path.is_empty() { path.clone() } else { relative(event, file.path) };
            let member = if member.is_empty() { field.to_owned() } else { member.clone() };
            let source = CarriedSource::Lines(member, file.first_line);
            texts.push(CarriedText { path, text: file.added, before: file.before, field, source });
        }
    }
    texts.insert(0, CarriedText { path, text, before: left_out, field, source });
    texts
}

/// What of the arguments of a tool does not count. An MCP tool may send anything to others.
fn rules_for(event: &AgentEvent<'_>) -> ViewRules {
    let tool = &event.tool;
    let is_mcp = ["mcp__", "MCP:", "mcp_", "@"].iter().any(|start| tool.starts_with(start))
        || event.payload.has("mcp_context")
        || event.payload.has("mcp_server")
        || event.row.name.to_ascii_lowercase().contains("mcp");
    if is_mcp {
        return ViewRules::default();
    }
    // Only an edit takes a text away: in other arguments, the name of a member says nothing.
    let lower = tool.to_ascii_lowercase();
    let is_edit = EDITS.iter().any(|word| lower.contains(word)) || event.row.name == "pre_write_code";
    ViewRules {
        left_out: if is_edit { REMOVED } else { &[] },
        is_aside: takes_patches(tool).then_some(is_patch),
    }
}

/// The command lines that a tool would run, one after the other.
pub(crate) fn command(event: &AgentEvent<'_>) -> Option<String> {
    if let Some(command) = event.payload.text("command") {
        return Some(command);
    }
    let value = ARGUMENTS.iter().find_map(|name| event.payload.value(name))?;
    let inner = string(value).filter(|inner| is_structure(inner));
    let object = Payload::read(inner.as_deref().unwrap_or(value).as_bytes()).ok()?;
    let lines =
        ["command", "command_line", "cmd", "script"].iter().filter_map(|name| line(object.value(name)?));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// A command line, which may be written as its words.
fn line(value: &str) -> Option<String> {
    if let Some(line) = string(value) {
        return Some(line);
    }
    let mut tokens = JsonTokens::new(value);
    let mut words = Vec::new();
    while let Ok(Some(token)) = tokens.next() {
        if let JsonToken::Text(word) = token {
            // A word may be a command line itself.
            words.push(format!("'{}'", decoded(&value[word]).replace('\'', "'\\''")));
        }
    }
    Some(words.join(" ")).filter(|line| !line.is_empty())
}

/// Whether a text is an object or an array of JSON.
fn is_structure(text: &str) -> bool {
    let is_open = text.trim_start().starts_with(['{', '[']);
    let mut tokens = JsonTokens::new(text);
    is_open && tokens.value_range().is_ok() && matches!(tokens.next(), Ok(None))
}

/// The file that an event is about.
fn path_of_event(event: &AgentEvent<'_>) -> String {
    let payload = &event.payload;
    let file = payload.text("file_path").or_else(|| {
        let value = ARGUMENTS.iter().find_map(|name| payload.value(name))?;
        let inner = string(value).filter(|inner| is_structure(inner));
        JsonView::of(inner.as_deref().unwrap_or(value), ViewRules::default()).file
    });
    file.map_or_else(String::new, |file| relative(event, file))
}

/// A path from the directory that the agent works in.
fn relative(event: &AgentEvent<'_>, file: String) -> String {
    let base = |payload: &Payload<'_>| {
        let cwd = payload.text("cwd").filter(|cwd| !cwd.is_empty());
        // Cursor has several roots; a path mostly is in the first one.
        cwd.or_else(|| {
            let roots = payload.value("workspace_roots")?;
            let first = roots.trim_start_matches('[').trim_start().strip_prefix('"')?;
            Some(decoded(&first[..first.find('"')?]))
        })
    };
    let Some(base) = base(&event.payload) else { return file };
    let inner = file.strip_prefix(&base).and_then(|rest| rest.strip_prefix(['/', '\\']));
    inner.map_or(file.clone(), str::to_owned)
}
