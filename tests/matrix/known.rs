//! What the matrices do not hold against the engine, each with its reason.

use std::sync::LazyLock;

use skanner::testing::rule::Confidence;

use super::{harness::Subject, writing::Encoding};

/// A rule that is rightly named instead of the subject's.
struct Instead {
    rule: &'static str,
    /// Where the text of a shape begins so; empty for all of the rule.
    shape: &'static str,
    by: &'static str,
}

const INSTEAD: &[Instead] = &[
    // WorkOS has the same shape, and is meant where nothing names Highnote.
    Instead { rule: "highnote-secret-key", shape: "sk_live_", by: "workos-api-key" },
    Instead { rule: "highnote-test-key", shape: "sk_test_", by: "workos-test-key" },
    // Chance wrote the two letters of an issuer that has a rule of its own.
    Instead { rule: "openrouter-like-key", shape: "", by: "hackclub-ai-key" },
    Instead { rule: "openrouter-like-key", shape: "", by: "openrouter-api-key" },
    Instead { rule: "openrouter-like-key", shape: "", by: "zenmux-api-key" },
    Instead { rule: "openrouter-like-key", shape: "", by: "zenmux-management-key" },
    Instead { rule: "openrouter-like-key", shape: "", by: "zenmux-subscription-key" },
    // A random body is surer than a body of any kind; LiteLLM is named as a candidate.
    Instead { rule: "litellm-virtual-key", shape: "sk-{B:16", by: "unknown-sk-key" },
    // Keys of 20 characters are Mono's as well.
    Instead { rule: "toss-secret-key", shape: "live_sk_", by: "mono-secret-key" },
    Instead { rule: "toss-test-key", shape: "test_sk_", by: "mono-test-key" },
    Instead { rule: "litellm-virtual-key", shape: "sk-{B:16", by: "self-made-key" },
];

/// Whether `id` may be named for a key of the subject.
pub(crate) fn may_be(subject: &Subject, id: &str) -> bool {
    // A key of unknown form may have a known one by chance.
    subject.rule.fallback
        || INSTEAD.iter().any(|one| {
            one.rule == subject.rule.id && subject.shape.source().starts_with(one.shape) && one.by == id
        })
}

/// Whether nobody could tell where the key ends, when `after` follows it: its last part has a length that is not certain, and an
/// alphabet that `after` begins with.
pub(crate) fn is_ambiguous(subject: &Subject, after: &str) -> bool {
    // A loose shape fits the start of anything, and this says that the rest was left out.
    let is_loose = subject.form.requires_context && subject.form.confidence == Confidence::Possible
        || subject.rule.fallback;
    if is_loose && ["...", "…"].iter().any(|mark| after.starts_with(mark)) {
        return true;
    }
    let source = subject.shape.source();
    let Some((_, last)) = source.strip_suffix('}').and_then(|source| source.rsplit_once('{')) else {
        return false;
    };
    let (class, lengths) = last.split_once(':').unwrap_or((last, ""));
    let alphabet = match class {
        // Webhook secrets of other senders are written in standard base64.
        "A" if source.starts_with("whsec_") => "+/=",
        "S" => "+/=",
        "base64" => "+/=-_",
        "B" => "-_",
        _ => "",
    };
    let is_open_ended =
        lengths.contains("..") || lengths.contains('|') || subject.form.confidence != Confidence::Certain;
    is_open_ended && after.starts_with(|next| alphabet.contains(next))
}

/// Whether people might have made up such a text themselves as the key of the service whose name stands beside it:
/// whoever runs LiteLLM chooses its master key. Not placeholders, cut keys and the names of key types.
pub(crate) fn may_be_chosen_by_people(text: &str, word: &str) -> bool {
    // Cut short, so that this file holds none itself.
    const CHOSEN: &[&str] = &["sk-{uuid}", "sk-{uuid4}", "sk-demo-key-", "sk-circleB", "sk-cubeGrid"];
    word == "LITELLM_MASTER_KEY" && CHOSEN.iter().any(|chosen| text.contains(chosen))
}

