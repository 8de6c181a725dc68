// Starts `skanner lsp`, and lets the editor talk to it. Everything else is in the program.

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

/** What the server is told: see docs/editors.md. */
function settings() {
  const own = workspace.getConfiguration("skanner");
  return { minConfidence: own.get("minConfidence"), config: own.get("config") };
}

async function start() {
  const command = workspace.getConfiguration("skanner").get("path") || "skanner";
  client = new LanguageClient(
    "skanner",
    "skanner",
    { command, args: ["lsp"] },
    {
      // A key can be in any file, also in one that is not saved.
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
      initializationOptions: settings(),
    },
  );
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const install = "Install skanner, or set `skanner.path` to where it is.";
    window.showErrorMessage(`skanner: ${command} cannot be started: ${error}. ${install}`);
  }
}

async function stop() {
  const old = client;
  client = undefined;
  await old?.stop();
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("skanner.restart", restart),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("skanner.path")) {
        await restart();
      } else if (change.affectsConfiguration("skanner")) {
        await client?.sendNotification("workspace/didChangeConfiguration", { settings: settings() });
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
