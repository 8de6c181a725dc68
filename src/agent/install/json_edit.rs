//! Edits of settings in JSON, which may have comments and commas at the ends of lists. What is added comes first in its list,
//! so that nothing else has to change.

use std::ops::Range;

use crate::{
    agent::json_tokens::{JsonToken, JsonTokens, decoded, quoted},
    bytes::line_of,
};

/// Settings as a text that can be edited.
pub(crate) struct JsonSettings {
    text: String,
}

/// A list or an object in a text: the place of its content, between the brackets, and of what is in it.
struct Container {
    inner: Range<usize>,
    /// The values, with their names in an object. The range begins at the name.
    items: Vec<(Option<String>, Range<usize>, Range<usize>)>,
}

impl JsonSettings {
    /// Takes a text.
    ///
    /// # Errors
    /// In words, when it is not an object of JSON.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let settings = Self { text: text.to_owned() };
        if !settings.is_empty() {
            settings.container(&[])?;
        }
        Ok(settings)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn is_empty(&self) -> bool {
        self.text.trim_start_matches('\u{feff}').trim().is_empty()
    }

    /// Whether nothing is left in it but these members.
    pub(crate) fn has_only(&self, names: &[&str]) -> bool {
        let items = self.container(&[]).map(|container| container.items).unwrap_or_default();
        items.iter().all(|(name, ..)| name.as_deref().is_some_and(|name| names.contains(&name)))
    }

    /// The number of items in a container.
    ///
    /// # Errors
    /// In words, when something else is there.
    pub(crate) fn count(&self, path: &[&str]) -> Result<usize, String> {
        Ok(self.container(path)?.items.len())
    }

    /// Adds a value to a list, which is made if it is not there, and so are the objects around it. `path` names the members
    /// that lead to the list, and `first` are members of the root that a new one needs.
    ///
    /// # Errors
    /// In words, when something else is there.
    pub(crate) fn add(
        &mut self,
        path: &[&str],
        value: &serde_json::Value,
        first: &[(&str, u64)],
    ) -> Result<(), String> {
        if self.is_empty() {
            let mark = if self.text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
            self.text = format!("{mark}{{}}{}", self.line_end());
            for (name, number) in first {
                self.insert(&[], &quoted(name), &(*number).into())?;
            }
        }
        for (depth, name) in path.iter().enumerate() {
            let container = self.container(&path[..depth])?;
            if !container.items.iter().any(|(known, ..)| known.as_deref() == Some(name)) {
                let rest = &path[depth + 1..];
                let list = serde_json::Value::from(vec![value.clone()]);
                let wrapped = rest.iter().rev().fold(list, |inner, name| serde_json::json!({ *name: inner }));
                return self.insert(&path[..depth], &quoted(name), &wrapped);
            }
        }
        self.insert(path, "", value)
    }

    /// The strings in a list that are called like this, at any depth, and their places without quotation marks.
    ///
    /// # Errors
    /// In words, when the list is something else.
    pub(crate) fn strings(
        &self,
        path: &[&str],
        names: &[&str],
    ) -> Result<Vec<(usize, Range<usize>, String)>, String> {
        let mut found = Vec::new();
        if self.is_empty() {
            return Ok(found);
        }
        let blank = blanked(&self.text);
        for depth in 1..path.len() + 1 {
            let parent = self.container(&path[..depth - 1])?;
            if position(&parent.items, path[depth - 1]).is_none() {
                return Ok(found);
            }
        }
        for (index, (_, _, value)) in self.container(path)?.items.iter().enumerate() {
            let mut tokens = JsonTokens::new(&blank[value.clone()]);
            let mut is_named = false;
            while let Ok(Some(token)) = tokens.next() {
                if let (JsonToken::Text(text), true) = (&token, is_named) {
                    let range = value.start + text.start..value.start + text.end;
                    found.push((index, range.clone(), decoded(&blank[range])));
                }
                is_named = matches!(&token, JsonToken::MemberName(name) if {
                    let name = &blank[value.start + name.start..value.start + name.end];
                    names.contains(&name)
                });
            }
        }
        Ok(found)
    }

    /// Writes another string in a place.
    pub(crate) fn replace_string(&mut self, place: Range<usize>, text: &str) {
        let text = quoted(text);
        self.text.replace_range(place, &text[1..text.len() - 1]);
    }

    /// Removes an element of a list, and the list and the objects around it if nothing else is in them.
    ///
    /// # Errors
    /// In words, when something else is there.
    pub(crate) fn remove(&mut self, path: &[&str], index: usize) -> Result<(), String> {
        self.remove_item(path, index)?;
        for depth in (1..path.len() + 1).rev() {
            if !self.is_bare(&path[..depth])? {
                break;
            }
            let parent = self.container(&path[..depth - 1])?;
            let Some(index) = position(&parent.items, path[depth - 1]) else { break };
            self.remove_item(&path[..depth - 1], index)?;
        }
        Ok(())
    }

