//! Splits a command line into simple commands, as a POSIX shell does, as far as is needed to see which program is run with
//! which words. What a shell would only compute, such as variables, stays as it is written.

use std::{iter::Peekable, str::Chars};

/// A simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShellCommand {
    /// Its words without quotation marks, with assignments in front of it, and without redirections.
    pub(crate) words: Vec<String>,
    /// Its here-documents.
    pub(crate) documents: Vec<String>,
    /// The command lines in `$(…)` and between backquotes.
    pub(crate) inner: Vec<String>,
}

/// The simple commands of a command line, in order.
pub(crate) fn shell_commands(text: &str) -> Vec<ShellCommand> {
    let mut splitter = ShellSplitter {
        rest: text.chars().peekable(),
        commands: Vec::new(),
        current: ShellCommand::default(),
        word: None,
        redirection: None,
        pending: Vec::new(),
    };
    splitter.run();
    splitter.commands
}

/// What the next word is for, if not for the command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Redirection {
    /// A file, or a text as input.
    Target,
    /// The end of a here-document, whose lines may be indented by tabs.
    Document(bool),
}

struct ShellSplitter<'t> {
    rest: Peekable<Chars<'t>>,
    commands: Vec<ShellCommand>,
    current: ShellCommand,
    /// The current word; `None` between words.
    word: Option<String>,
    redirection: Option<Redirection>,
    /// The ends of the here-documents that begin on the next line.
    pending: Vec<(String, bool)>,
}

