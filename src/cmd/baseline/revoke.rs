//! Where to revoke keys before a list hides them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::{cold::ColdSort, finding::Finding, remedy, report::plural, rule::Severity};

/// How many issuers are named.
const MOST: usize = 10;

/// What is said of the keys of one issuer.
#[derive(Default)]
struct IssuerKeys {
    count: u64,
    worst: Option<Severity>,
    /// Pages, or what else there is to say, each once.
    how: Vec<String>,
}

/// One line for each issuer with its page, the most dangerous first.
pub(in crate::cmd) fn lines<'f>(keys: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut issuers: BTreeMap<&str, IssuerKeys> = BTreeMap::new();
    for Finding { rule, fingerprint, .. } in keys {
        // A key may have an entry for each of its files.
        if !seen.insert(fingerprint) {
            continue;
        }
        let issuer = issuers.entry(&rule.issuer).or_default();
        issuer.count += 1;
        issuer.worst = issuer.worst.max(Some(rule.severity));
        let how = match remedy::revoke_url(rule) {
            "" => remedy::revoke(rule),
            page => page.to_owned(),
        };
        if !issuer.how.contains(&how) {
            issuer.how.push(how);
        }
    }
    let mut issuers: Vec<_> = issuers.into_iter().collect();
    issuers.cold_sort_by_key(|(name, keys)| (Reverse(keys.worst), Reverse(keys.count), *name));
    let more = issuers.len().saturating_sub(MOST) as u64;
    issuers.truncate(MOST);
    let line = |(name, keys): (&str, IssuerKeys)| {
        format!("  {name}, {}: {}", plural(keys.count, "key"), keys.how.join(" and "))
    };
    let mut lines: Vec<String> = issuers.into_iter().map(line).collect();
    if more > 0 {
        lines.push(format!("  and {}", plural(more, "more issuer")));
    }
    lines
}
