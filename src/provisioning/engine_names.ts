import type { DistroNames } from "./distro_names.ts";
import type { EngineRecord } from "./distro_record.ts";

type Engines = Readonly<Record<string, EngineRecord>>;

/** The engine distro that holds this content, completely. Pure. */
export function engineWith(engines: Engines, rootfsId: string): string | undefined {
  return Object.keys(engines).find((name) => engines[name]?.rootfsId === rootfsId);
}

/** Which of the names to choose. */
export interface EngineNameOptions {
  readonly names: DistroNames;
  readonly engines: Engines;
  /** The content that is wanted; unknown if absent. */
  readonly rootfsId: string | undefined;
  /** Whether the distros that others hold are needed: as long as a version is on trial, for the one before. */
  readonly keepOthers: boolean;
}

/**
 * The name under which an engine with that content is, or is to be imported. Content decides, so that a version that
 * returns finds its own distro. Otherwise, in this order: the remains of an import that died; a distro that nobody
 * needs; a name that is free. Pure.
 */
export function chooseEngineName({ names, engines, rootfsId, keepOthers }: EngineNameOptions): string {
  const known = names.engines.filter((name) => engines[name] !== undefined);
  const holding = rootfsId === undefined ? undefined : engineWith(engines, rootfsId);
  const broken = known.find((name) => engines[name]?.rootfsId === null);
  const free = names.engines.find((name) => engines[name] === undefined);
  const oldest =
    known.toSorted((one, other) => engines[one]!.importedAt.localeCompare(engines[other]!.importedAt))[0];
  const replaced = keepOthers ? free ?? oldest : oldest ?? free;
  return holding ?? broken ?? replaced ?? names.engines[0];
}

/** The other one of the two names. Pure. */
export function otherEngineName({ engines }: DistroNames, name: string): string {
  return engines[0] === name ? engines[1] : engines[0];
}
