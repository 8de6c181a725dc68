//! A calendar day.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, Serializer};
use time::{Date, Month};

/// January 1, 1970, in the numbering of the crate.
const EPOCH: i32 = 2_440_588;

/// A day, as `2027-01-31`. Later days are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// Parses `YYYY-MM-DD`; `None` if it is not a valid day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| -> Option<u16> {
            let part = parts.next()?;
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
        parts.next().is_none().then_some(Self(date))
    }

    /// Today in UTC, so that it is the same for everyone.
    #[must_use]
    pub fn today() -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::of_number(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX))
    }

    /// The day this many days after January 1, 1970. Anything past the year 9999 becomes its last day.
    #[must_use]
    pub fn of_number(days: i64) -> Self {
        let days = i32::try_from(days.saturating_add(EPOCH.into())).unwrap_or(i32::MAX);
        Self(Date::from_julian_day(days).unwrap_or(Date::MAX))
    }

    /// The inverse of [`Self::of_number`].
    #[must_use]
    pub fn number(self) -> i64 {
        (self.0.to_julian_day() - EPOCH).into()
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

/// Serializes to the same notation.
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
            // The days of a month and the first of the next one are numbered without a gap.
            assert!(day.0.day() == before.0.day() + 1 || day.0.day() == 1);
            assert_eq!(day.number(), number);
            if day.0.year() >= 0 {
                assert_eq!(Day::parse(&day.to_string()), Some(day));
            }
            before = day;
        }
        assert!(Day::today() > Day::of_number(20_000));
    }
}
