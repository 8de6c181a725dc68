//! `skanner hook agent`: answers a coding agent. Whatever happens, it gets a valid answer or none.

use std::{
    collections::HashSet,
    io::{self, Read, Write},
    panic::{self, AssertUnwindSafe},
};

use anyhow::Result;

use crate::{
    agent::{self, AgentEvent, AgentEventKind, CarriedKey, CarriedText, HookAnswer, MaskedOutput},
    cli::AgentHookArgs,
    cmd::{console::Console, options},
    finding::{Finding, Report},
    masking,
    scan::Engine,
    session::{ConfigStart, Session, Verdict, load, probe},
};

/// The longest payload that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// How often an output is masked, since what stands beside a masked key may become one.
const MOST_PASSES: usize = 4;

/// Reads a payload, and answers. The verdict is the exit code: 2 if that is how the agent blocks.
///
/// # Errors
/// When the settings are not valid.
pub(super) fn run(args: &AgentHookArgs, console: &Console) -> Result<Verdict> {
    let bytes = match read() {
        Ok(bytes) => bytes,
        Err(why) => return Ok(unreadable(args, &why, console)),
    };
    let event = match agent::recognize(&bytes) {
        Ok(event) => event,
        Err(why) => return Ok(unreadable(args, &why, console)),
    };
    if event.row.kind == AgentEventKind::Quiet {
        return Ok(Verdict::Clean);
    }
    let options = options::of_settings(&args.settings.settings())?;
    let session = load(options, ConfigStart::Nowhere, &console.redactor)?;
    // An agent must not stop because of a bug in here. The panic itself may quote the payload.
    let answer = panic::catch_unwind(AssertUnwindSafe(|| answer(args, &event, &session, console)));
    let answer = match answer {
        Ok(answer) => answer?,
        Err(_) => {
            let why = format!(
                "led to an internal error, which is a bug in skanner {}: please report it",
                env!("CARGO_PKG_VERSION")
            );
            return Ok(unreadable(args, &why, console));
        }
    };
    // Nobody reads an answer whose reader is gone.
    let mut out = io::stdout().lock();
    let _ = out.write_all(answer.stdout.as_bytes()).and_then(|()| out.flush());
    console.say(&answer.stderr);
    Ok(if answer.blocks { Verdict::Incomplete } else { Verdict::Clean })
}

fn read() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let result = io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    result.map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("is larger than {} MiB", LARGEST >> 20));
    }
    Ok(bytes)
}

/// Says that nothing was searched, and lets it pass unless that is not wanted.
fn unreadable(args: &AgentHookArgs, why: &str, console: &Console) -> Verdict {
    let what = if args.fail_closed { "refused, because of --fail-closed" } else { "nothing was searched" };
    console.note(&format!("the payload on standard input {why}; {what}"));
    if args.fail_closed { Verdict::Incomplete } else { Verdict::Clean }
}

fn answer(
    args: &AgentHookArgs,
    event: &AgentEvent<'_>,
    session: &Session,
    console: &Console,
) -> Result<HookAnswer> {
    let texts = agent::carried(event);
    if args.deny_no_verify
        && event.row.kind == AgentEventKind::BeforeTool
        && let Some(how) = agent::command(event).and_then(|line| agent::skips_hooks(&line))
    {
        let reason = format!(
            "skanner refuses this command: {how} skips the hooks that keep keys out of commits. Run it without that. If a hook \
             stops it, fix what the hook reports."
        );
        return Ok((event.dialect.deny)(event, &console.redactor.line(&reason)));
    }
    let search = AgentSearch { session, engine: session.engine(), console };
    if event.row.kind == AgentEventKind::AfterTool {
        return match texts.first() {
            Some(text) => search.mask(event, text),
            None => Ok(HookAnswer::default()),
        };
    }
    let mut keys = Vec::new();
    for carried in &texts {
        keys.extend(search.new_keys(carried)?.into_iter().map(|finding| CarriedKey {
            finding,
            carried,
            place: None,
        }));
    }
    Ok(match keys.is_empty() {
        true => HookAnswer::default(),
        false => (event.dialect.deny)(event, &console.redactor.line(&agent::denial(event, &keys))),
    })
}

/// Searches the texts of one event.
struct AgentSearch<'s> {
    session: &'s Session,
    engine: Engine,
    console: &'s Console,
}

impl AgentSearch<'_> {
    fn keys(&self, text: &str, path: &str) -> Result<Vec<Finding>> {
        let Report { findings, not_scanned, .. } =
            probe(self.session, &self.engine, text.as_bytes(), path.as_bytes())?;
        for one in not_scanned {
            self.console.note(&format!("a part of the payload was not searched: it {}", one.why));
        }
        Ok(findings)
    }

    /// The keys of a text that its file does not hold already.
    fn new_keys(&self, carried: &CarriedText<'_>) -> Result<Vec<Finding>> {
        let mut findings = self.keys(&carried.text, &carried.path)?;
        if !findings.is_empty() && !carried.before.is_empty() {
            let before = self.keys(&carried.before, &carried.path)?;
            let known: HashSet<&str> = before.iter().map(|one| &*one.fingerprint).collect();
            findings.retain(|finding| !known.contains(&*finding.fingerprint));
        }
        Ok(findings)
    }

    /// A masked value in which something has become a key, with that masked as well.
    fn masked_again(&self, mut value: String, carried: &CarriedText<'_>) -> Result<String> {
        for pass in 1..=MOST_PASSES {
            let masked = agent::again(&value, carried);
            let rest = self.keys(&masked.text, &masked.path)?;
            if rest.is_empty() {
                break;
            }
            let edits = match pass < MOST_PASSES {
                true => masking::edits(masked.text.as_bytes(), &rest),
                // Better nothing than a key.
                false => masking::all(masked.text.as_bytes()),
            };
            value = masked.edited(&edits).0;
        }
        Ok(value)
    }

    /// Gives an output back with its keys masked.
    fn mask(&self, event: &AgentEvent<'_>, carried: &CarriedText<'_>) -> Result<HookAnswer> {
        let findings = self.keys(&carried.text, &carried.path)?;
        if findings.is_empty() {
            return Ok(HookAnswer::default());
        }
        let edits = masking::edits(carried.text.as_bytes(), &findings);
        let (mut value, places) = carried.edited(&edits);
        let named = findings.iter().take(agent::MOST_NAMED);
        let places = carried.edited_at(named, &edits).into_iter().map(|at| places.get(at?).cloned());
        for part in masking::around(&carried.text, &edits) {
            if !self.keys(&part, &carried.path)?.is_empty() {
                value = self.masked_again(value, carried)?;
                break;
            }
        }
        let keys = findings.into_iter().zip(places.chain(std::iter::repeat(None)));
        let keys: Vec<_> = keys.map(|(finding, place)| CarriedKey { finding, carried, place }).collect();
        let (note, warning) = agent::masked(event, &keys);
        let [note, warning] = [note, warning].map(|text| self.console.redactor.line(&text));
        Ok((event.dialect.replace)(event, &MaskedOutput { field: carried.field, value, note, warning }))
    }
}
