//! Choices that are written as words. Each word stands once, beside its variant: serde, messages, the options of a call and
//! the schema all take it from there. `build.rs` has this module, too.

/// Makes an enum of words. Where variants have ranks, the words still stand in the order in which people are told of them.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])+
        $(#[derive($($derived:ident),+)])?
        pub enum $name:ident {$(
            $(#[doc = $means:literal])+
            $(#[$mark:ident])?
            $variant:ident $(($rank:literal))? = $word:literal,
        )+}
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
        $(#[derive($($derived),+)])?
        pub enum $name {$(
            $(#[doc = $means])+
            $(#[$mark])?
            #[serde(rename = $word)]
            $variant $(= $rank)?,
        )+}

        #[allow(dead_code, reason = "not every choice is asked for all of it")]
        impl $name {
            /// Every word and what it stands for.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];
            pub(crate) const ABOUT: &'static str = concat!($($about),+);
            pub(crate) const MEANINGS: &'static [&'static str] = &[$(concat!($($means),+)),+];

            /// As it is written.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    )+};
}
pub(crate) use words;
