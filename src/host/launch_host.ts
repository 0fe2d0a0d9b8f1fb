import { WindlassError } from "../errors/windlass_error.ts";
import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import type { Home } from "./home.ts";

/** What the host prints on its stdout: nothing but how its start went. */
export type StartReport =
  | { readonly started: true }
  | { readonly started: false; readonly code: ErrorCode; readonly message: string; readonly remedy: string };

/** A host listens within a fraction of a second; a machine that swaps may need more. */
const START_MILLISECONDS = 20_000;

/**
 * Launches the host in the background, where it outlives this process and its terminal, and resolves once its
 * sockets listen. If another host wins the race for the home, that one is as good.
 *
 * @throws {WindlassError} What kept the host from starting, in its own words.
 */
export async function launchHost(executable: string, home: Home): Promise<void> {
  const child = new Deno.Command(executable, {
    args: ["host"],
    env: { WINDLASS_HOME: home.root },
    cwd: home.root,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  const report = await readReport(child, home);
  if (report.started || report.code === "WL_HOST_RUNNING") return;
  throw new WindlassError(report.code, report.message, { remedy: report.remedy });
}

async function readReport(child: Deno.ChildProcess, home: Home): Promise<StartReport> {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MILLISECONDS);
  const decoder = new TextDecoder();
  let text = "";
  const reader = child.stdout.getReader();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  clearTimeout(timer);
  await reader.cancel();
  const report = parseReport(text);
  if (report !== undefined) return report;
  throw new WindlassError(
    "WL_HOST_START_FAILED",
    `Cannot start the host of ${home.root}: it ended without a word`,
  );
}

/** The host's line, or nothing if it is none. Pure. */
export function parseReport(text: string): StartReport | undefined {
  const [line = ""] = text.split("\n");
  let report: Partial<Record<string, unknown>>;
  try {
    report = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (report["started"] === true) return { started: true };
  const { code, message, remedy } = report;
  if (typeof code !== "string" || !(code in ERROR_CODES)) return undefined;
  return { started: false, code: code as ErrorCode, message: String(message), remedy: String(remedy) };
}