    /// Whether a container has neither items nor comments.
    fn is_bare(&self, path: &[&str]) -> Result<bool, String> {
        let container = self.container(path)?;
        Ok(self.text[container.inner].trim().is_empty())
    }

    /// Removes an element of a list, and leaves the list even if it is empty.
    ///
    /// # Errors
    /// In words, when something else is there.
    pub(crate) fn remove_item(&mut self, path: &[&str], index: usize) -> Result<(), String> {
        let container = self.container(path)?;
        let (_, whole, _) = &container.items[index];
        let before = if index == 0 { container.inner.start } else { container.items[index - 1].1.end };
        let next = container.items.get(index + 1).map_or(container.inner.end, |(_, next, _)| next.start);
        // Comments stay, so only white space and a comma go with it.
        let rest = &self.text[whole.end..next];
        let lead = self.text[before..whole.start].trim_end().len();
        let cut = match rest.trim_start().strip_prefix(',') {
            Some(after) => {
                // On one line, the space behind the comma is that of the element, unless there is one in front of it.
                let is_close = lead == whole.start - before && index == 0;
                let space = usize::from(is_close && after.starts_with(' '));
                before + lead..next - after.len() + space
            }
            None => before + lead..whole.end,
        };
        // With nothing behind it, the comma in front of it has to go as well.
        let comma = blanked(&self.text)[before..whole.start].find(',').map(|at| before + at);
        let comma = comma.filter(|_| index + 1 == container.items.len() && !rest.contains(','));
        self.text.replace_range(cut, "");
        if let Some(comma) = comma {
            self.text.remove(comma);
        }
        if container.items.len() == 1 {
            let inner = self.container(path)?.inner;
            if self.text[inner.clone()].trim().is_empty() {
                self.text.replace_range(inner, "");
            }
        }
        Ok(())
    }

    /// Puts a value at the start of a container.
    fn insert(&mut self, path: &[&str], name: &str, value: &serde_json::Value) -> Result<(), String> {
        let container = self.container(path)?;
        let inner = &self.text[container.inner.clone()];
        let label = if name.is_empty() { String::new() } else { format!("{name}: ") };
        let is_filled = !container.items.is_empty();
        if is_filled && !inner.contains('\n') {
            // All of it is on one line.
            let space = if inner.starts_with(' ') { " " } else { "" };
            let added = format!("{space}{label}{value},{}", if space.is_empty() { " " } else { "" });
            self.text.insert_str(container.inner.start, &added);
            return Ok(());
        }
        let (end, unit) = (self.line_end(), self.indent());
        let line = self.text[..container.inner.start].rfind('\n').map_or(0, |at| at + 1);
        let outer = &self.text[line..];
        let outer = &outer[..outer.len() - outer.trim_start_matches([' ', '\t']).len()];
        let own = format!("{end}{outer}{unit}");
        let value = pretty(value, &unit).replace('\n', &own);
        let close = match (is_filled, inner.contains('\n')) {
            (true, _) => ",".to_owned(),
            (false, false) => format!("{end}{outer}"),
            (false, true) => String::new(),
        };
        let added = format!("{own}{label}{value}{close}");
        let at = container.inner.start;
        match (is_filled, inner.trim().is_empty()) {
            // Nothing but white space gives way.
            (false, true) => {
                self.text.replace_range(container.inner, &format!("{own}{label}{value}{end}{outer}"))
            }
            _ => self.text.insert_str(at, &added),
        }
        Ok(())
    }

    /// The end of a line, as it is here.
    fn line_end(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// What a level is indented by, as it is here.
    fn indent(&self) -> String {
        let indents =
            self.text.lines().map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]);
        indents
            .filter(|indent| !indent.is_empty())
            .min_by_key(|indent| indent.len())
            .unwrap_or("  ")
            .to_owned()
    }

    /// The object or list that members lead to.
    fn container(&self, path: &[&str]) -> Result<Container, String> {
        let blank = blanked(&self.text);
        let wrong = |at: usize| format!("line {} is not valid JSON", line_of(self.text.as_bytes(), at));
        let mut tokens = JsonTokens::new(&blank);
        let whole = tokens.value_range().map_err(wrong)?;
        tokens.next().map_err(wrong)?;
        let mut at = whole;
        let mut told = "the file".to_owned();
        for name in path {
            let is_number = name.starts_with(|one: char| one.is_ascii_digit());
            let open = if is_number { '[' } else { '{' };
            let around = items(&blank, &at).filter(|_| blank[at.clone()].starts_with(open));
            let kind = if is_number { "a list" } else { "an object" };
            let around = around.ok_or_else(|| format!("{told} is not {kind}"))?;
            told = format!("`{name}`");
            let index = position(&around.items, name).ok_or_else(|| format!("{told} is not there"))?;
            at = around.items[index].2.clone();
        }
        // `hooks` is an object, what is in it are lists, and so on.
        let kind = if path.len() < 2 || !path.len().is_multiple_of(2) { '{' } else { '[' };
        match items(&blank, &at) {
            Some(container) if blank[at.clone()].starts_with(kind) => Ok(container),
            _ if kind == '{' => Err(format!("{told} is not an object")),
            _ => Err(format!("{told} is not a list")),
        }
    }
}

