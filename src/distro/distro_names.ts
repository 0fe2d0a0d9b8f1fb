import { WindlassError } from "../errors/windlass_error.ts";

/** Names of the two distros of an instance, as WSL knows them. */
export interface DistroNames {
  /** Disposable: holds the engine, comes with the executable, is replaced by an update. */
  readonly engine: string;
  /** Holds images, containers and volumes; never replaced. */
  readonly data: string;
}

const ENGINE_NAME = "windlass";
const DATA_SUFFIX = "data";
const INSTANCE_REGEXP = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * The names of an instance's distros. Windows has one list of distros for all instances of a user, so an
 * instance beside the usual one needs a suffix of its own there: `windlass-beta` and `windlass-beta-data`.
 *
 * @throws {WindlassError} `WL_USAGE` when the suffix has characters that WSL or we do not take, or is `data`.
 */
export function distroNames(instance?: string): DistroNames {
  if (instance === undefined) return { engine: ENGINE_NAME, data: `${ENGINE_NAME}-${DATA_SUFFIX}` };
  if (!INSTANCE_REGEXP.test(instance) || instance === DATA_SUFFIX || instance.endsWith(`-${DATA_SUFFIX}`)) {
    throw new WindlassError("WL_USAGE", `Cannot name the distros: the instance name is '${instance}'`, {
      remedy: `Use at most 32 lower-case letters, digits and '-'; the name may not end in '${DATA_SUFFIX}'.`,
    });
  }
  return { engine: `${ENGINE_NAME}-${instance}`, data: `${ENGINE_NAME}-${instance}-${DATA_SUFFIX}` };
}
