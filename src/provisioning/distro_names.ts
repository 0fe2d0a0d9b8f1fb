import { WindlassError } from "../errors/windlass_error.ts";

/** Names of the distros of an instance, as WSL knows them. */
export interface DistroNames {
  /**
   * Disposable: hold the engine. Two, since the engine of the next version is imported beside the one that runs;
   * which of them holds what is in the record.
   */
  readonly engines: readonly [first: string, second: string];
  /** Holds images, containers and volumes; never replaced. */
  readonly data: string;
}

const ENGINE_NAME = "windlass";
const SECOND_SUFFIX = "b";
const DATA_SUFFIX = "data";
/** What another instance's distros may end in. */
const TAKEN_REGEXP = new RegExp(`(^|-)(${SECOND_SUFFIX}|${DATA_SUFFIX})$`);
const INSTANCE_REGEXP = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * The names of an instance's distros. Windows has one list of distros for all instances of a user, so an
 * instance beside the usual one needs a suffix of its own there: `windlass-beta`, `windlass-beta-b` and
 * `windlass-beta-data`. The programs in the distros know these forms, too.
 *
 * @throws {WindlassError} `WL_USAGE` when the suffix has characters that WSL or we do not take, or ends in one
 * that would give two instances the same name.
 */
export function distroNames(instance?: string): DistroNames {
  if (instance === undefined) return namesAfter(ENGINE_NAME);
  if (!INSTANCE_REGEXP.test(instance) || TAKEN_REGEXP.test(instance)) {
    throw new WindlassError("WL_USAGE", `Cannot name the distros: the instance name is '${instance}'`, {
      remedy: "Use at most 32 lower-case letters, digits and '-'; the name may end in neither " +
        `'-${SECOND_SUFFIX}' nor '-${DATA_SUFFIX}', nor be either of these words.`,
    });
  }
  return namesAfter(`${ENGINE_NAME}-${instance}`);
}

function namesAfter(name: string): DistroNames {
  return { engines: [name, `${name}-${SECOND_SUFFIX}`], data: `${name}-${DATA_SUFFIX}` };
}
