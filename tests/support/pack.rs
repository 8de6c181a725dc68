//! Archives, made by other code than the one that reads them.
#![allow(dead_code, unreachable_pub, reason = "every test binary uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A way to pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Tar,
    Zip,
    StoredZip,
}

pub const ALL: &[Format] =
    &[Format::Gzip, Format::Bzip2, Format::Xz, Format::Zstd, Format::Tar, Format::Zip, Format::StoredZip];

impl Format {
    /// Packs one file, and says its inner path if the outer one has no extension.
    pub fn pack(self, bytes: &[u8]) -> (Vec<u8>, &'static str) {
        match self {
            Self::Gzip => (gzip(bytes), "data"),
            Self::Bzip2 => (bzip2(bytes), "data"),
            Self::Xz => (xz(bytes, 1), "data"),
            Self::Zstd => (zstd(bytes), "data"),
            Self::Tar => (tar(&[("dir/entry", bytes)]), "dir/entry"),
            Self::Zip => (zip(CompressionMethod::Deflated, &[("dir/entry", bytes)]), "dir/entry"),
            Self::StoredZip => (zip(CompressionMethod::Stored, &[("dir/entry", bytes)]), "dir/entry"),
        }
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(9));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn xz(bytes: &[u8], preset: u32) -> Vec<u8> {
    let mut encoder =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(preset)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Names are written as they are, whatever they are.
pub fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        if name.len() <= 100 {
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        } else {
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

pub fn zip(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Text that does not shrink to less than half of it.
pub fn filler(length: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..length)
        .map(|at| if at % 80 == 79 { b'\n' } else { b"0123456789abcdef"[random.usize(..16)] })
        .collect()
}
