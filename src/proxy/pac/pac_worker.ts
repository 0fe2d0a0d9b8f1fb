/**
 * The worker that runs a PAC file: a file that loops does not hold up the program, which ends the worker. A program imports
 * this module for its address alone; only as a worker does it do anything.
 */
import { errorText } from "../../errors/error_text.ts";
import type { FromPacWorker, ToPacWorker } from "./pac_messages.ts";
import type { PacSandbox } from "./pac_sandbox.ts";

/** For `new Worker()`: in the executable, this module is a file of its own. */
export const PAC_WORKER_URL = import.meta.url;

/** What the error of a PAC file may fill. */
const PROBLEM_CHARACTERS = 300;

interface WorkerScope {
  postMessage(message: FromPacWorker): void;
  onmessage: ((event: MessageEvent<ToPacWorker>) => void) | null;
}

function serve(scope: WorkerScope): void {
  let sandbox: PacSandbox | undefined;
  scope.onmessage = async ({ data }) => {
    switch (data.kind) {
      case "open":
        try {
          const { PacSandbox } = await import("./pac_sandbox.ts");
          sandbox = await PacSandbox.open(data.text, data);
          scope.postMessage({ kind: "opened" });
        } catch (error) {
          scope.postMessage({ kind: "opened", problem: problemOf(error) });
        }
        break;
      case "find":
        try {
          const answer = await sandbox?.find(data.url, data.host) ?? "";
          scope.postMessage({ kind: "found", id: data.id, answer });
        } catch (error) {
          scope.postMessage({ kind: "failed", id: data.id, problem: problemOf(error) });
        }
        break;
      case "ping":
        scope.postMessage({ kind: "pong" });
    }
  };
}

function problemOf(error: unknown): string {
  return errorText(error).split("\n", 1)[0]!.slice(0, PROBLEM_CHARACTERS);
}

if ("DedicatedWorkerGlobalScope" in globalThis) serve(globalThis as unknown as WorkerScope);
