//! Expressions as all sequences of pieces that they stand for.

/// One expression becomes at most this many patterns.
const MOST: usize = 64;

/// Groups are nested at most this deep.
const DEEPEST: usize = 16;

/// What an expression consists of, once its groups have been expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RegexPiece {
    Character(char),
    /// A class without `/`, as a pattern writes it.
    Class(String),
    /// Any characters of one name: `[^/]*`.
    InName,
    /// One character of a name: `[^/]`.
    OneInName,
    /// Anything: `.*`.
    Anything,
    /// Anything but nothing: `.+`.
    Something,
    /// `^`
    Start,
    /// `$`
    End,
    /// `(^|/)`
    NameStart,
    /// `(/|$)`
    NameEnd,
}

/// All sequences that one of them must be found of.
///
/// # Errors
/// Why the expression is not understood.
pub(super) fn sequences(regex: &str) -> Result<Vec<Vec<RegexPiece>>, String> {
    let mut parser = RegexParser { rest: regex };
    let sequences = parser.alternatives(0)?;
    if !parser.rest.is_empty() {
        return Err("it has a `)` without a `(`".to_owned());
    }
    Ok(sequences)
}

struct RegexParser<'t> {
    rest: &'t str,
}

type Sequences = Vec<Vec<RegexPiece>>;

impl RegexParser<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Everything up to the end or a `)`, as all sequences that it stands for.
    fn alternatives(&mut self, depth: usize) -> Result<Sequences, String> {
        if depth > DEEPEST {
            return Err("its groups are nested too deep".to_owned());
        }
        let mut done = Vec::new();
        let mut open: Sequences = vec![Vec::new()];
        loop {
            match self.rest.chars().next() {
                None | Some(')') => {
                    done.append(&mut open);
                    return Ok(done);
                }
                Some('|') => {
                    self.next();
                    done.append(&mut open);
                    open.push(Vec::new());
                }
                Some(_) => {
                    let piece = self.piece(depth)?;
                    let count = open.len() * piece.len();
                    if count + done.len() > MOST {
                        return Err(format!("it stands for more than {MOST} patterns"));
                    }
                    let joined = |left: &Vec<RegexPiece>| -> Sequences {
                        piece.iter().map(|right| [&left[..], right].concat()).collect()
                    };
                    open = open.iter().flat_map(joined).collect();
                }
            }
        }
    }

    /// One piece or group, with what follows it.
    fn piece(&mut self, depth: usize) -> Result<Sequences, String> {
        let one = |piece: RegexPiece| vec![vec![piece]];
        let mut found = match self.next() {
            Some('^') => return Ok(one(RegexPiece::Start)),
            Some('$') => return Ok(one(RegexPiece::End)),
            Some('.') if self.take("*?") || self.take("*") => return Ok(one(RegexPiece::Anything)),
            Some('.') if self.take("+?") || self.take("+") => return Ok(one(RegexPiece::Something)),
            Some('.') => {
                return Err("a `.` without a backslash stands for any character, even `/`".to_owned());
            }
            Some('(') => self.group(depth)?,
            Some('[') => one(self.class()?),
            Some('\\') => one(self.escape()?),
            Some('*' | '+' | '?' | '{') => return Err(REPEATED.to_owned()),
            Some(character) => one(RegexPiece::Character(character)),
            None => return Err("it ends too early".to_owned()),
        };
        if self.take("?") {
            found.push(Vec::new());
        } else if self.rest.starts_with(['*', '+']) && found == [[RegexPiece::OneInName]] {
            let is_one_more = self.take("+");
            self.take("*");
            found = vec![if is_one_more {
                vec![RegexPiece::OneInName, RegexPiece::InName]
            } else {
                vec![RegexPiece::InName]
            }];
        }
        if self.rest.starts_with(['*', '+', '?', '{']) {
            return Err(REPEATED.to_owned());
        }
        Ok(found)
    }

    fn group(&mut self, depth: usize) -> Result<Sequences, String> {
        if self.take("?:") {
        } else if self.rest.starts_with('?') {
            let is_case = self.rest[1..].starts_with('i');
            let why = if is_case { "it ignores upper and lower case" } else { "it uses `(?`" };
            return Err(why.to_owned());
        }
        let inner = self.alternatives(depth + 1)?;
        if !self.take(")") {
            return Err("it has a `(` without a `)`".to_owned());
        }
        let is_either = |a: RegexPiece, b: RegexPiece| {
            let (a, b) = (vec![a], vec![b]);
            inner.len() == 2 && (inner[0] == a && inner[1] == b || inner[0] == b && inner[1] == a)
        };
        if is_either(RegexPiece::Start, RegexPiece::Character('/')) {
            return Ok(vec![vec![RegexPiece::NameStart]]);
        }
        if is_either(RegexPiece::End, RegexPiece::Character('/')) {
            return Ok(vec![vec![RegexPiece::NameEnd]]);
        }
        Ok(inner)
    }

    fn class(&mut self) -> Result<RegexPiece, String> {
        let unclear = || "it has a class of characters that patterns do not have".to_owned();
        let (inner, rest) = self.rest.split_once(']').ok_or_else(unclear)?;
        self.rest = rest;
        if inner == "^/" || inner == "^\\/" {
            return Ok(RegexPiece::OneInName);
        }
        let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
        let is_range = |at: usize| inner[at..].starts_with('-') && at > 0 && at + 1 < inner.len();
        // A dash between two others would be a range of its own.
        let dashes: Vec<usize> =
            inner.match_indices('-').map(|(at, _)| at).filter(|at| is_range(*at)).collect();
        let are_ranges = dashes.iter().all(|at| {
            let (from, to) = (inner.as_bytes()[at - 1], inner.as_bytes()[at + 1]);
            let is_same = |test: fn(&u8) -> bool| test(&from) && test(&to);
            from <= to
                && (is_same(u8::is_ascii_digit)
                    || is_same(u8::is_ascii_lowercase)
                    || is_same(u8::is_ascii_uppercase))
        });
        if inner.is_empty() || !inner.chars().all(is_plain) || !are_ranges {
            return Err(unclear());
        }
        Ok(match inner {
            "." => RegexPiece::Character('.'),
            inner => RegexPiece::Class(format!("[{inner}]")),
        })
    }

    fn escape(&mut self) -> Result<RegexPiece, String> {
        match self.next() {
            Some('d') => Ok(RegexPiece::Class("[0-9]".to_owned())),
            Some(character) if !character.is_alphanumeric() => Ok(RegexPiece::Character(character)),
            _ => Err("it has an escape that patterns do not have".to_owned()),
        }
    }
}

const REPEATED: &str = "it repeats something other than `.` and `[^/]`";
