//! Reads a page as strictly as this program writes it, and no other page.

use std::collections::BTreeMap;

/// Elements without an end.
const VOID: [&str; 4] = ["meta", "input", "rect", "circle"];

/// An element.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) children: Vec<Node>,
}

/// A part of an element.
#[derive(Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The root of a page. Panics at whatever a browser would have to guess.
    pub(crate) fn parse(page: &str) -> Self {
        let mut rest = page.strip_prefix("<!doctype html>\n").unwrap();
        let mut open = vec![Self::default()];
        while !rest.is_empty() {
            if let Some(name) = rest.strip_prefix("</") {
                let (name, after) = name.split_once('>').unwrap();
                let element = open.pop().unwrap();
                assert_eq!(element.name, name, "{}", &rest[..rest.len().min(80)]);
                open.last_mut().unwrap().children.push(Node::Element(element));
                rest = after;
            } else if rest.starts_with('<') {
                let (element, is_closed, after) = tag(rest);
                rest = after;
                if is_closed || VOID.contains(&element.name.as_str()) {
                    open.last_mut().unwrap().children.push(Node::Element(element));
                    continue;
                }
                let raw = ["style", "script"].contains(&element.name.as_str());
                let end = if raw { format!("</{}", element.name) } else { String::new() };
                open.push(element);
                if raw {
                    let (text, _) = rest.split_once(&end).unwrap();
                    rest = &rest[text.len()..];
                    open.last_mut().unwrap().children.push(Node::Text(text.to_owned()));
                }
            } else {
                let text = &rest[..rest.find('<').unwrap_or(rest.len())];
                rest = &rest[text.len()..];
                open.last_mut().unwrap().children.push(Node::Text(unescaped(text)));
            }
        }
        assert_eq!(open.len(), 1, "{:?}", open.last().map(|one| &one.name));
        open.pop().unwrap()
    }

    /// This element and all below it, in order.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for child in &self.children {
            if let Node::Element(element) = child {
                all.extend(element.all());
            }
        }
        all
    }

    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.all().into_iter().filter(move |element| element.name == name)
    }

    pub(crate) fn of_class<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a Self> {
        self.all().into_iter().filter(move |element| element.get("class").split(' ').any(|one| one == class))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Self> {
        self.all().into_iter().find(|element| element.get("id") == id)
    }

    /// An attribute, or nothing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// What a reader sees of it.
    pub(crate) fn text(&self) -> String {
        let parts = self.children.iter().map(|child| match child {
            Node::Element(element) => element.text(),
            Node::Text(text) => text.clone(),
        });
        parts.collect()
    }
}

/// The first tag of a text, whether it ends itself, and what follows.
fn tag(text: &str) -> (Element, bool, &str) {
    let is_name = |one: char| one.is_ascii_alphanumeric() || one == '-';
    let name: String = text[1..].chars().take_while(|one| is_name(*one)).collect();
    assert!(!name.is_empty(), "{}", &text[..text.len().min(80)]);
    let mut element = Element { name: name.clone(), ..Element::default() };
    let mut rest = &text[1 + name.len()..];
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return (element, false, after);
        }
        if let Some(after) = rest.strip_prefix("/>") {
            return (element, true, after);
        }
        rest = rest.strip_prefix(' ').unwrap_or_else(|| panic!("{}", &text[..text.len().min(200)]));
        let name: String = rest.chars().take_while(|one| is_name(*one) || *one == 'B').collect();
        rest = &rest[name.len()..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let (text, after) = after.split_once('"').unwrap();
            (value, rest) = (unescaped(text), after);
        }
        assert!(!name.is_empty(), "{}", &text[..text.len().min(200)]);
        assert!(element.attributes.insert(name.clone(), value).is_none(), "{name} twice");
    }
}

/// A text as a reader sees it. Nothing but these needs to be escaped, so that nothing else may be.
fn unescaped(text: &str) -> String {
    assert!(!text.contains(['<', '>', '"']), "{text}");
    let mut parts = text.split('&');
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').unwrap();
        whole.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("&{other};"),
        });
        whole.push_str(after);
    }
    whole
}
