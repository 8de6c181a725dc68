//! Tells words from letters that were drawn at random, by the pairs of letters that words are made of.

/// For each letter, the letters that often follow it in English words and in the names of programs: the 120 most frequent
/// of the 676 pairs, counted in documentation, each word weighted by the logarithm of its frequency. Two of three pairs in
/// words are among them, and [`BY_CHANCE`] of those that chance makes.
const FOLLOWING: [&[u8]; 26] = [
    b"bcdgilmnprst",
    b"lo",
    b"aehkot",
    b"eio",
    b"acdlmnprstvx",
    b"io",
    b"ei",
    b"aeio",
    b"bcdeglnostv",
    b"",
    b"e",
    b"aeiloty",
    b"aeip",
    b"acdegiost",
    b"dlmnoprstuw",
    b"aelor",
    b"",
    b"aeiost",
    b"cehiostu",
    b"aehiorsuy",
    b"lnrst",
    b"e",
    b"",
    b"",
    b"",
    b"",
];

/// The share of the pairs above among all pairs.
const BY_CHANCE: f64 = {
    let (mut count, mut letter) = (0, 0);
    while letter < FOLLOWING.len() {
        count += FOLLOWING[letter].len();
        letter += 1;
    }
    count as f64 / 676.0
};

/// How strongly the letters of a text speak for words and against chance. A text whose letters were drawn from the whole
/// alphabet, each by itself, has a value of `x` or more with a probability of at most `e^-x` (Chernoff's bound).
///
/// Pairs are letters in one case, or a capital with a small letter behind it.
#[must_use]
pub(crate) fn word_evidence(text: &[u8]) -> f64 {
    let (mut pairs, mut common) = (0_u32, 0_u32);
    for pair in text.windows(2) {
        let [first, second] = [pair[0], pair[1]];
        let is_pair = first.is_ascii_alphabetic()
            && (second.is_ascii_lowercase() || first.is_ascii_uppercase() && second.is_ascii_uppercase());
        if is_pair {
            pairs += 1;
            let following = FOLLOWING[usize::from(first.to_ascii_lowercase() - b'a')];
            common += u32::from(following.contains(&second.to_ascii_lowercase()));
        }
    }
    let share = f64::from(common) / f64::from(pairs.max(1));
    if share <= BY_CHANCE {
        return 0.0;
    }
    let information = |share: f64, chance: f64| if share > 0.0 { share * (share / chance).ln() } else { 0.0 };
    f64::from(pairs) * (information(share, BY_CHANCE) + information(1.0 - share, 1.0 - BY_CHANCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_chance() {
        for words in [
            "this_is_a_fake_oauth_token_for_tests",
            "CoffeeSafeLocalDevelopmentOnly",
            "superSecretTokenForTesting",
        ] {
            assert!(word_evidence(words.as_bytes()) > 9.0, "{words}: {}", word_evidence(words.as_bytes()));
        }
        let mut rng = fastrand::Rng::with_seed(1);
        let mut above = [0_u32; 20];
        for _ in 0..200_000 {
            let body: Vec<u8> = (0..60).map(|_| rng.alphanumeric() as u8).collect();
            let evidence = word_evidence(&body);
            (0..above.len()).filter(|least| evidence >= *least as f64).for_each(|least| above[least] += 1);
        }
        for (least, count) in above.into_iter().enumerate().skip(1) {
            let bound = 200_000.0 * (-(least as f64)).exp();
            assert!(
                f64::from(count) <= bound + 3.0,
                "{count} of 200,000 have {least} or more, the bound is {bound}"
            );
        }
    }
}
