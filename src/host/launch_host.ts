import { join } from "node:path";
import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import type { BackgroundProcess } from "../platform/background_process.ts";
import { startInBackground } from "../platform/this_background_process.ts";
import type { Home } from "./home.ts";

/** What the host prints on its stdout: nothing but how its start went. */
export type StartReport =
  | { readonly started: true }
  | { readonly started: false; readonly code: ErrorCode; readonly message: string; readonly remedy: string };

/** How a host is launched. */
export interface LaunchOptions {
  /** Has it start the engine ahead of everything else. @default {false} */
  readonly startEngine?: boolean;
}

/**
 * When the command began that wants the engine started, in milliseconds since 1970. Not an argument: a host of another
 * version, on trial or after a rollback, would refuse one that it does not know.
 */
const START_ENGINE_VARIABLE = "WINDLASS_START_ENGINE";

/** Takes what {@linkcode launchHost} has left for a host, so that no process of the host finds it. */
export function takeStartRequest(): number | undefined {
  const text = Deno.env.get(START_ENGINE_VARIABLE);
  Deno.env.delete(START_ENGINE_VARIABLE);
  const time = Number(text);
  return time > 0 ? time : undefined;
}

/** A host listens within a fraction of a second; a machine that swaps may need more. */
const START_MILLISECONDS = 20_000;

/**
 * Launches the host in the background, where it outlives this process and its terminal, and resolves once its
 * sockets listen. If another host wins the race for the home, that one is as good.
 *
 * @throws {WindlassError} What kept the host from starting, in its own words.
 */
export async function launchHost(
  executable: string,
  home: Home,
  { startEngine = false }: LaunchOptions = {},
): Promise<void> {
  const errorFile = join(home.logDirectory, "host.stderr");
  const child = await startInBackground({
    program: executable,
    args: ["host"],
    environment: {
      WINDLASS_HOME: home.root,
      ...(startEngine ? { [START_ENGINE_VARIABLE]: String(performance.timeOrigin) } : {}),
    },
    workingDirectory: home.root,
    errorFile,
  });
  const report = await readReport(child);
  if (report === undefined) {
    const code = await child.exitCode();
    throw new WindlassError(
      "WL_HOST_START_FAILED",
      `Cannot start the host of ${home.root}: it ended with exit code ${code} and said '${await lastLine(
        errorFile,
      )}'`,
    );
  }
  if (report.started || report.code === "WL_HOST_RUNNING") return;
  throw new WindlassError(report.code, report.message, { remedy: report.remedy });
}

async function lastLine(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch((error) => errorText(error));
  return text.trimEnd().split("\n").at(-1) ?? "";
}

async function readReport(child: BackgroundProcess): Promise<StartReport | undefined> {
  const timer = setTimeout(() => child.kill(), START_MILLISECONDS);
  const line = await firstLine(child.stdout.getReader());
  clearTimeout(timer);
  return parseReport(line);
}

/** The first line, or what came before the end. Then the pipe is closed: nobody listens to a host in the background. */
async function firstLine(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.split("\n", 1)[0] ?? "";
}

/** The host's line, or nothing if it is not one. Pure. */
export function parseReport(line: string): StartReport | undefined {
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
