//! A day of the calendar.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, Serializer};

/// A day, as `2027-01-31`. Later days are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: i64,
    month: i64,
    day: i64,
}

impl Day {
    /// Takes it as `YYYY-MM-DD`; nothing where that is no day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten()
        };
        let (year, month, day): (i64, i64, i64) = (number(4)?, number(2)?, number(2)?);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 => 28 + i64::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (parts.next().is_none() && (1..=length).contains(&day)).then_some(Self { year, month, day })
    }

    /// The day it is now, in UTC, so that it is the same for everybody.
    #[must_use]
    pub fn today() -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::of_number(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX))
    }

    /// The day so many days after the first of January 1970, by Howard Hinnant's `civil_from_days`: years begin in
    /// March, so that the leap day is the last one.
    #[must_use]
    pub fn of_number(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: of_year - (153 * march_month + 2) / 5 + 1,
        }
    }

    /// The way back, by Howard Hinnant's `days_from_civil`.
    #[must_use]
    pub fn number(self) -> i64 {
        let Self { year, month, day } = self;
        let year = year - i64::from(month <= 2);
        let month = if month > 2 { month - 3 } else { month + 9 };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * month + 2) / 5 + day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        era * 146_097 + of_era - 719_468
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// As it is written.
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_are_days() {
        for day in ["1970-01-01", "2024-02-29", "2000-02-29", "2027-01-31", "2027-12-31"] {
            assert_eq!(Day::parse(day).unwrap().to_string(), day);
        }
        let none = [
            "2027-02-29",
            "1900-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-1-31",
            "27-01-31",
            "2027-01-00",
            "2027-01-31-",
            "2027-01",
            "tomorrow",
            "",
            "2027/01/31",
            "+027-01-31",
        ];
        assert_eq!(none.map(Day::parse), [None; 14]);
    }

    #[test]
    fn later_days_are_greater() {
        let days = ["1999-12-31", "2000-01-01", "2000-01-02", "2000-02-01", "2001-01-01"].map(Day::parse);
        assert!(days.is_sorted() && days[0].is_some());
    }

    #[test]
    fn every_day_follows_the_one_before() {
        assert_eq!(Day::of_number(0).to_string(), "1970-01-01");
        assert_eq!(Day::of_number(20_484).to_string(), "2026-01-31");
        let mut before = Day::of_number(-800_000);
        for number in -799_999..800_000 {
            let day = Day::of_number(number);
            assert!(day > before, "{before} {day}");
            // The days of one month, and of the first of the next, are numbered without a gap.
            assert!(day.day == before.day + 1 || day.day == 1);
            assert_eq!(day.number(), number);
            if day.year >= 0 && day.year <= 9999 {
                assert_eq!(Day::parse(&day.to_string()), Some(day));
            }
            before = day;
        }
        assert!(Day::today() > Day::of_number(20_000));
    }
}
