// Written by `skanner hook agent install opencode`, which also renews it: do not edit.
// Keeps keys out of what opencode writes, runs and reads.
import { spawnSync } from "node:child_process"

const PROGRAM = "{PROGRAM}"

/** What skanner says to an event; nothing if all is well, or if it cannot be run. */
function ask(payload: object): any {
  const run = spawnSync(PROGRAM, ["hook", "agent"], { input: JSON.stringify(payload), encoding: "utf8", maxBuffer: 1 << 28 })
  if (run.error || run.status !== 0 || !run.stdout) return {}
  return JSON.parse(run.stdout)
}

export const Skanner = async ({ directory }: { directory: string }) => ({
  "tool.execute.before": async (input: any, output: any) => {
    const event = { hook_event_name: "tool.execute.before", cwd: directory, tool_name: input.tool, tool_input: output.args }
    const answer = ask(event)
    if (answer.deny) throw new Error(answer.deny)
  },
  "tool.execute.after": async (input: any, output: any) => {
    const { title, metadata } = output
    const response = { title, output: output.output, metadata }
    const event = { hook_event_name: "tool.execute.after", cwd: directory, tool_name: input.tool, tool_response: response }
    const answer = ask(event)
    if (answer.output) Object.assign(output, answer.output)
  },
})
