//! A mapped file that someone cuts short. The kernel has no bytes for its pages any more, and sends SIGBUS to whoever
//! reads them. Instead of dying without a word, the process names the file and exits with 2: the run is incomplete.

use std::{ops::Range, path::Path};

/// A range of memory that is watched as long as this lives.
pub(super) struct Watch(
    #[cfg_attr(not(unix), expect(dead_code, reason = "other systems lock mapped files"))] Range<usize>,
);

impl Watch {
    /// Watches a mapped file. Only a name that git gives is shown, since any other may hold a key.
    pub(super) fn new(path: &Path, bytes: &[u8]) -> Self {
        let start = bytes.as_ptr() as usize;
        let range = start..start + bytes.len();
        #[cfg(unix)]
        unix::watch(&range, is_by_git(path).then(|| path.file_name()).flatten());
        #[cfg(not(unix))]
        let _ = path;
        Self(range)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        #[cfg(unix)]
        unix::forget(&self.0);
    }
}

/// Whether a file is called `pack-HASH.pack` or `.idx`.
#[cfg(any(unix, test))]
fn is_by_git(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let hash = name.strip_prefix("pack-").and_then(|rest| rest.split_once('.'));
    hash.is_some_and(|(hash, kind)| {
        matches!(hash.len(), 40 | 64)
            && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
            && matches!(kind, "pack" | "idx")
    })
}

#[cfg(unix)]
mod unix {
    use std::{
        ffi::OsStr,
        ops::Range,
        sync::{
            Once,
            atomic::{AtomicPtr, AtomicUsize, Ordering::SeqCst},
        },
    };

    /// More packs than this are not named.
    const MOST: usize = 256;

    /// The longest name that git gives is `pack-`, 64 digits, and `.pack`.
    const LONGEST: usize = 80;

    /// A watched range. It is free while `end` is zero.
    struct Slot {
        start: AtomicUsize,
        end: AtomicUsize,
        name: [AtomicUsize; LONGEST / size_of::<usize>()],
    }

    static SLOTS: [Slot; MOST] = [const {
        Slot {
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            name: [const { AtomicUsize::new(0) }; LONGEST / size_of::<usize>()],
        }
    }; MOST];

    /// What the signal did before.
    static BEFORE: AtomicPtr<libc::sigaction> = AtomicPtr::new(std::ptr::null_mut());

    pub(super) fn watch(range: &Range<usize>, name: Option<&OsStr>) {
        static ONCE: Once = Once::new();
        ONCE.call_once(install);
        let mut bytes = [0; LONGEST];
        let name = name.map_or(&b"a file of the repository"[..], OsStr::as_encoded_bytes);
        let length = name.len().min(LONGEST);
        bytes[..length].copy_from_slice(&name[..length]);
        let is_free = |slot: &&Slot| slot.start.compare_exchange(0, range.start, SeqCst, SeqCst).is_ok();
        let Some(slot) = SLOTS.iter().find(is_free) else { return };
        for (word, bytes) in slot.name.iter().zip(bytes.as_chunks().0) {
            word.store(usize::from_ne_bytes(*bytes), SeqCst);
        }
        slot.end.store(range.end, SeqCst);
    }

    pub(super) fn forget(range: &Range<usize>) {
        if let Some(slot) = SLOTS.iter().find(|slot| slot.start.load(SeqCst) == range.start) {
            slot.end.store(0, SeqCst);
            slot.start.store(0, SeqCst);
        }
    }

    #[expect(unsafe_code, reason = "there is no other way to handle a signal")]
    fn install() {
        // SAFETY: both structures are valid for the call, and zero is a valid value of each of their fields. The handler
        // only does what signal-safety(7) allows.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handle as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO;
            let mut before: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(libc::SIGBUS, &raw const action, &raw mut before) == 0 {
                BEFORE.store(Box::into_raw(Box::new(before)), SeqCst);
            }
        }
    }

    #[expect(unsafe_code, reason = "there is no other way to handle a signal")]
    extern "C" fn handle(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
        // SAFETY: the kernel passes a valid structure. Nothing here allocates or locks.
        let at = unsafe { (*info).si_addr() } as usize;
        for slot in &SLOTS {
            if slot.start.load(SeqCst) <= at && at < slot.end.load(SeqCst) {
                say(b"skanner: ");
                for word in &slot.name {
                    let bytes = word.load(SeqCst).to_ne_bytes();
                    let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                    say(&bytes[..length]);
                }
                say(b" was truncated while it was read, so the run is incomplete: scan again\n");
                // SAFETY: this ends the process at once.
                unsafe { libc::_exit(2) }
            }
        }
        // Not ours: whatever handled it before does so when the access is repeated.
        let before = BEFORE.load(SeqCst);
        // SAFETY: `before` is null or what `install` has stored and nobody changes.
        unsafe {
            if before.is_null() {
                libc::signal(signal, libc::SIG_DFL);
            } else {
                libc::sigaction(signal, before, std::ptr::null_mut());
            }
        }
    }

    #[expect(unsafe_code, reason = "std's writers may lock, which a handler must not")]
    fn say(bytes: &[u8]) {
        // SAFETY: the buffer is valid for its length. Nobody can be told if writing fails.
        unsafe {
            let _ = libc::write(libc::STDERR_FILENO, bytes.as_ptr().cast(), bytes.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_git_gives_are_shown() {
        let (short, long) = ("0a".repeat(20), "0a".repeat(32));
        for name in [format!("pack-{short}.pack"), format!("x/pack-{long}.idx")] {
            assert!(is_by_git(Path::new(&name)), "{name}");
        }
        for name in [
            format!("pack-{short}.pack.bak"),
            format!("{short}.pack"),
            "pack-x.pack".to_owned(),
            String::new(),
        ] {
            assert!(!is_by_git(Path::new(&name)), "{name}");
        }
    }
}
