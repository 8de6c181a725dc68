//! What identifies a secret in the lists of other scanners, and which finding is meant.

use std::collections::HashMap;

use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::finding::Finding;

/// The names that GitGuardian gives to the only part of a secret. Which one depends on its detector.
const TYPES: [&str; 9] = [
    "apikey",
    "api_key",
    "token",
    "secret",
    "secret_key",
    "client_secret",
    "access_token",
    "password",
    "key",
];

/// The start of a key is as telling as the key if it has this many characters that are not public, in bytes. Some
/// scanners recognize only so much of longer keys.
const ENOUGH: usize = 16;

/// Identifies a secret without holding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SecretHash {
    /// The SHA-1 of the secret, as detect-secrets has it.
    Sha1([u8; 20]),
    /// The SHA-256 of the secret: what a list holds unmasked is hashed as it is read.
    Sha256([u8; 32]),
    /// The SHA-256 of the parts of a secret with their types, as ggshield has it.
    Ggshield([u8; 32]),
}

impl SecretHash {
    /// Of a secret that a list holds unmasked.
    #[must_use]
    pub(super) fn of(secret: &[u8]) -> Self {
        Self::Sha256(Sha256::digest(secret).into())
    }

    /// Whether this text is the secret.
    #[must_use]
    pub(super) fn is_of(&self, text: &[u8]) -> bool {
        match self {
            Self::Sha1(hash) => Sha1::digest(text)[..] == hash[..],
            Self::Sha256(hash) => Sha256::digest(text)[..] == hash[..],
            Self::Ggshield(hash) => TYPES.iter().any(|name| of_part(text, name) == *hash),
        }
    }
}

/// How ggshield hashes a secret of one part: see `get_ignore_sha` in its `ggshield/core/filter.py`.
fn of_part(secret: &[u8], name: &str) -> [u8; 32] {
    Sha256::new().chain_update(secret).chain_update(b",").chain_update(name).finalize().into()
}

/// Finds findings by such hashes.
pub(super) struct SecretIndex(HashMap<SecretHash, usize>);

impl SecretIndex {
    /// Indexes findings under the kinds of hashes that are asked for.
    #[must_use]
    pub(super) fn new(findings: &[&Finding], asked: impl Iterator<Item = SecretHash>) -> Self {
        let (mut sha1, mut sha256, mut ggshield) = (false, false, false);
        asked.for_each(|hash| match hash {
            SecretHash::Sha1(_) => sha1 = true,
            SecretHash::Sha256(_) => sha256 = true,
            SecretHash::Ggshield(_) => ggshield = true,
        });
        let mut index = HashMap::new();
        let mut add = |hash: SecretHash, at: usize| {
            index.entry(hash).or_insert(at);
        };
        for (at, finding) in findings.iter().enumerate() {
            let public = finding.secret.bytes().len() - finding.secret.body().len();
            for text in texts(finding) {
                if ggshield {
                    TYPES.iter().for_each(|name| add(SecretHash::Ggshield(of_part(text, name)), at));
                }
                let least = (public + ENOUGH).min(text.len());
                // Each start by adding a byte to the one before.
                let (mut first, mut second) = (Sha1::new(), Sha256::new());
                first.update(&text[..least.saturating_sub(1)]);
                second.update(&text[..least.saturating_sub(1)]);
                for byte in &text[least.saturating_sub(1)..] {
                    if sha1 {
                        first.update([*byte]);
                        add(SecretHash::Sha1(first.clone().finalize().into()), at);
                    }
                    if sha256 || ggshield {
                        second.update([*byte]);
                        add(SecretHash::Sha256(second.clone().finalize().into()), at);
                    }
                }
            }
        }
        Self(index)
    }

    /// The index of the finding that is meant.
    #[must_use]
    pub(super) fn find(&self, hash: SecretHash) -> Option<usize> {
        // Older lists of ggshield, and those written by hand, hold the SHA-256 of the secret alone.
        let alone = match hash {
            SecretHash::Ggshield(bytes) => self.0.get(&SecretHash::Sha256(bytes)),
            _ => None,
        };
        self.0.get(&hash).or(alone).copied()
    }
}

/// The secret of a finding, and how it is written where that is different.
fn texts(finding: &Finding) -> impl Iterator<Item = &[u8]> {
    let written = finding.occurrences.iter().filter_map(|place| place.written.as_ref());
    std::iter::once(finding.secret.bytes()).chain(written.map(|written| written.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_tools() {
        // `printf 'abc' | sha1sum`, and so on.
        let text = b"abc";
        let sha1 = [
            0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c,
            0x9c, 0xd0, 0xd8, 0x9d,
        ];
        assert!(SecretHash::Sha1(sha1).is_of(text) && !SecretHash::Sha1(sha1).is_of(b"abd"));
        assert!(SecretHash::of(text).is_of(text));
        let joined: [u8; 32] = Sha256::digest(b"abc,apikey").into();
        assert!(SecretHash::Ggshield(joined).is_of(text));
        assert!(!SecretHash::Sha256(joined).is_of(text));
    }
}
