//! Writes HTML. What is not a literal of this program is escaped, and the types hold to it.

use std::borrow::Cow;

use indicatif::HumanCount;

use crate::hidden::escape_control;

/// A page as far as it is written.
#[derive(Default)]
pub(super) struct Markup {
    html: String,
}

impl Markup {
    /// Adds a literal.
    pub(super) fn raw(&mut self, html: &'static str) -> &mut Self {
        self.html.push_str(html);
        self
    }

    /// Adds a text, which others may have written. It also fits an attribute in double quotes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.html.push_str(&escaped(text));
        self
    }

    /// Adds a number as people write it.
    pub(super) fn count(&mut self, number: u64) -> &mut Self {
        self.text(&HumanCount(number).to_string())
    }

    /// Adds a number as machines read it.
    pub(super) fn number(&mut self, number: impl Into<u64>) -> &mut Self {
        self.text(&number.into().to_string())
    }

    /// Adds a length in percent.
    pub(super) fn percent(&mut self, percent: f64) -> &mut Self {
        self.text(&format!("{percent:.2}%"))
    }

    /// Adds a text in which addresses are links, and what stands between backticks is code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        let is_paired = text.matches('`').count().is_multiple_of(2);
        for (at, part) in text.split('`').enumerate() {
            match at % 2 {
                _ if !is_paired => {
                    self.raw(if at > 0 { "`" } else { "" }).linked(part);
                }
                0 => self.linked(part),
                _ => {
                    self.raw("<code>").text(part).raw("</code>");
                }
            }
        }
        self
    }

    fn linked(&mut self, text: &str) {
        let mut rest = text;
        while let Some(start) = rest.find("https://") {
            let (before, address) = rest.split_at(start);
            let end = address.find(ends_address).unwrap_or(address.len());
            let address = address[..end].trim_end_matches(['.', ',', ';', ':', ')', '?', '!']);
            self.text(before).link(address, address);
            rest = &rest[start + address.len()..];
        }
        self.text(rest);
    }

    /// Adds a link to a page. An address that no browser should follow is only shown.
    pub(super) fn link(&mut self, address: &str, text: &str) -> &mut Self {
        if !address.starts_with("https://") || address.contains(ends_address) {
            return self.text(text);
        }
        self.raw("<a href=\"").text(address).raw("\" rel=\"noopener noreferrer\">").text(text).raw("</a>")
    }

    /// The whole page.
    pub(super) fn into_html(self) -> String {
        self.html
    }
}

/// Whether a character cannot be a part of an address, or might hide where it leads.
fn ends_address(character: char) -> bool {
    !character.is_ascii()
        || character.is_ascii_control()
        || matches!(character, ' ' | '"' | '\'' | '<' | '>' | '`')
}

/// A text that means nothing to a browser, neither in an element nor in an attribute in quotes.
fn escaped(text: &str) -> Cow<'_, str> {
    let text = escape_control(text);
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let mut html = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    Cow::Owned(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Markup)) -> String {
        let mut page = Markup::default();
        write(&mut page);
        page.into_html()
    }

    #[test]
    fn texts_of_others_stay_texts() {
        for (text, html) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("&lt;", "&amp;lt;"),
            ("\u{202e}txt.exe\u{0}\n", "\\u{202e}txt.exe\\u{0}\\u{a}"),
            ("</style><!--", "&lt;/style&gt;&lt;!--"),
            ("tab\té 汉", "tab\té 汉"),
        ] {
            assert_eq!(
                written(|page| {
                    page.text(text);
                }),
                html
            );
        }
    }

    #[test]
    fn only_addresses_become_links() {
        let link = |address: &str| format!("<a href=\"{address}\" rel=\"noopener noreferrer\">{address}</a>");
        for (text, html) in [
            (
                "Revoke it at https://a.example/keys?x=1.",
                format!("Revoke it at {}.", link("https://a.example/keys?x=1")),
            ),
            ("(https://a.example/) or", format!("({}) or", link("https://a.example/"))),
            ("javascript:alert(1) http://a.example", "javascript:alert(1) http://a.example".to_owned()),
            ("https://a.example/\u{202e}x", format!("{}\\u{{202e}}x", link("https://a.example/"))),
            ("use `a <b>`", "use <code>a &lt;b&gt;</code>".to_owned()),
            ("one ` is none", "one ` is none".to_owned()),
            ("https://a.example/<b>", format!("{}&lt;b&gt;", link("https://a.example/"))),
        ] {
            assert_eq!(
                written(|page| {
                    page.prose(text);
                }),
                html
            );
        }
        assert_eq!(
            written(|page| {
                page.link("javascript:alert(1)", "here");
            }),
            "here"
        );
        assert_eq!(
            written(|page| {
                page.link("https://a.example/\"x", "here");
            }),
            "here"
        );
    }
}
