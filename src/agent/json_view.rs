//! A value of JSON as a text to search in: as it is written, but with the characters of its strings in place of their
//! escapes. A key in it stands beside the name of its member, as in a file of JSON, and on a line of its own text, as in the
//! file that a string holds. What was found is then looked up, or masked, in the value as it was written.

use std::{fmt::Write, ops::Range};

use super::json_tokens::{JsonToken, JsonTokens, StringPart, decoded, push_decoded, quoted, string_parts};
use crate::masking::MaskEdit;

/// Names of members whose values are paths of files, as tools call them.
const FILES: &[&str] = &[
    "file_path",
    "filePath",
    "notebook_path",
    "absolute_path",
    "target_file",
    "target_notebook",
    "path",
    "file",
    "filename",
    "relative_path",
];

/// A part of a value, in order.
enum ViewPart<'r> {
    /// What stands between strings, with their quotation marks.
    Between(&'r str),
    /// The characters of a string or of a name, as they are written.
    Written(&'r str),
    /// The characters of a string that is not searched here.
    Aside(&'r str),
    /// A value that is left out.
    LeftOut(&'r str),
}

/// What of a value is not in its text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ViewRules {
    /// The names of members whose values are left out.
    pub(crate) left_out: &'static [&'static str],
    /// Whether a string is to be searched in another way.
    pub(crate) is_aside: Option<fn(&str) -> bool>,
}

/// Where in a value something is: for each open bracket, the name of the member, or the number of the element.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PathStep {
    Member(Range<usize>),
    /// 1-based.
    Element(usize),
}

/// The text of a value, and what else is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JsonView {
    /// The text to search in.
    pub(crate) text: String,
    /// The texts of the values that are left out, one after the other.
    pub(crate) left_out: String,
    /// The strings that are to be searched in another way, and where they stand.
    pub(crate) aside: Vec<(String, String)>,
    /// The first path of a file in it.
    pub(crate) file: Option<String>,
}

/// Where a part of the text stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ViewPlace {
    /// The member and element, as in `edits[1].new_string`; empty for a value that is a string itself.
    pub(crate) field: String,
    /// The line of its string, 1-based.
    pub(crate) line: u64,
}

impl JsonView {
    /// The text of a valid value.
    pub(crate) fn of(raw: &str, rules: ViewRules) -> Self {
        let mut view = Self { text: String::with_capacity(raw.len()), ..Self::default() };
        walk(raw, rules, &mut |part, path| match part {
            ViewPart::Between(same) => view.text.push_str(same),
            ViewPart::Written(written) => {
                if view.file.is_none()
                    && let Some(PathStep::Member(name)) = path.last()
                    && name.end < offset(raw, written)
                    && FILES.contains(&&raw[name.clone()])
                {
                    view.file = Some(decoded(written));
                }
                push_decoded(written, &mut view.text);
            }
            ViewPart::Aside(written) => view.aside.push((field(raw, path), decoded(written))),
            ViewPart::LeftOut(value) => {
                view.left_out.push_str(&Self::of(value, ViewRules::default()).text);
                view.left_out.push('\n');
            }
        });
        view
    }
}

/// The value with other texts in place of some parts of its text, which are in order and do not overlap; and where each of
/// them stands. All other bytes are those of the value, and it stays valid: what belongs to no string stays, but for numbers.
pub(crate) fn edited<'e>(raw: &'e str, rules: ViewRules, edits: &'e [MaskEdit]) -> (String, Vec<ViewPlace>) {
    let mut editor = ViewEditor::new(raw.len(), edits);
    walk(raw, rules, &mut |part, path| match part {
        ViewPart::Between(same) => editor.between(same, edits.len(), &|| field(raw, path)),
        ViewPart::Written(written) => editor.written(written, edits.len(), &|| field(raw, path)),
        ViewPart::LeftOut(value) | ViewPart::Aside(value) => editor.out.push_str(value),
    });
    (editor.out, editor.places)
}

