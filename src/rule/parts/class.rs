//! Sets of bytes, and what a structure of its own kind is.

/// A set of bytes.
#[derive(Debug)]
pub struct ByteClass {
    /// Its name in a shape, e.g. `B`.
    pub name: &'static str,
    /// Its members, in the notation of documentation.
    pub members: &'static str,
    set: [bool; 256],
}

/// A named structure, such as a UUID or a signature.
#[derive(Debug)]
pub struct NamedPart {
    /// Its name in a shape, e.g. `uuid4`.
    pub name: &'static str,
    /// What it is, for documentation.
    pub about: &'static str,
    /// The class of its bytes.
    pub class: &'static ByteClass,
    /// Its minimum and maximum length in bytes.
    pub lengths: (usize, usize),
    /// Whether bytes of such a length and class have this structure.
    pub accepts: fn(&[u8]) -> bool,
    /// Generates a random one.
    pub generate: fn(&mut fastrand::Rng) -> Vec<u8>,
}

impl ByteClass {
    /// `members` are single bytes and ranges, as in the brackets of a regular expression. A `-` at the end
    /// stands for itself.
    pub(super) const fn new(name: &'static str, members: &'static str) -> Self {
        let bytes = members.as_bytes();
        let mut set = [false; 256];
        let mut at = 0;
        while at < bytes.len() {
            let first = bytes[at];
            let mut last = first;
            if at + 2 < bytes.len() && bytes[at + 1] == b'-' {
                last = bytes[at + 2];
                at += 2;
            }
            let mut byte = first;
            while byte <= last {
                set[byte as usize] = true;
                byte += 1;
            }
            at += 1;
        }
        Self { name, members, set }
    }

    /// Whether the byte is a member.
    #[must_use]
    pub fn has(&self, byte: u8) -> bool {
        self.set[byte as usize]
    }

    /// Whether `other` contains every member.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.set.iter().zip(&other.set).all(|(own, others)| !own || *others)
    }

    /// The number of members at the start of `text`, counting at most `most`.
    #[must_use]
    pub fn run(&self, text: &[u8], most: usize) -> usize {
        let text = &text[..most.min(text.len())];
        // One branch per eight bytes, since tokens can be very long.
        let (steps, _) = text.as_chunks::<8>();
        let all = |step: &&[u8; 8]| step.iter().fold(true, |all, byte| all & self.has(*byte));
        let whole = 8 * steps.iter().take_while(all).count();
        whole + text[whole..].iter().take_while(|byte| self.has(**byte)).count()
    }

    /// Picks a random member.
    pub fn generate(&self, rng: &mut fastrand::Rng) -> u8 {
        loop {
            let byte = rng.u8(b'!'..=b'~');
            if self.has(byte) {
                return byte;
            }
        }
    }
}

/// `[A-Za-z0-9_-]`, base64url: the bytes of most keys.
pub(crate) static BASE64URL: ByteClass = ByteClass::new("B", "A-Za-z0-9_-");
pub(super) static HEX: ByteClass = ByteClass::new("h", "0-9a-f");
pub(super) static BASE64_ANY: ByteClass = ByteClass::new("base64", "A-Za-z0-9+/_=-");
pub(super) static ANY_HEX: ByteClass = ByteClass::new("x", "0-9A-Fa-f");
pub(super) static HEX_AND_DASH: ByteClass = ByteClass::new("hex-and-dash", "0-9a-f-");
pub(super) static STANDARD: ByteClass = ByteClass::new("S", "A-Za-z0-9+/=");
