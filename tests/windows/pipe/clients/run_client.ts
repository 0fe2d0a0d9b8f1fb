/** Starts the client programs from within deno.exe; their full paths are in the environment. */
import assert from "node:assert/strict";

/** A client that was started and runs. */
export interface RunningClient {
  readonly process: Deno.ChildProcess;
  /** What it printed until its end, which must be a good one. */
  output(): Promise<string>;
}

/** `PIPE_CLIENT` is pipe_client.c, `PIPE_WINIO` is winio/main.go, `PIPE_NODE` is node.exe. */
export type ClientProgram = "PIPE_CLIENT" | "PIPE_WINIO" | "PIPE_NODE";

/** Starts one with its output piped. Its input stays open until `output()` is asked for. */
export function startClient(program: ClientProgram, ...args: string[]): RunningClient {
  const path = Deno.env.get(program);
  assert.ok(path, `Cannot start a client: ${program} is not set`);
  const process = new Deno.Command(path, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  return {
    process,
    async output() {
      await process.stdin.close();
      const { code, stdout, stderr } = await process.output();
      const text = new TextDecoder().decode(stdout);
      assert.equal(code, 0, `${args.join(" ")}: ${new TextDecoder().decode(stderr)}${text}`);
      return text.replaceAll("\r\n", "\n");
    },
  };
}

/** Runs one to its end and returns what it printed. */
export function runClient(program: ClientProgram, ...args: string[]): Promise<string> {
  return startClient(program, ...args).output();
}
