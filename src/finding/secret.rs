//! A secret that cannot be printed by accident.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::bytes::hex;

/// Separates these hashes from any other use of SHA-256. Changing it changes every fingerprint.
const DOMAIN: &[u8] = b"skanner secret fingerprint, version 1\0";

/// The same for secrets that are known by their name alone.
const NAMED_DOMAIN: &[u8] = b"skanner named secret fingerprint, version 1\0";

/// The minimum length of a body, in characters, to show its last four. Enough of it then stays unknown.
const LONG_ENOUGH_FOR_A_TAIL: usize = 16;

/// A key that was found. It has no `Display` and no `Serialize`, and its `Debug` is masked: only
/// [`reveal`](Secret::reveal) returns the key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret {
    bytes: Box<[u8]>,
    public: usize,
    /// Whether these bytes are only its name.
    is_named: bool,
}

impl Secret {
    /// Takes the key. Its first `public` bytes are the issuer's prefix, which is not secret.
    #[must_use]
    pub fn new(bytes: &[u8], public: usize) -> Self {
        Self { bytes: bytes.into(), public: public.min(bytes.len()), is_named: false }
    }

    /// Stands for a secret that nothing may keep: a password can be guessed from a hash of it. All that is known of it is
    /// what it is called, and that is what identifies it.
    #[must_use]
    pub(crate) fn named(name: &str) -> Self {
        Self { bytes: name.as_bytes().into(), public: name.len(), is_named: true }
    }

    /// What it is called, if that is all that is known of it.
    #[must_use]
    pub(crate) fn name(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok().filter(|_| self.is_named)
    }

    /// The public prefix, `…`, and the last four characters, e.g. `sk-proj-…w9QA`. Short keys do not show the
    /// end.
    #[must_use]
    pub fn masked(&self) -> String {
        if self.is_named {
            return "…".to_owned();
        }
        let (prefix, body) = self.bytes.split_at(self.public);
        let tail = if body.len() >= LONG_ENOUGH_FOR_A_TAIL { &body[body.len() - 4..] } else { b"" };
        format!("{}…{}", String::from_utf8_lossy(prefix), String::from_utf8_lossy(tail))
    }

    /// The key itself. Of a value that is looked for since a file names it, this is `…`, too.
    #[must_use]
    pub fn reveal(&self) -> String {
        if self.is_named {
            return self.masked();
        }
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The key itself, as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key without its public prefix.
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.public..]
    }

    /// The key without base64 padding, which is often dropped. Two secrets are the same if these are equal.
    pub(crate) fn normalized(&self) -> &[u8] {
        if self.is_named {
            return &self.bytes;
        }
        let padding = self.bytes.iter().rev().take_while(|byte| **byte == b'=').count();
        &self.bytes[..self.bytes.len() - padding]
    }

    /// Identifies the key in any place and encoding: the first 128 bits of SHA-256 over a fixed text (unique
    /// to this use, ending in a zero byte) and the decoded key without base64 padding, as 32 lowercase hex
    /// digits.
    ///
    /// Rule, path, line and commit are not part of it, so it stays the same when these change. Different keys
    /// have different fingerprints: the probability that any two of a million keys collide is 10^-27. Finding
    /// a key for a given fingerprint takes 2^128 attempts. Finding two keys that collide takes 2^64, and
    /// gains nothing that a second entry would not.
    ///
    /// The fixed text is the key of the hash. It is public, since everybody must get the same fingerprint. It
    /// makes hash tables that were computed for other tools useless, but hides nothing. What protects the key
    /// is its own randomness: issued keys have a hundred bits or more, which cannot be guessed. A key that a
    /// person made up, such as `sk-` and a word, can be guessed, and the fingerprint then confirms the guess.
    /// Fewer bits would not prevent that, since there are few guesses to tell apart, and a slow hash would
    /// cost scans more than it costs the guesser.
    ///
    /// A value that is looked for since a file names it may be a password. Its fingerprint is a hash of where it is kept
    /// and of its name there.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let domain = if self.is_named { NAMED_DOMAIN } else { DOMAIN };
        let hash = Sha256::new().chain_update(domain).chain_update(self.normalized()).finalize();
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
    fn a_name_shows_and_gives_away_nothing() {
        let secret = Secret::named(".env\0DB_PASSWORD=");
        assert_eq!((secret.masked(), secret.reveal(), secret.body()), ("…".into(), "…".into(), &b""[..]));
        assert_eq!(secret.name(), Some(".env\0DB_PASSWORD="));
        let same = Secret::new(secret.bytes(), 0);
        assert!(same.fingerprint() != secret.fingerprint() && same != secret && same.name().is_none());
        assert_ne!(secret.fingerprint(), Secret::named(".env\0DB_PASSWORD").fingerprint());
    }

    #[test]
    fn the_fingerprint_is_of_the_secret_alone() {
        let one = Secret::new(b"sk-let-abcd==", 7).fingerprint();
        assert_eq!(one.len(), 32);
        assert_eq!(one, Secret::new(b"sk-let-abcd", 3).fingerprint());
        assert_ne!(one, Secret::new(b"sk-let-abce", 3).fingerprint());
    }
}
