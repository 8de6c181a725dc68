//! Numbers with seven bits per byte. Every byte but the last has the top bit set. Both readers consume the number from
//! the front, and return `None` if the bytes end too soon or the number does not fit.

/// Lowest bits first, as in the sizes in git's packs and in xz.
pub(crate) fn low_first(bytes: &mut &[u8]) -> Option<u64> {
    low_first_behind(0, 0, bytes)
}

/// The same if `bits` bits of the number are already known.
#[inline]
pub(crate) fn low_first_behind(known: u64, bits: u32, bytes: &mut &[u8]) -> Option<u64> {
    let mut number = known;
    for shift in (bits..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if (part << shift) >> shift != part {
            return None;
        }
        number |= part << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Highest bits first. Each further byte counts one more than its value, so that no number has two encodings. Used for
/// distances in git's packs and names in its index.
#[inline]
pub(crate) fn high_first(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut number = u64::from(first & 0x7f);
    let mut byte = first;
    while byte & 0x80 != 0 {
        (byte, rest) = rest.split_first().map(|(byte, rest)| (*byte, rest))?;
        number = number.checked_add(1)?.checked_mul(0x80)? | u64::from(byte & 0x7f);
    }
    *bytes = rest;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_front() {
        let mut bytes: &[u8] = &[0x7f, 0x80, 0x01, 0xff, 0xff, 0x03, 9];
        assert_eq!([low_first(&mut bytes), low_first(&mut bytes)], [Some(127), Some(128)]);
        assert_eq!((low_first(&mut bytes), bytes), (Some(0xffff), &[9][..]));
        assert_eq!(low_first_behind(0xf, 4, &mut &[0x01][..]), Some(0x1f));
        let mut bytes: &[u8] = &[0x7f, 0x80, 0x00, 0x80, 0x01, 0x81, 0x00, 9];
        let numbers = [(); 4].map(|()| high_first(&mut bytes));
        assert_eq!((numbers, bytes), ([127, 128, 129, 256].map(Some), &[9][..]));
    }

    #[test]
    fn what_is_cut_short_or_too_large_is_no_number() {
        let largest = [&[0xff; 9][..], &[0x01]].concat();
        assert_eq!(low_first(&mut &largest[..]), Some(u64::MAX));
        for bytes in [vec![], vec![0x80], [&[0xff; 9][..], &[0x02]].concat(), vec![0x80; 11]] {
            assert_eq!(low_first(&mut &bytes[..]), None, "{bytes:?}");
        }
        for bytes in [vec![], vec![0x80], vec![0xff; 10], [&[0xff; 10][..], &[0x7f]].concat()] {
            assert_eq!(high_first(&mut &bytes[..]), None, "{bytes:?}");
        }
    }
}
