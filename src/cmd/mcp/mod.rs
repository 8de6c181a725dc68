//! `skanner mcp`: a server of the Model Context Protocol, whose tools agents can call. It only reads, and only below one
//! directory. Source: the specification at modelcontextprotocol.io, from 2024-11-05 to 2026-07-28.

mod arguments;
mod protocol;
mod result;
mod root;
mod tools;

use std::io;

use anyhow::{Context, Result, ensure};

use self::{protocol::McpServer, tools::ToolRunner};
use super::{console::Console, options};
use crate::{
    cli::McpArgs,
    json_rpc::{FrameReader, Framing, write_frame},
    json_text,
    path::WholePath,
    session::Verdict,
};

/// Serves until standard input ends.
///
/// # Errors
/// When the root cannot be entered, or standard input or output fails.
pub(super) fn run(args: &McpArgs, console: &Console) -> Result<Verdict> {
    let shown = args.root.display();
    let root = args.root.whole().with_context(|| format!("--root: {shown} cannot be read"))?;
    ensure!(root.is_dir(), "--root: {shown} is not a directory");
    let options = options::of_settings(&args.settings)?.enter(&root)?;
    let server = McpServer::new(ToolRunner::new(root, options), &console.redactor);
    let mut reader = FrameReader::new(io::stdin().lock(), Framing::Line);
    let mut out = io::stdout().lock();
    while let Some(body) = reader.next().context("cannot read standard input")? {
        if let Some(answer) = server.answer(&body) {
            let mut text = Vec::new();
            json_text::write_line(&mut text, &answer)?;
            write_frame(&mut out, Framing::Line, &text)?;
        }
    }
    Ok(Verdict::Clean)
}