/// Shows the parts of a valid value, in order.
fn walk<'r>(raw: &'r str, rules: ViewRules, visit: &mut dyn FnMut(ViewPart<'r>, &[PathStep])) {
    let mut tokens = JsonTokens::of_valid(raw);
    let mut path: Vec<PathStep> = Vec::new();
    let mut done = 0;
    // A caller has read the value before, so it has no error.
    while let Ok(Some(token)) = tokens.next() {
        let is_value = !matches!(token, JsonToken::Close(_) | JsonToken::MemberName(_));
        if let (true, Some(PathStep::Element(number))) = (is_value, path.last_mut()) {
            *number += 1;
        }
        match token {
            JsonToken::Open(_, true) => path.push(PathStep::Member(0..0)),
            JsonToken::Open(_, false) => path.push(PathStep::Element(0)),
            JsonToken::Close(_) => drop(path.pop()),
            JsonToken::Word(_) => {}
            JsonToken::Text(text) => {
                visit(ViewPart::Between(&raw[done..text.start]), &path);
                let written = &raw[text.clone()];
                let is_aside = rules.is_aside.is_some_and(|is_aside| is_aside(&decoded(written)));
                visit(if is_aside { ViewPart::Aside(written) } else { ViewPart::Written(written) }, &path);
                done = text.end;
            }
            JsonToken::MemberName(name) => {
                let written = &raw[name.clone()];
                visit(ViewPart::Between(&raw[done..name.start]), &path);
                if let Some(step) = path.last_mut() {
                    *step = PathStep::Member(name.clone());
                }
                visit(ViewPart::Written(written), &path);
                done = name.end;
                let is_left_out = |one: &&str| *one == written || *one == decoded(written);
                if rules.left_out.iter().any(is_left_out) {
                    let Ok(value) = tokens.value_range() else { return };
                    visit(ViewPart::Between(&raw[done..value.start]), &path);
                    visit(ViewPart::LeftOut(&raw[value.clone()]), &path);
                    done = value.end;
                }
            }
        }
    }
    visit(ViewPart::Between(&raw[done..]), &path);
}

/// Where a part begins.
fn offset(raw: &str, part: &str) -> usize {
    part.as_ptr() as usize - raw.as_ptr() as usize
}

/// Writes a value anew, with some parts of its text replaced.
struct ViewEditor<'e> {
    out: String,
    /// How much of the text is done, in bytes.
    at: usize,
    edits: &'e [MaskEdit],
    /// Where each edit begins, as far as they are done.
    places: Vec<ViewPlace>,
    /// Whether the current run of characters of an edit has been replaced.
    is_run_shown: bool,
    /// Whether any run of the current edit has been replaced.
    is_shown: bool,
    /// A backslash of the text, as it is written, which only stays if a quotation mark follows.
    backslash: &'e str,
}

impl<'e> ViewEditor<'e> {
    fn new(length: usize, edits: &'e [MaskEdit]) -> Self {
        let out = String::with_capacity(length);
        Self { out, at: 0, edits, places: Vec::new(), is_run_shown: false, is_shown: false, backslash: "" }
    }

    /// Whether the next character is replaced. Goes on to the next edit.
    fn is_edited(&mut self) -> bool {
        while let Some((first, rest)) = self.edits.split_first()
            && first.range.end <= self.at
        {
            self.edits = rest;
            self.is_shown = false;
            self.end_run();
        }
        self.edits.first().is_some_and(|edit| edit.range.start <= self.at)
    }

