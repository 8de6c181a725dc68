//! Keys of every shape, made with seeds.

use skanner::testing::rule::RuleSet;

/// A key, and whose it is.
#[derive(Clone)]
pub(crate) struct Planted {
    pub(crate) rule: &'static str,
    pub(crate) shape: &'static str,
    pub(crate) key: String,
    /// The length of its public prefix.
    pub(crate) public: usize,
    /// Whether it is found only with a name of its issuer near it.
    pub(crate) needs_context: bool,
}

/// One key of every shape.
pub(crate) fn all(seed: u64) -> Vec<Planted> {
    let mut all = Vec::new();
    for rule in RuleSet::builtin().iter() {
        for form in &rule.forms {
            for shape in &form.shapes {
                let mut rng = fastrand::Rng::with_seed(seed * 10_000 + all.len() as u64);
                all.push(Planted {
                    rule: &rule.id,
                    shape: shape.source(),
                    key: shape.generate(&mut rng),
                    public: shape.prefix().len(),
                    needs_context: form.requires_context,
                });
            }
        }
    }
    all
}

impl Planted {
    /// Whether it can stand in names of files and refs.
    pub(crate) fn is_name(&self) -> bool {
        self.key.len() < 200
            && self.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    }

    /// The key without its prefix.
    pub(crate) fn body(&self) -> &str {
        &self.key[self.public..]
    }
}
