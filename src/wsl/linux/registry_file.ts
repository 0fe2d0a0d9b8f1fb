import { readTextIfPresent } from "../../files/if_present.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { EMPTY_REGISTRY, type Registry } from "./registry.ts";
import { wslFailure } from "./wsl_failure.ts";

const ENTRY_TYPES: Readonly<Record<string, string>> = {
  DistributionName: "string",
  BasePath: "string",
  State: "number",
  Version: "number",
  Flags: "number",
  DefaultUid: "number",
};

/**
 * The registry as stored; empty if there is no file yet.
 *
 * @throws {WslFailure} `E_UNEXPECTED` when the file is not what {@linkcode writeRegistry} writes.
 */
export async function readRegistry(path: string): Promise<Registry> {
  const text = await readTextIfPresent(path);
  return text === undefined ? EMPTY_REGISTRY : parseRegistry(text, path);
}

/** Checks the text of a registry file; see {@linkcode readRegistry}. Pure. */
export function parseRegistry(text: string, path: string): Registry {
  const problem = (what: string) => wslFailure(["Service"], "E_UNEXPECTED", `Cannot read '${path}': ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem("it is not JSON");
  }
  const distros = isRecord(value) ? value.Distributions : undefined;
  if (!isRecord(value) || !isRecord(distros)) throw problem("'Distributions' is missing");
  for (const [guid, entry] of Object.entries(distros)) {
    for (const [name, type] of Object.entries(ENTRY_TYPES)) {
      if (!isRecord(entry) || typeof entry[name] !== type) throw problem(`'${name}' of '${guid}' is missing`);
    }
  }
  return value as unknown as Registry;
}

/** Replaces the file in one step: after a crash it holds the old or the new registry, never a part. */
export async function writeRegistry(path: string, registry: Registry): Promise<void> {
  await replaceFile(path, `${JSON.stringify(registry, null, 2)}\n`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
