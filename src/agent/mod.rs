//! Hooks of coding agents: what an agent tells a hook before and after it runs a tool, and what it takes for an answer.
//!
//! A payload is read once (`payload`, over `json_tokens`), and one of the agents in `dialect/` recognizes it. What may carry
//! a key becomes a text to search in (`carried`, `json_view`). The command searches, and the agent answers.

mod answers;
mod carried;
mod dialect;
pub(crate) mod install;
mod json_tokens;
mod json_view;
mod model;
mod no_verify;
mod patch;
mod payload;
mod reason;
mod recognize;
mod shell;

pub(crate) use carried::{CarriedText, again, carried, command};
pub(crate) use model::{AgentEvent, AgentEventKind, HookAnswer, MaskedOutput};
pub(crate) use no_verify::skips_hooks;
pub(crate) use reason::{CarriedKey, MOST_NAMED, denial, masked};
pub(crate) use recognize::recognize;
