#!/usr/bin/env node
// Starts the program of this platform's package, and ends as it ends: with its exit code, or by the same signal.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const name = `@skanner/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "skanner.exe" : "skanner";

// 2 means that nothing was scanned; 1 would mean that keys were found.
function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}

let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  fail(
    `the package ${name} is not installed, so nothing was scanned\n` +
      "Install skanner again without `--omit=optional` or `--no-optional`. If there is no such package for your\n" +
      "platform, `cargo install skanner` builds the program.",
  );
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => fail(`cannot start ${program}: ${error.message}`));
const passOn = (signal) => child.kill(signal);
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of signals) process.on(signal, passOn);
child.on("exit", (code, signal) => {
  for (const one of signals) process.off(one, passOn);
  if (!signal) process.exit(code);
  process.kill(process.pid, signal);
  // In case the signal did not end this process.
  setTimeout(() => process.exit(128 + (constants.signals[signal] || 0)), 1000);
});
