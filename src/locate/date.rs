//! When a commit was written, as people read it.

/// A line such as `A U Thor <a@example.org> 1700000000 +0100`, taken apart: who, and when in the form of RFC 3339 with
/// the zone of the author. What is no such line is given as it is, without a time.
pub(super) fn person(line: &[u8]) -> (&[u8], String) {
    let mut words = line.rsplitn(3, |byte| *byte == b' ');
    let zone = words.next().and_then(number);
    let seconds = words.next().and_then(number);
    match (words.next(), seconds, zone) {
        (Some(who), Some(seconds), Some(zone)) => (who, rfc3339(seconds, zone)),
        _ => (line, String::new()),
    }
}

/// When a line of a commit says it was committed, in seconds since 1970.
pub(super) fn seconds(line: &[u8]) -> i64 {
    line.rsplitn(3, |byte| *byte == b' ').nth(1).and_then(number).unwrap_or(0)
}

fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// `zone` is written as git does: `+0130` is 130.
fn rfc3339(seconds: i64, zone: i64) -> String {
    const DAY: i64 = 86_400;
    let zone = zone.clamp(-1459, 1459);
    let minutes = zone / 100 * 60 + zone % 100;
    let local = seconds.clamp(-62_135_596_800 + DAY, 253_402_300_799 - DAY) + minutes * 60;
    let (year, month, day) = date(local.div_euclid(DAY));
    let time = local.rem_euclid(DAY);
    let sign = if minutes < 0 { '-' } else { '+' };
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        time / 3600,
        time / 60 % 60,
        time % 60,
        minutes.abs() / 60,
        minutes.abs() % 60
    )
}

/// Year, month and day of a count of days since 1970, after Howard Hinnant's `civil_from_days`: years begin in March, so
/// that the odd day is at their end.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

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
