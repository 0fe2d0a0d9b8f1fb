import { WslFailure, wslFailure } from "./wsl_failure.ts";

/** The stored states of a distro; Running and Exporting are known to the service alone. */
export const DISTRO_STATE = { installed: 1, installing: 3, uninstalling: 4 } as const;

/** One registered distro, with the value names that Windows uses for it. */
export interface DistroEntry {
  readonly DistributionName: string;
  readonly BasePath: string;
  readonly State: number;
  /** Version of the file system layout, not of WSL. */
  readonly Version: number;
  /** 1 interop, 2 append path, 4 drive mounting, 8 virtual machine. */
  readonly Flags: number;
  readonly DefaultUid: number;
  /** Whether the import made the folder BasePath, and so removes it when it fails. */
  readonly CreatedBasePath?: boolean;
}

/** All that is registered. Keys are GUIDs in lower case with braces. */
export interface Registry {
  readonly DefaultDistribution?: string;
  readonly DefaultVersion: number;
  readonly Distributions: Readonly<Record<string, DistroEntry>>;
}

/** What a caller may name a distro by. */
export type DistroChoice =
  | { readonly by: "name"; readonly name: string }
  | { readonly by: "guid"; readonly guid: string }
  | { readonly by: "default" };

/** A distro that was found. */
export interface FoundDistro {
  readonly guid: string;
  readonly entry: DistroEntry;
}

export const EMPTY_REGISTRY: Registry = { DefaultVersion: 2, Distributions: {} };

/** Normal flags of a WSL 2 distro; without the last, the distro is one of WSL 1. */
const FLAGS_ALL = 15;
const FLAG_VIRTUAL_MACHINE = 8;
const FILE_SYSTEM_VERSION = 2;
const NAME_PATTERN = /^[a-zA-Z0-9._-]{1,256}$/;
/** Lower case; a name that old versions of WSL gave to their one distro. */
const RESERVED_NAME = "legacy";

const NO_DISTROS = "Windows Subsystem for Linux has no installed distributions.\n" +
  "Import one with 'wsl --import <name> <folder> <archive>'.";

/** What a call without `-d` says when nothing is installed: a text without code line. */
export function noDistroFailure(): WslFailure {
  return new WslFailure(NO_DISTROS, null);
}

/** All entries, sorted: the default distro first, the others by GUID. */
export function listedDistros(registry: Registry): FoundDistro[] {
  const rank = (guid: string) => guid === registry.DefaultDistribution ? `0${guid}` : `1${guid}`;
  return Object.entries(registry.Distributions)
    .map(([guid, entry]) => ({ guid, entry }))
    .sort((a, b) => rank(a.guid) < rank(b.guid) ? -1 : 1);
}

/** The kind of WSL that runs a distro. */
export function versionOf({ Flags }: Pick<DistroEntry, "Flags">): 1 | 2 {
  return (Flags & FLAG_VIRTUAL_MACHINE) === 0 ? 1 : 2;
}

/** An entry by name in any state; names are compared without regard to case. */
export function findByName(registry: Registry, name: string): FoundDistro | undefined {
  const wanted = name.toLowerCase();
  return listedDistros(registry).find(({ entry }) => entry.DistributionName.toLowerCase() === wanted);
}

/**
 * The installed distro that a caller means. One that is still being imported does not exist yet for callers.
 *
 * @throws {WslFailure} `WSL_E_DISTRO_NOT_FOUND`, or without code when there is no default.
 */
export function resolveDistro(registry: Registry, choice: DistroChoice): FoundDistro {
  const installed = listedDistros(registry).filter(({ entry }) => entry.State === DISTRO_STATE.installed);
  if (choice.by === "default") {
    const chosen = installed.find(({ guid }) => guid === registry.DefaultDistribution);
    if (chosen === undefined) throw noDistroFailure();
    return chosen;
  }
  if (choice.by === "guid") {
    const chosen = installed.find(({ guid }) => guid === choice.guid);
    if (chosen === undefined) {
      throw wslFailure(["Service", "CreateInstance", "ReadDistroConfig"], "WSL_E_DISTRO_NOT_FOUND");
    }
    return chosen;
  }
  const wanted = choice.name.toLowerCase();
  const chosen = installed.find(({ entry }) => entry.DistributionName.toLowerCase() === wanted);
  if (chosen === undefined) throw wslFailure(["Service"], "WSL_E_DISTRO_NOT_FOUND");
  return chosen;
}

