import { homedir } from "node:os";
import { join } from "node:path";
import type { Variables } from "./docker_cli_environment.ts";

/** A helper program that a Docker configuration names and the machine does not have. */
export interface MissingHelper {
  /** `docker-credential-...` */
  readonly program: string;
  /** What is wrong, and the line to remove from which file. */
  readonly message: string;
}

/** Global options of the Docker CLI that take their value from the next argument. */
const OPTIONS_WITH_VALUE: readonly string[] = [
  ...["-c", "--context", "-H", "--host", "-l", "--log-level", "--tlscacert", "--tlscert", "--tlskey"],
];
/** Other names would lead out of the folder in which helpers are searched. */
const HELPER_REGEXP = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
const EXECUTABLE_BITS = 0o111;

/** The configuration file that a call of the Docker CLI reads. Pure. */
export function dockerConfigFile(args: readonly string[], variables: Variables, userHome: string): string {
  for (let index = 0; args[index]?.startsWith("-"); index++) {
    const argument = args[index]!;
    if (argument.startsWith("--config=")) return join(argument.slice("--config=".length), "config.json");
    if (argument === "--config") return join(args[index + 1] ?? "", "config.json");
    if (OPTIONS_WITH_VALUE.includes(argument)) index++;
  }
  return join(variables["DOCKER_CONFIG"] || join(userHome, ".docker"), "config.json");
}

/**
 * The credential helpers that are named in the text of a configuration file, each with its line. A text that is not
 * such a configuration names none: the CLI itself reports what is wrong with it. Pure.
 */
export function configuredHelpers(text: string): { readonly program: string; readonly line: string }[] {
  let configuration: unknown;
  try {
    configuration = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(configuration)) return [];
  const { credsStore, credHelpers } = configuration;
  const found: [name: unknown, line: string][] = [];
  if (credsStore) found.push([credsStore, `"credsStore": ${JSON.stringify(credsStore)}`]);
  for (const [registry, name] of Object.entries(isRecord(credHelpers) ? credHelpers : {})) {
    found.push([name, `${JSON.stringify(registry)}: ${JSON.stringify(name)}`]);
  }
  return found.flatMap(([name, line]) =>
    typeof name === "string" && HELPER_REGEXP.test(name)
      ? [{ program: `docker-credential-${name}`, line }]
      : []
  );
}

/** Finds the helpers that the configuration of a call names and that are in no folder of PATH. */
export async function missingCredentialHelpers(
  args: readonly string[],
  variables: Variables,
): Promise<MissingHelper[]> {
  const file = dockerConfigFile(args, variables, homedir() ?? "/");
  const text = await Deno.readTextFile(file).catch(() => "");
  const missing = new Map<string, MissingHelper>();
  for (const { program, line } of configuredHelpers(text)) {
    if (missing.has(program) || await isInPath(program, variables["PATH"] ?? "")) continue;
    const message = `Cannot use the credential helper '${program}': no such program in PATH. ` +
      `Install it, or remove '${line}' from '${file}'.\n`;
    missing.set(program, { program, message });
  }
  return [...missing.values()];
}

async function isInPath(program: string, path: string): Promise<boolean> {
  for (const folder of path.split(":")) {
    const info = await Deno.stat(join(folder || ".", program)).catch(() => undefined);
    if (info?.isFile && ((info.mode ?? 0) & EXECUTABLE_BITS) !== 0) return true;
  }
  return false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
