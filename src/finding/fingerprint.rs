//! Identifies a secret without containing it.

use std::fmt;

/// The fingerprint of a secret, in the notation of [`Secret::fingerprint`](super::Secret::fingerprint).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    /// The number of hex digits.
    pub(crate) const DIGITS: usize = 32;

    /// Parses 32 lowercase hex digits.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let half = |digits: &[u8]| {
            digits.iter().try_fold(0_u64, |value, digit| {
                let digit = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
                Some(value << 4 | u64::from(digit))
            })
        };
        let (high, low) = text.as_bytes().split_at_checked(Self::DIGITS / 2)?;
        if low.len() != Self::DIGITS / 2 {
            return None;
        }
        Some(Self(u128::from(half(high)?) << 64 | u128::from(half(low)?)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
