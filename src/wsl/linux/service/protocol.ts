import type { DistroChoice } from "../registry.ts";
import { WslFailure } from "../wsl_failure.ts";

/**
 * Between a `wsl` call and the service: JSON lines over the service's unix socket. The call sends one request
 * and gets one answer. After the answers to `import` and `export` it does the work itself, on its own handles,
 * and then sends `finish`; a connection that ends before that has failed, and the service takes back what it
 * had begun.
 */
export type ServiceRequest =
  | { readonly do: "start"; readonly distro: DistroChoice }
  | { readonly do: "running" }
  | { readonly do: "import"; readonly name: string; readonly directory: string; readonly version: 1 | 2 }
  | { readonly do: "export"; readonly name: string }
  | { readonly do: "finish" }
  | { readonly do: "unregister" | "terminate" | "set-default"; readonly name: string }
  | { readonly do: "shutdown" };

/** The answer to `start`. */
export interface StartedDistro {
  readonly name: string;
  readonly socket: string;
  readonly hostname: string;
  readonly driveRoot: string | null;
  /** Whether programs of the machine can be run from within. */
  readonly interop: boolean;
  /** A name, or `#` and a uid. */
  readonly defaultUser: string;
}

/** The answer to `running`. */
export interface RunningDistros {
  readonly running: readonly string[];
  readonly exporting: readonly string[];
}

/** The answer to `import` and `export`. */
export interface Files {
  readonly rootfs: string;
}

/** What each request is answered with when it succeeds. */
export interface ServiceAnswers {
  readonly start: StartedDistro;
  readonly running: RunningDistros;
  readonly import: Files;
  readonly export: Files;
  readonly finish: Record<string, never>;
  readonly unregister: Record<string, never>;
  readonly terminate: Record<string, never>;
  readonly "set-default": Record<string, never>;
  readonly shutdown: Record<string, never>;
}

/** One line as an object, or a failure if it is not one; both ends are the same build, so no more is checked. */
export function parseLine(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null) {
    throw new WslFailure("The service sent an invalid answer.", null);
  }
  return value as Record<string, unknown>;
}
