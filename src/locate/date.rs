//! Dates of commits, in a readable form.

use time::OffsetDateTime;

use crate::day::Day;

/// A day in seconds.
const DAY: i64 = 86_400;

/// Splits a line such as `A U Thor <a@example.org> 1700000000 +0100` into the person and the date, in RFC
/// 3339 format with the author's time zone. If the line has any other format, all of it is the person, and
/// the date is empty.
pub(super) fn person(line: &[u8]) -> (&[u8], String) {
    let mut words = line.rsplitn(3, |byte| *byte == b' ');
    let zone = words.next().and_then(number);
    let seconds = words.next().and_then(number);
    match (words.next(), seconds, zone) {
        (Some(who), Some(seconds), Some(zone)) => (who, rfc3339(seconds, zone)),
        _ => (line, String::new()),
    }
}

/// The committer date in a line of a commit, in seconds since 1970.
pub(super) fn seconds(line: &[u8]) -> i64 {
    line.rsplitn(3, |byte| *byte == b' ').nth(1).and_then(number).unwrap_or(0)
}

fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Parses a date as people write it, into seconds since 1970: `YYYY-MM-DD` for the start of that day in UTC,
/// or RFC 3339, such as `2024-02-29T12:30:00+01:00`. Fractions of a second are dropped. `None` if it is
/// neither.
#[must_use]
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (day, time) = text.split_at_checked(10)?;
    let midnight = Day::parse(day)?.number() * DAY;
    if time.is_empty() {
        return Some(midnight);
    }
    // RFC 3339, section 5.6, allows lowercase `t` and `z`, and a space instead of `T`.
    let (clock, rest) = time.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let [hour, minute, second] = fields(clock, b':', [2, 2, 2])?;
    // A leap second counts as the first second of the next minute.
    let is_clock = hour < 24 && minute < 60 && second <= 60;
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(part) => {
            let zone = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
            (zone.len() < part.len()).then_some(zone)?
        }
    };
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let [hour, minute] = fields(zone.strip_prefix(['+', '-'])?, b':', [2, 2])?;
            sign * (hour < 24 && minute < 60).then_some(hour * 60 + minute)?
        }
    };
    is_clock.then_some(midnight + hour * 3600 + minute * 60 + second - offset * 60)
}

/// Parses numbers with the given numbers of digits, with a separator between them.
fn fields<const N: usize>(text: &str, separator: u8, lengths: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.as_bytes().split(|byte| *byte == separator);
    for (own, length) in numbers.iter_mut().zip(lengths) {
        let digits =
            parts.next().filter(|part| part.len() == length && part.iter().all(u8::is_ascii_digit))?;
        *own = number(digits)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// `zone` is in git's notation: 130 means `+0130`.
fn rfc3339(seconds: i64, zone: i64) -> String {
    let zone = zone.clamp(-1459, 1459);
    let minutes = zone / 100 * 60 + zone % 100;
    // Into the years that have four digits, whatever the zone.
    let local = seconds.clamp(-62_135_596_800 + DAY, 253_402_300_799 - DAY) + minutes * 60;
    let Ok(local) = OffsetDateTime::from_unix_timestamp(local) else { return String::new() };
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hour, minute, second) = local.to_hms();
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
        Day::from(local.date()),
        minutes.abs() / 60,
        minutes.abs() % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_understood_or_refused() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2023-11-14T14:13:20-08:00", 1_700_000_000),
            ("2023-11-14t22:13:20z", 1_700_000_000),
            ("2023-11-14 22:13:20.999Z", 1_700_000_000),
            ("1969-12-31T23:59:59+00:00", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "2024",
            "2024-1-1",
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-01-01T",
            "2024-01-01T12:00",
            "2024-01-01T12:00:00",
            "2024-01-01T24:00:00Z",
            "2024-01-01T12:60:00Z",
            "2024-01-01T12:00:61Z",
            "2024-01-01T12:00:00.Z",
            "2024-01-01T12:00:00+1",
            "2024-01-01T12:00:00+0100",
            "2024-01-01T12:00:00+24:00",
            "2024-01-01T12:00:00ZZ",
            "2024-01-01Z",
            " 2024-01-01",
            "2024-01-01 ",
            "2024/01/01",
            "+024-01-01",
            "yesterday",
            "1700000000",
            "２０２４-01-01",
            "2024-01-0é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..100_000 {
            let seconds = random.i64(-62_000_000_000..253_000_000_000);
            let zone = random.i64(-12..=12) * 100 + random.i64(0..60);
            let text = rfc3339(seconds, zone);
            assert_eq!(parse(&text), Some(seconds), "{text} {zone}");
        }
    }

    #[test]
    fn times_are_those_of_the_author() {
        for (line, expected) in [
            ("A B <a@b> 0 +0000", "1970-01-01T00:00:00+00:00"),
            ("A B <a@b> 951782400 +0130", "2000-02-29T01:30:00+01:30"),
            ("A B <a@b> 1700000000 -0800", "2023-11-14T14:13:20-08:00"),
            ("A B <a@b> -1 +0000", "1969-12-31T23:59:59+00:00"),
        ] {
            assert_eq!(person(line.as_bytes()), (&b"A B <a@b>"[..], expected.to_owned()));
        }
        assert_eq!(person(b"nobody"), (&b"nobody"[..], String::new()));
        assert!(person(b"A 99999999999999999 +99999").1.len() > 19);
    }
}
