//! Readers may return less than requested. Filling a buffer may take several reads.

use std::io::{self, ErrorKind, Read};

/// Reads until the buffer is full, the input ends, or an error occurs. An error does not undo earlier reads. Returns
/// the number of bytes read.
pub(crate) fn fill(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    fill_by(buffer, |room, _| reader.read(room))
}

/// The same for something that is not a reader: `read` gets the remaining buffer, and the number of bytes read so far.
pub(crate) fn fill_by(
    buffer: &mut [u8],
    mut read: impl FnMut(&mut [u8], usize) -> io::Result<usize>,
) -> (usize, Option<io::Error>) {
    let mut count = 0;
    while count < buffer.len() {
        match read(&mut buffer[count..], count) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (count, Some(error)),
        }
    }
    (count, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields one byte at a time, is interrupted before each, and fails at the end.
    struct Slow(Vec<u8>, bool);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let byte = self.0.pop().ok_or(ErrorKind::BrokenPipe)?;
            buffer[0] = byte;
            Ok(1)
        }
    }

    #[test]
    fn what_came_before_an_error_is_kept() {
        let mut buffer = [0; 4];
        let (count, error) = fill(&mut Slow(vec![3, 2, 1], false), &mut buffer);
        assert_eq!((count, buffer), (3, [1, 2, 3, 0]));
        assert_eq!(error.unwrap().kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn no_more_is_read_than_there_is_room_for() {
        let mut buffer = [0; 2];
        assert!(matches!(fill(&mut Slow(vec![3, 2, 1], false), &mut buffer), (2, None)));
        assert!(matches!(fill(&mut io::empty(), &mut buffer), (0, None)));
    }
}
