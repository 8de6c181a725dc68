//! How messages follow each other in a stream.

use std::io::{self, BufRead, Read, Write};

/// What tells where a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `Content-Length: N`, an empty line, and N bytes, as in the Language Server Protocol.
    Header,
    /// A line for each, as in the Model Context Protocol.
    Line,
}

/// A larger message is not read, in bytes. Editors send whole files, but not larger ones.
const LARGEST: u64 = 128 << 20;

/// A longer line is no header, in bytes.
const LONGEST_HEADER: u64 = 8 << 10;

/// Reads messages. What is none does not end the stream: the next one is looked for behind it.
pub(crate) struct FrameReader<R> {
    input: R,
    framing: Framing,
}

impl<R: BufRead> FrameReader<R> {
    /// Reads from a stream.
    pub(crate) fn new(input: R, framing: Framing) -> Self {
        Self { input, framing }
    }

    /// The body of the next message, `None` at the end. The body of a message that is too large is empty, which is no
    /// valid JSON.
    ///
    /// # Errors
    /// When the stream cannot be read, or ends within a message.
    pub(crate) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.framing {
            Framing::Header => self.after_header(),
            Framing::Line => self.line(),
        }
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let mut line = Vec::new();
            if (&mut self.input).take(LARGEST).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            if !line.ends_with(b"\n") && line.len() as u64 >= LARGEST {
                line.clear();
                self.input.skip_until(b'\n')?;
                return Ok(Some(line));
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
    }

    fn after_header(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut length = None;
        loop {
            let mut line = Vec::new();
            if (&mut self.input).take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            match (line.trim_ascii(), length) {
                ([], Some(length)) => return self.body(length).map(Some),
                ([], None) => {}
                (line, _) => length = content_length(line).or(length),
            }
        }
    }

    fn body(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        let mut rest = (&mut self.input).take(length);
        let read = match length {
            0..=LARGEST => rest.read_to_end(&mut body)? as u64,
            _ => io::copy(&mut rest, &mut io::sink())?,
        };
        if read < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(body) }
    }
}

/// The length that a header names, in bytes.
fn content_length(header: &[u8]) -> Option<u64> {
    let (name, value) = std::str::from_utf8(header).ok()?.split_once(':')?;
    name.trim().eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
}

/// Writes one message at once.
///
/// # Errors
/// When the stream cannot be written.
pub(crate) fn write_frame(out: &mut dyn Write, framing: Framing, body: &[u8]) -> io::Result<()> {
    let frame = match framing {
        Framing::Header => [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat(),
        Framing::Line => [body, b"\n"].concat(),
    };
    out.write_all(&frame)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bodies(framing: Framing, input: &[u8]) -> (Vec<String>, bool) {
        let mut reader = FrameReader::new(input, framing);
        let mut all = Vec::new();
        loop {
            match reader.next() {
                Ok(Some(body)) => all.push(String::from_utf8_lossy(&body).into_owned()),
                Ok(None) => return (all, true),
                Err(_) => return (all, false),
            }
        }
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        for (input, expected, is_whole) in [
            ("Content-Length: 2\r\n\r\n{}", vec!["{}"], true),
            ("content-length:2\nContent-Type: x\n\n{}Content-Length: 1\r\n\r\n7", vec!["{}", "7"], true),
            ("garbage\r\n\r\nContent-Length: 1\r\n\r\n7", vec!["7"], true),
            ("Content-Length: x\r\n\r\nContent-Length: 1\r\n\r\n7", vec!["7"], true),
            ("Content-Length: -1\r\n\r\nContent-Length: 1\r\n\r\n7", vec!["7"], true),
            ("\r\n\r\n\r\n", vec![], true),
            ("Content-Length: 5\r\n\r\n7", vec![], false),
            ("Content-Length: 99999999999999999999\r\n\r\n", vec![], true),
            ("", vec![], true),
        ] {
            assert_eq!(
                bodies(Framing::Header, input.as_bytes()),
                (expected.into_iter().map(str::to_owned).collect(), is_whole),
                "{input:?}"
            );
        }
        let lines = "{}\n\n  \r\n[1]\r\n7";
        assert_eq!(
            bodies(Framing::Line, lines.as_bytes()).0,
            ["{}\n", "[1]\r\n", "7"].map(str::to_owned).to_vec()
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(texts in prop::collection::vec("[^\n]{1,40}", 0..5)) {
            for framing in [Framing::Header, Framing::Line] {
                let mut stream = Vec::new();
                let texts: Vec<String> = texts.iter().filter(|text| !text.trim().is_empty()).cloned().collect();
                for text in &texts {
                    write_frame(&mut stream, framing, text.as_bytes()).expect("memory can be written");
                }
                let read = bodies(framing, &stream).0;
                let read: Vec<String> = match framing {
                    Framing::Header => read,
                    Framing::Line => read.iter().map(|line| line.trim_end_matches('\n').to_owned()).collect(),
                };
                prop_assert_eq!(read, texts);
            }
        }

        #[test]
        fn no_stream_is_too_strange(input: Vec<u8>) {
            bodies(Framing::Header, &input);
            bodies(Framing::Line, &input);
        }
    }
}