    /// Copies what comes before the next edit. Returns the rest.
    fn copy<'t>(&mut self, text: &'t str) -> &'t str {
        let until = self.edits.first().map_or(text.len(), |edit| edit.range.start - self.at);
        let (before, rest) = text.split_at(until.min(text.len()));
        self.out.push_str(before);
        self.at += before.len();
        rest
    }

    fn end_run(&mut self) {
        self.is_run_shown = false;
        self.backslash = "";
    }

    /// Notes where the current edit begins, unless that is known.
    fn note_place(&mut self, all: usize, field: &dyn Fn() -> String, line: u64) {
        if self.places.len() + self.edits.len() == all {
            self.places.push(ViewPlace { field: field(), line });
        }
    }

    /// What stands between strings. Numbers may be the bytes of a key; brackets and commas are no part of it.
    fn between(&mut self, mut rest: &str, all: usize, field: &dyn Fn() -> String) {
        self.end_run();
        let mut is_number = false;
        while let Some(byte) = rest.bytes().next() {
            let is_edited = self.is_edited();
            let goes_on = is_number && (byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-'));
            if !is_edited && !goes_on {
                rest = self.copy(rest);
                is_number = false;
                continue;
            }
            if is_edited {
                self.note_place(all, field, 1);
            }
            if !goes_on {
                // One digit in place of the rest of a number.
                is_number = byte.is_ascii_digit();
                self.out.push(if is_number { '0' } else { char::from(byte) });
            }
            self.at += 1;
            rest = &rest[1..];
        }
    }

    /// The characters of a string.
    fn written(&mut self, written: &'e str, all: usize, field: &dyn Fn() -> String) {
        self.end_run();
        let mut line = 1;
        for part in string_parts(written) {
            match part {
                StringPart::Same(mut rest) => {
                    while let Some(character) = rest.chars().next() {
                        if self.is_edited() {
                            self.note_place(all, field, line);
                            let (one, after) = rest.split_at(character.len_utf8());
                            self.replace(character, one);
                            rest = after;
                        } else {
                            rest = self.copy(rest);
                        }
                    }
                }
                StringPart::Escape(escape, character) => {
                    if self.is_edited() {
                        self.note_place(all, field, line);
                        self.replace(character, escape);
                    } else {
                        self.out.push_str(escape);
                        self.at += character.len_utf8();
                    }
                    line += u64::from(character == '\n');
                }
            }
        }
        self.end_run();
    }

    /// Replaces a character of an edit. Lines and the ends of strings within the string stay, so that what reads them still
    /// can; all other characters of a run have one text in their place.
    fn replace(&mut self, character: char, written: &'e str) {
        self.at += character.len_utf8();
        match character {
            '\n' | '\r' | '"' => {
                if character == '"' {
                    self.out.push_str(self.backslash);
                }
                self.out.push_str(written);
                self.end_run();
            }
            '\\' => self.backslash = written,
            _ => {
                self.backslash = "";
                if !self.is_run_shown {
                    self.is_run_shown = true;
                    let shown =
                        self.edits.first().filter(|_| !self.is_shown).map_or("…", |edit| &edit.shown);
                    self.is_shown = true;
                    let shown = quoted(shown);
                    self.out.push_str(&shown[1..shown.len() - 1]);
                }
            }
        }
    }
}

