//! Inflates zlib streams with libdeflate, and says how much of the input they take: what is behind a stream belongs to
//! no object, and would be overlooked.
#![expect(
    unsafe_code,
    reason = "libdeflate is in C, and its safe wrapper does not say how much was consumed"
)]

use std::ptr::NonNull;

use libdeflate_sys as ffi;

/// Inflates one stream after another.
pub(super) struct Decompressor(NonNull<ffi::libdeflate_decompressor>);

// SAFETY: a decompressor is plain memory, and is only used by whoever holds it exclusively.
unsafe impl Send for Decompressor {}

/// Why a stream cannot be inflated.
pub(super) enum DeflateError {
    /// It is damaged or cut short.
    BadData,
    /// It holds more than there is room for.
    TooLong,
}

impl Decompressor {
    pub(super) fn new() -> Self {
        // SAFETY: it takes nothing, and returns null if there is no memory.
        let decompressor = unsafe { ffi::libdeflate_alloc_decompressor() };
        let Some(decompressor) = NonNull::new(decompressor) else {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<[u8; 1 << 14]>())
        };
        Self(decompressor)
    }

    /// Inflates the stream at the start of `input`, which should fill `output`. Returns the bytes it takes, and those
    /// it holds. Its checksum has been verified.
    pub(super) fn inflate(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(usize, usize), DeflateError> {
        let (mut taken, mut made) = (0, 0);
        // SAFETY: both slices are valid for their lengths, which libdeflate does not exceed.
        let result = unsafe {
            ffi::libdeflate_zlib_decompress_ex(
                self.0.as_ptr(),
                input.as_ptr().cast(),
                input.len(),
                output.as_mut_ptr().cast(),
                output.len(),
                &raw mut taken,
                &raw mut made,
            )
        };
        match result {
            ffi::libdeflate_result_LIBDEFLATE_SUCCESS => Ok((taken, made)),
            ffi::libdeflate_result_LIBDEFLATE_INSUFFICIENT_SPACE => Err(DeflateError::TooLong),
            _ => Err(DeflateError::BadData),
        }
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: it was allocated by libdeflate, and nothing uses it from here on.
        unsafe { ffi::libdeflate_free_decompressor(self.0.as_ptr()) }
    }
}
