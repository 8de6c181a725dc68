// Loads the extension for VS Code without VS Code, and looks at what it starts. `scripts/editors vscode` runs this.

const assert = require("node:assert");
const Module = require("node:module");
const path = require("node:path");

const told = { started: [], sent: [], stopped: 0, errors: [] };
const values = { path: "/opt/skanner", minConfidence: "certain", config: "a.toml" };
let changed;

const vscode = {
  commands: { registerCommand: (name) => ({ name }) },
  window: { showErrorMessage: (text) => told.errors.push(text) },
  workspace: {
    getConfiguration: () => ({ get: (name) => values[name] }),
    onDidChangeConfiguration: (handler) => {
      changed = handler;
      return {};
    },
  },
};

class LanguageClient {
  constructor(id, name, server, options) {
    Object.assign(this, { server, options });
  }
  async start() {
    if (this.server.command === "missing") {
      throw new Error("ENOENT");
    }
    told.started.push(this);
  }
  async stop() {
    told.stopped += 1;
  }
  async sendNotification(method, params) {
    told.sent.push([method, params]);
  }
}

const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") return { LanguageClient };
  return load(name, ...rest);
};

(async () => {
  const extension = require(path.resolve(process.argv[2]));
  const context = { subscriptions: [] };
  await extension.activate(context);
  assert.strictEqual(context.subscriptions.length, 2);
  assert.deepStrictEqual(told.started[0].server, { command: "/opt/skanner", args: ["lsp"] });
  assert.deepStrictEqual(told.started[0].options.initializationOptions, { minConfidence: "certain", config: "a.toml" });
  await changed({ affectsConfiguration: (name) => name === "skanner" });
  assert.strictEqual(told.sent[0][0], "workspace/didChangeConfiguration");
  values.path = "missing";
  await changed({ affectsConfiguration: () => true });
  assert.strictEqual(told.stopped, 1);
  assert.match(told.errors[0], /missing cannot be started: Error: ENOENT\. Install skanner/);
  await extension.deactivate();
  console.log("the extension starts the program");
})();
