//! Arguments of `skanner lsp`.

use clap::Args;

use super::SettingArgs;

/// How editors start the server.
#[derive(Args, Debug)]
pub(crate) struct LspArgs {
    /// Talk over standard input and output, which it does in any case: many editors pass this.
    #[arg(long, hide = true)]
    pub stdio: bool,

    /// The process of the editor, which some pass. The server ends with its input.
    #[arg(long = "clientProcessId", value_name = "PID", hide = true)]
    pub client_process_id: Option<u32>,

    /// Which keys count. What the editor sets takes precedence.
    #[command(flatten)]
    pub settings: SettingArgs,
}