impl ShellSplitter<'_> {
    fn run(&mut self) {
        while let Some(character) = self.rest.next() {
            match character {
                ' ' | '\t' | '\r' => self.end_word(),
                '\n' => {
                    self.end_word();
                    self.read_documents();
                    self.end_command();
                }
                ';' | '|' | '(' | ')' => {
                    self.end_word();
                    self.end_command();
                }
                // Both outputs go to a file.
                '&' if self.rest.peek() == Some(&'>') => {}
                '&' => {
                    self.end_word();
                    self.end_command();
                }
                '<' | '>' => self.redirect(character),
                '#' if self.word.is_none() => while self.rest.next_if(|next| *next != '\n').is_some() {},
                '\\' => {
                    if let Some(next) = self.rest.next().filter(|next| *next != '\n') {
                        self.push(next);
                    }
                }
                '\'' => self.single_quoted(),
                '"' => self.double_quoted(),
                '`' => self.backquoted(),
                '$' => self.dollar(),
                other => self.push(other),
            }
        }
        self.end_word();
        self.end_command();
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match self.redirection.take() {
            None => self.current.words.push(word),
            Some(Redirection::Target) => {}
            Some(Redirection::Document(is_indented)) => self.pending.push((word, is_indented)),
        }
    }

    fn end_command(&mut self) {
        self.redirection = None;
        let command = std::mem::take(&mut self.current);
        if command != ShellCommand::default() {
            self.commands.push(command);
        }
    }

    fn redirect(&mut self, character: char) {
        // A number in front is that of a stream.
        if self.word.as_ref().is_some_and(|word| word.chars().all(|one| one.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        let mut count = 1;
        while self.rest.next_if_eq(&character).is_some() {
            count += 1;
        }
        self.redirection = Some(match (character, count) {
            ('<', 2) => Redirection::Document(self.rest.next_if_eq(&'-').is_some()),
            _ => {
                while self.rest.next_if(|next| matches!(next, '&' | '|')).is_some() {}
                Redirection::Target
            }
        });
    }

    /// Reads the here-documents that the line before has named.
    fn read_documents(&mut self) {
        for (end, is_indented) in std::mem::take(&mut self.pending) {
            let mut document = String::new();
            while self.rest.peek().is_some() {
                let line: String = std::iter::from_fn(|| self.rest.next_if(|next| *next != '\n')).collect();
                self.rest.next();
                let line = if is_indented { line.trim_start_matches('\t') } else { &line };
                if line == end {
                    break;
                }
                document.push_str(line);
                document.push('\n');
            }
            self.current.documents.push(document);
        }
    }

    fn single_quoted(&mut self) {
        let word = self.word.get_or_insert_default();
        word.extend(std::iter::from_fn(|| self.rest.next_if(|next| *next != '\'')));
        self.rest.next();
    }

    fn double_quoted(&mut self) {
        self.word.get_or_insert_default();
        while let Some(character) = self.rest.next() {
            match character {
                '"' => return,
                '\\' => match self.rest.next() {
                    Some('\n') | None => {}
                    Some(next @ ('"' | '\\' | '$' | '`')) => self.push(next),
                    Some(next) => {
                        self.push('\\');
                        self.push(next);
                    }
                },
                '`' => self.backquoted(),
                '$' if self.rest.peek() == Some(&'(') => self.dollar(),
                other => self.push(other),
            }
        }
    }

    fn backquoted(&mut self) {
        self.word.get_or_insert_default();
        let mut inner = String::new();
        while let Some(character) = self.rest.next() {
            match character {
                '`' => break,
                '\\' => inner.extend(self.rest.next()),
                other => inner.push(other),
            }
        }
        self.current.inner.push(inner);
    }

    /// What a dollar sign begins: another command line, a string of C, or a variable.
    fn dollar(&mut self) {
        if self.rest.next_if_eq(&'\'').is_some() {
            self.word.get_or_insert_default();
            while let Some(character) = self.rest.next() {
                match character {
                    '\'' => return,
                    '\\' => {
                        let next = self.rest.next();
                        next.map(|next| match next {
                            'n' => '\n',
                            't' => '\t',
                            other => other,
                        })
                        .into_iter()
                        .for_each(|next| self.push(next));
                    }
                    other => self.push(other),
                }
            }
            return;
        }
        if self.rest.next_if_eq(&'(').is_none() {
            self.push('$');
            return;
        }
        self.word.get_or_insert_default();
        let (mut depth, mut quote, mut inner) = (1, None, String::new());
        while let Some(character) = self.rest.next() {
            match (quote, character) {
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, '\'' | '"') => quote = Some(character),
                (Some(open), _) if open == character => quote = None,
                (None | Some('"'), '\\') => {
                    inner.push(character);
                    inner.extend(self.rest.next());
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            inner.push(character);
        }
        self.current.inner.push(inner);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        for (text, expected) in [
            ("a 'b c' \"d \\\" e\" f\\ g", "a|b c|d \" e|f g"),
            ("a>b 2>&1 <c d", "a|d"),
            ("a &>b c&&d||e;f|g&h", "a|c / d / e / f / g / h"),
            ("a # b\nc", "a / c"),
            ("a#b ''", "a#b|"),
            ("(a; b)\n{ c; }", "a / b / {|c / }"),
            ("a $'b\\'c' \"$d\"", "a|b'c|$d"),
            ("cat <<EOF >x; b\nc 'd\nEOF\ne", "cat / b / e"),
            ("cat <<-'E F' | x\n\tc\n\tE F\ne", "cat / x / e"),
            ("a\\\nb", "ab"),
            ("A=1 b", "A=1|b"),
        ] {
            let commands: Vec<_> =
                shell_commands(text).iter().map(|command| command.words.join("|")).collect();
            assert_eq!(
                commands.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" / "),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_inside_is_kept() {
        let commands = shell_commands("a \"$(b ')' \\\"c)\" `d`\ncat <<E\nf\nE");
        assert_eq!(commands[0].inner, ["b ')' \\\"c", "d"]);
        assert!(commands.iter().any(|command| command.documents == ["f\n"]));
    }

    proptest! {
        #[test]
        fn any_text_can_be_split(text in "[a'\"\\\\$()`<>&;|# \n-]{0,40}") {
            for command in shell_commands(&text) {
                let length: usize = command.words.iter().chain(&command.inner).chain(&command.documents).map(String::len).sum();
                prop_assert!(length <= 2 * text.len() + 2);
            }
        }
    }
}