/// Which item a step of a path leads to: the last member of this name, or the element of a list with this number, from 0.
fn position(items: &[(Option<String>, Range<usize>, Range<usize>)], step: &str) -> Option<usize> {
    let named = items.iter().rposition(|(name, ..)| name.as_deref() == Some(step));
    let is_element = |at: &usize| items.get(*at).is_some_and(|(name, ..)| name.is_none());
    named.or_else(|| step.parse().ok().filter(is_element))
}

/// What is in a container.
fn items(text: &str, at: &Range<usize>) -> Option<Container> {
    let mut tokens = JsonTokens::new(&text[at.clone()]);
    let JsonToken::Open(_, is_object) = tokens.next().ok()?? else { return None };
    let mut items = Vec::new();
    let absolute = |range: Range<usize>| at.start + range.start..at.start + range.end;
    loop {
        let mut peek = tokens.clone();
        match peek.next().ok()?? {
            JsonToken::Close(_) => break,
            JsonToken::MemberName(name) if is_object => {
                tokens = peek;
                let value = absolute(tokens.value_range().ok()?);
                let name = absolute(name);
                items.push((Some(decoded(&text[name.clone()])), name.start - 1..value.end, value));
            }
            _ => {
                let value = absolute(tokens.value_range().ok()?);
                items.push((None, value.clone(), value));
            }
        }
    }
    Some(Container { inner: at.start + 1..at.end - 1, items })
}

/// The text with spaces in place of comments, of commas at the ends of lists, and of a byte order mark: JSON, with everything
/// in the same place.
fn blanked(text: &str) -> String {
    let mut out: Vec<u8> = text.as_bytes().to_vec();
    let bytes = text.as_bytes();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    out[..at].fill(b' ');
    let mut comma = None;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                comma = None;
            }
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => {
                let is_line = bytes[at + 1] == b'/';
                let rest = &text[at + 2..];
                let length = match is_line {
                    true => rest.find(['\n', '\r']).unwrap_or(rest.len()) + 2,
                    false => rest.find("*/").map_or(rest.len(), |end| end + 2) + 2,
                };
                for byte in out[at..at + length].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
                    *byte = b' ';
                }
                at += length - 1;
            }
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    out[comma] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
    String::from_utf8(out).unwrap_or_default()
}

/// A value over several lines.
fn pretty(value: &serde_json::Value, unit: &str) -> String {
    let text = crate::json_text::pretty(value).unwrap_or_default();
    let lines = text.lines().map(|line| {
        let inner = line.trim_start_matches(' ');
        format!("{}{inner}", unit.repeat((line.len() - inner.len()) / 2))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_can_be_removed_anywhere() {
        for (text, expected) in [
            (
                "{\"hooks\":{\"A\":[1, 2, 3]}}",
                ["{\"hooks\":{\"A\":[2, 3]}}", "{\"hooks\":{\"A\":[1, 3]}}", "{\"hooks\":{\"A\":[1, 2]}}"],
            ),
            (
                "{\"hooks\":{\"A\":[\n1, // a,\n2,\n3,\n]}}",
                [
                    "{\"hooks\":{\"A\":[ // a,\n2,\n3,\n]}}",
                    "{\"hooks\":{\"A\":[\n1, // a,\n3,\n]}}",
                    "{\"hooks\":{\"A\":[\n1, // a,\n2,\n]}}",
                ],
            ),
        ] {
            for (index, expected) in expected.into_iter().enumerate() {
                let mut settings = JsonSettings::new(text).unwrap();
                settings.remove(&["hooks", "A"], index).unwrap();
                assert_eq!(settings.text(), expected);
            }
        }
        let mut settings = JsonSettings::new("{\"a\":1,\"hooks\":{\"A\":[1]}}").unwrap();
        settings.remove(&["hooks", "A"], 0).unwrap();
        assert_eq!(settings.text(), "{\"a\":1}");
    }

    #[test]
    fn comments_and_last_commas_are_blank() {
        for (text, expected) in [
            ("\u{feff}{}", "   {}"),
            ("[1, // é,\n2,]", "[1,       \n2 ]"),
            ("{\"//\": \"/*\\\",\", /* ] */ }", "{\"//\": \"/*\\\",\"          }"),
            ("[1,/*", "[1,  "),
            ("[\"a\\", "[\"a\\"),
        ] {
            assert_eq!(blanked(text), expected);
            assert_eq!(blanked(text).len(), text.len());
        }
    }
}
