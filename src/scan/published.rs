//! Keys that issuers publish as examples. They are listed by fingerprint, so that this file contains no key.

use crate::finding::Secret;

const PUBLISHED: &[&str] = &[
    // Stripe's documentation, test mode: the first examples, those until 2019, the API reference.
    "1e21e8047e2c8ae146e11ab0751563b1",
    "0023745312684acc06a55f6d58383c7f",
    "c2d39d0f65ca7dff0469ef390c45c8e9",
    // Dify's documentation and its default configuration: the SECRET_KEY of a new installation.
    "c304a50976bb0a67a13554a6da488da3",
    // Standard Webhooks, and the libraries of Svix.
    "c9e1524a50dfbcbcd06bec96d9b5cb67",
    "75d45bdf670427597c979105155f60cc",
    // Toss Payments' documentation, and tosspayments/tosspayments-sample.
    "fb6973769dbb4fcfe335ffe8e0df481e",
    "8aa38407d056dbf7b0ec5d0a7fba1aed",
    "12101e7187c551f4ce9bc2c22eec0db3",
];

/// Whether the secret is a published example.
pub(super) fn is_published(secret: &Secret) -> bool {
    PUBLISHED.contains(&secret.fingerprint().as_str())
}