/// Whether an encoded key of this kind cannot be recognized, and why.
pub(crate) fn cannot_be_encoded(subject: &Subject, key: &str, encoding: &Encoding) -> bool {
    /// Encoded keys are looked for in runs of 32 characters and more; shorter ones are too common in ordinary text.
    const SHORTEST: usize = 24;
    let is_run = encoding.chain.iter().any(|name| matches!(*name, "base64" | "hex"));
    let too_short = is_run && key.len() < SHORTEST;
    // The column of text beside a dump holds it whole, too.
    let is_in_a_column = encoding.chain.contains(&"hex-dump") && key.len() < 16;
    let source = subject.shape.source();
    // Its punctuation may itself be an escape, or end one; in base64 it ends the run of letters and digits.
    let is_plain_inside = encoding.chain.iter().all(|name| matches!(*name, "hex" | "utf-16le" | "utf-16be"));
    let has_punctuation = source.contains("{P:") && !is_plain_inside;
    // Base64 inside: padding at the end of a line of the right length is a soft line break.
    let ends_in_padding =
        ["{S:", "{base32-check}"].iter().any(|part| source.contains(part)) && key.ends_with('=');
    // Wrapped: a line feed between the key and its evidence, or a `?` before it, ends the run on an earlier line.
    let evidence_is_apart = subject.form.requires_context
        && ["columns", "line feeds"].iter().any(|wrapped| encoding.name.contains(wrapped));
    // Escaped prefixes are known by their separator, which some do not have.
    let is_bare = ["SK", "AIza", "{"].iter().any(|start| source.starts_with(start));
    let has_no_separator = encoding.is_escape && is_bare;
    // A backslash before the separator is looked for behind the last letters of most prefixes, not of all.
    let has_rare_letter = encoding.name == "backslash, separators"
        && ["tgp_", "pa-"].iter().any(|start| source.starts_with(start));
    // In a file with a NUL, the string behind it is no more of a key of unknown form.
    let is_apart = subject.rule.fallback && encoding.name == "NUL";
    // A key that is known by what is inside it may have the end of a line before that.
    let is_broken_before = source.starts_with('{') && encoding.chain.contains(&"quoted-printable");
    has_no_separator
        || is_broken_before
        || is_apart
        || has_rare_letter
        || too_short
        || is_in_a_column
        || has_punctuation
        || ends_in_padding
        || evidence_is_apart
        || has_inner_padding(key)
}

/// Whether a key that touches other bytes cannot be told from them: nothing says where a key without a prefix begins.
pub(crate) fn cannot_be_touched(subject: &Subject) -> bool {
    subject.shape.source().starts_with('{')
}

/// Whether the pieces of a split key cannot be told from something else.
pub(crate) fn cannot_be_split(subject: &Subject, key: &str, cuts: &[usize]) -> bool {
    let first = &key[..cuts[0]];
    // Its first piece is as good a key as the whole, or its punctuation looks like a seam.
    let first_is_whole = subject.form.confidence != Confidence::Certain
        && subject.shape.matches(first.as_bytes(), &mut Vec::new(), |end| end == first.len()).is_some();
    // It is a key of a surer form, which keeps its end.
    let first_is_surer = || {
        static ALL: LazyLock<Vec<Subject>> = LazyLock::new(Subject::all);
        let is_surer = |other: &&Subject| other.form.confidence > subject.form.confidence;
        let is_whole = |other: &Subject| {
            other.shape.matches(first.as_bytes(), &mut Vec::new(), |end| end == first.len()).is_some()
        };
        ALL.iter().filter(is_surer).any(is_whole)
    };
    // Without a prefix, a key is known by what is inside it, which must be in one piece.
    let marker = key.find("T3BlbkFJ").filter(|_| subject.shape.prefix().is_empty());
    let marker_is_cut =
        marker.is_some_and(|at| cuts.iter().any(|cut| (at + 1..at + "T3BlbkFJ".len()).contains(cut)));
    // A piece that begins like a key is taken for another one.
    let begins_again =
        cuts.iter().any(|cut| ["sk-", "sk_", "rk_"].iter().any(|prefix| key[*cut..].starts_with(prefix)));
    // A piece of padding alone may be left out of a key, and a check character may be anything.
    let only_padding = cuts.iter().any(|cut| key[*cut..].trim_matches('=').is_empty());
    let has_punctuation = ["{P:", "{base32-check}"].iter().any(|part| subject.shape.source().contains(part));
    // At the end of a line of the right length, one `=` is a soft line break.
    let ends_in_padding = key.ends_with('=') && !key.ends_with("==");
    first_is_whole
        || marker_is_cut
        || first_is_surer()
        || begins_again
        || only_padding
        || ends_in_padding
        || has_inner_padding(key)
        || has_punctuation
}

/// Generated base64 has its padding anywhere, where it begins what looks like quoted-printable.
fn has_inner_padding(key: &str) -> bool {
    key.trim_end_matches('=').contains('=')
}
