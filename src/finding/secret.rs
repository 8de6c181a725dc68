//! A secret that cannot print itself.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::bytes::hex;

/// Separates these hashes from any other use of SHA-256. Changing it changes every fingerprint.
const DOMAIN: &[u8] = b"skanner secret fingerprint, version 1\0";

/// A body this long keeps enough unknown characters when its last four are shown.
const LONG_ENOUGH_FOR_A_TAIL: usize = 16;

/// A key that was found. It has no `Display` and no `Serialize`, and its `Debug` is masked: only
/// [`reveal`](Secret::reveal) gives it away.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret {
    bytes: Box<[u8]>,
    public: usize,
}

impl Secret {
    /// Takes the key; its first `public` bytes are the issuer's prefix, which everybody knows.
    #[must_use]
    pub fn new(bytes: &[u8], public: usize) -> Self {
        Self { bytes: bytes.into(), public: public.min(bytes.len()) }
    }

    /// The public prefix, `…`, and the last four characters, e.g. `sk-proj-…w9QA`; short keys show no end.
    #[must_use]
    pub fn masked(&self) -> String {
        let (prefix, body) = self.bytes.split_at(self.public);
        let tail = if body.len() >= LONG_ENOUGH_FOR_A_TAIL { &body[body.len() - 4..] } else { b"" };
        format!("{}…{}", String::from_utf8_lossy(prefix), String::from_utf8_lossy(tail))
    }

    /// The key itself.
    #[must_use]
    pub fn reveal(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The key without base64 padding, which people keep or drop: what makes two secrets the same.
    pub(crate) fn normalised(&self) -> &[u8] {
        let padding = self.bytes.iter().rev().take_while(|byte| **byte == b'=').count();
        &self.bytes[..self.bytes.len() - padding]
    }

    /// Identifies the key wherever and however it is written: the first 128 bits of SHA-256 over a fixed text (ours
    /// alone, ending in a zero) and the key as it is when all encodings are undone, without base64 padding; as 32 hex
    /// digits in lower case.
    ///
    /// Nothing else is part of it: no rule, path, line or commit, so that it stays the same when these change. Any
    /// other key has another one. By chance, two of a million keys share one with a probability of 10^-27; to find a
    /// key for a given one takes 2^128 attempts, and two keys for one of one's own choice 2^64, which gains nothing
    /// that writing a second entry would not.
    ///
    /// The fixed text is the key of the hash. It is public, since everybody must get the same fingerprint: it keeps
    /// tables apart that were made for other tools and uses, and hides nothing. What hides the key is its own
    /// randomness: issued keys have a hundred bits and more, which nobody guesses. One that a person has made up, such
    /// as `sk-` and a word, can be guessed, and the fingerprint tells who guesses that he was right. Fewer bits would
    /// not help against that, since the guess is among few, and a slow hash would cost scans more than the guesser.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::new().chain_update(DOMAIN).chain_update(self.normalised()).finalize();
        hex::digits(&hash[..16])
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_prefix_and_end_only() {
        let secret = Secret::new(b"sk-proj-0123456789abcdefwxyz", 8);
        assert_eq!(secret.masked(), "sk-proj-…wxyz");
        assert_eq!(format!("{secret:?}"), "Secret(sk-proj-…wxyz)");
        assert_eq!(Secret::new(b"sk-1234", 3).masked(), "sk-…");
    }

    #[test]
    fn the_fingerprint_is_of_the_secret_alone() {
        let one = Secret::new(b"sk-let-abcd==", 7).fingerprint();
        assert_eq!(one.len(), 32);
        assert_eq!(one, Secret::new(b"sk-let-abcd", 3).fingerprint());
        assert_ne!(one, Secret::new(b"sk-let-abce", 3).fingerprint());
    }
}