/** What `--import` registers. */
export interface NewDistro {
  readonly guid: string;
  readonly name: string;
  readonly basePath: string;
  readonly version: 1 | 2;
  readonly createdBasePath: boolean;
}

/**
 * Checks a name and folder for an import that has not begun.
 *
 * @throws {WslFailure} `E_INVALIDARG` (name), `ERROR_ALREADY_EXISTS`, `E_ILLEGAL_STATE_CHANGE` (same name is
 * being imported), `ERROR_FILE_EXISTS` (folder of another distro).
 */
export function requireRegistrable(registry: Registry, name: string, basePath: string): void {
  const contexts = ["Service", "RegisterDistro"] as const;
  if (!NAME_PATTERN.test(name) || name.toLowerCase() === RESERVED_NAME) {
    throw wslFailure(contexts, "E_INVALIDARG", `Invalid distribution name: "${name}".`);
  }
  const other = findByName(registry, name);
  if (other !== undefined) {
    const busy = other.entry.State !== DISTRO_STATE.installed;
    throw wslFailure(contexts, busy ? "E_ILLEGAL_STATE_CHANGE" : "ERROR_ALREADY_EXISTS");
  }
  const taken = Object.values(registry.Distributions).some((entry) => entry.BasePath === basePath);
  if (taken) throw wslFailure(contexts, "ERROR_FILE_EXISTS");
}

/** Registers a distro as being imported. */
export function withInstalling(registry: Registry, distro: NewDistro): Registry {
  requireRegistrable(registry, distro.name, distro.basePath);
  return withEntry(registry, distro.guid, {
    DistributionName: distro.name,
    BasePath: distro.basePath,
    State: DISTRO_STATE.installing,
    Version: FILE_SYSTEM_VERSION,
    Flags: distro.version === 1 ? FLAGS_ALL & ~FLAG_VIRTUAL_MACHINE : FLAGS_ALL,
    DefaultUid: 0,
    CreatedBasePath: distro.createdBasePath,
  });
}

/** Moves a distro to a state; one that becomes installed also becomes the default if there is none. */
export function withState(registry: Registry, guid: string, state: number): Registry {
  const entry = registry.Distributions[guid];
  if (entry === undefined) return registry;
  const moved = withEntry(registry, guid, { ...entry, State: state });
  const becomesDefault = state === DISTRO_STATE.installed && registry.DefaultDistribution === undefined;
  return becomesDefault ? withDefault(moved, guid) : moved;
}

/** Makes a distro the default. */
export function withDefault(registry: Registry, guid: string): Registry {
  return { ...registry, DefaultDistribution: guid };
}

/** Forgets a distro; if it was the default, the first installed one of the rest takes its place. */
export function without(registry: Registry, guid: string): Registry {
  const { DefaultDistribution, ...others } = registry;
  const Distributions = Object.fromEntries(
    Object.entries(registry.Distributions).filter(([other]) => other !== guid),
  );
  const rest: Registry = { ...others, Distributions };
  if (DefaultDistribution !== undefined && DefaultDistribution !== guid) {
    return withDefault(rest, DefaultDistribution);
  }
  const next = listedDistros(rest).find(({ entry }) => entry.State === DISTRO_STATE.installed);
  return next === undefined ? rest : withDefault(rest, next.guid);
}

function withEntry(registry: Registry, guid: string, entry: DistroEntry): Registry {
  return { ...registry, Distributions: { ...registry.Distributions, [guid]: entry } };
}