/// A path as programmers write it.
fn field(raw: &str, path: &[PathStep]) -> String {
    let mut field = String::new();
    for step in path {
        match step {
            PathStep::Member(name) => {
                if !field.is_empty() {
                    field.push('.');
                }
                push_decoded(&raw[name.clone()], &mut field);
            }
            PathStep::Element(number) => {
                let _ = write!(field, "[{}]", number.saturating_sub(1));
            }
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Replaces all of some characters.
    fn edits(text: &str, needle: &str) -> Vec<MaskEdit> {
        let range = |(at, found): (usize, &str)| at..at + found.len();
        text.match_indices(needle)
            .map(|found| MaskEdit { range: range(found), shown: "k…".to_owned() })
            .collect()
    }

    fn masked(raw: &str, needle: &str) -> (String, Vec<ViewPlace>) {
        let view = JsonView::of(raw, ViewRules::default());
        edited(raw, ViewRules::default(), &edits(&view.text, needle))
    }

    #[test]
    fn only_the_key_changes() {
        for (raw, needle, expected) in [
            (r#"{"a" : "x KEY\n"  ,"n":1.50e+2}"#, "KEY", r#"{"a" : "x k…\n"  ,"n":1.50e+2}"#),
            (r#""K\u0045\u0059 \u00e9""#, "KEY", r#""k… \u00e9""#),
            (r#"{"KEY":1,"KEY":"\/KEY"}"#, "KEY", r#"{"k…":1,"k…":"\/k…"}"#),
            (r#"["ab","cd"]"#, r#"ab","cd"#, r#"["k…","…"]"#),
            (r#"["a\nb"]"#, "a\nb", r#"["k…\n…"]"#),
            (r#"{"a":[75,69,89],"b":7}"#, "75,69,89", r#"{"a":[0,0,0],"b":7}"#),
            (r#"["{\"a\":\"x\\\"y\"}"]"#, r#"x\"y"#, r#"["{\"a\":\"k…\\\"…\"}"]"#),
            (r#""\ud83e\udd80KEY""#, "🦀KEY", r#""k…""#),
            ("\"é KEY KEY\"", "KEY", "\"é k… k…\""),
        ] {
            assert_eq!(masked(raw, needle).0, expected, "{raw}");
        }
    }

    #[test]
    fn a_place_is_a_field_and_a_line() {
        let raw = r#"{"a":[{"b":"1\nKEY"},{"c.d":"KEY","KEY":""}]}"#;
        let place = |field: &str, line| ViewPlace { field: field.to_owned(), line };
        let places = [place("a[0].b", 2), place("a[1].c.d", 1), place("a[1].KEY", 1)];
        assert_eq!(masked(raw, "KEY").1, places);
        assert_eq!(masked("\"\\n\\nKEY\"", "KEY").1, [place("", 3)]);
    }

    const RULES: ViewRules =
        ViewRules { left_out: &["old_string"], is_aside: Some(|text| text.starts_with("*** ")) };

    #[test]
    fn what_is_removed_is_left_out() {
        let raw = r#"{"path":"a.py","edits":[{"old_string":"KEY","new_string":"x","p":"*** \nKEY"}],"old\u005fstring":{"a":["KEY"]}}"#;
        let view = JsonView::of(raw, RULES);
        assert!(!view.text.contains("KEY") && view.text.contains(r#""new_string":"x""#), "{}", view.text);
        assert_eq!(view.left_out, "\"KEY\"\n{\"a\":[\"KEY\"]}\n");
        assert_eq!(view.file.as_deref(), Some("a.py"));
        assert_eq!(view.aside, [("edits[0].p".to_owned(), "*** \nKEY".to_owned())]);
        let (same, places) = edited(raw, RULES, &[]);
        assert_eq!((same.as_str(), places.len()), (raw, 0));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "[KEY\"\\\\\nü🦀 ]{0,8}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[KEY\n]{0,4}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_part_can_be_replaced(value in values(), pretty: bool, cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let raw = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            let text = JsonView::of(&raw, ViewRules::default()).text;
            let borders: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| borders[cut.index(borders.len())]).collect();
            cuts.sort_unstable();
            cuts.dedup();
            let edits: Vec<MaskEdit> =
                cuts.chunks_exact(2).map(|pair| MaskEdit { range: pair[0]..pair[1], shown: "k…".to_owned() }).collect();
            let (out, places) = edited(&raw, ViewRules::default(), &edits);
            prop_assert_eq!(places.len(), edits.len());
            prop_assert!(serde_json::from_str::<Value>(&out).is_ok(), "{} {:?} {}", raw, edits, out);
            if edits.is_empty() {
                prop_assert_eq!(&out, &raw);
            }
        }

        #[test]
        fn every_byte_but_the_key_stays(value in values(), pretty: bool) {
            let raw = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            prop_assert_eq!(masked(&raw, "KEY").0, raw.replace("KEY", "k…"));
        }
    }
}
