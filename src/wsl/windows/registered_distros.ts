import {
  listSubkeys,
  readRegistryNumber,
  readRegistryText,
  type RegistryKey,
} from "../../platform/windows/registry/registry.ts";
import type { ListedDistro } from "../wsl.ts";

/** Where WSL keeps what it knows of this user's distros. */
export const LXSS: RegistryKey = { hive: "HKCU", path: "Software\\Microsoft\\Windows\\CurrentVersion\\Lxss" };

/** The key of one distro, as the registry has it. */
export interface DistroKey {
  /** Name of the key. */
  readonly id: string;
  readonly name: string | null;
  readonly directory: string | null;
  readonly state: number | null;
  readonly flags: number | null;
}

/** Keys of other names hold other things. */
const ID_REGEXP = /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i;
const STATE_INSTALLED = 1;
/** Set for a distro of WSL 2; the value `Version` is that of its file system. */
const FLAG_VIRTUAL_MACHINE = 8;

/**
 * The distros by the registry: at once, in no language, without the lock that `wsl --list` waits for while any distro
 * boots or hangs, and although one of them may be damaged. Whether a distro runs is not there to see.
 */
export function listRegisteredDistros(): readonly ListedDistro[] {
  const keys = listSubkeys(LXSS).filter((id) => ID_REGEXP.test(id)).map((id): DistroKey => {
    const key: RegistryKey = { hive: LXSS.hive, path: `${LXSS.path}\\${id}` };
    return {
      id,
      name: readRegistryText(key, "DistributionName"),
      directory: readRegistryText(key, "BasePath"),
      state: readRegistryNumber(key, "State"),
      flags: readRegistryNumber(key, "Flags"),
    };
  });
  return distrosOfKeys(keys, readRegistryText(LXSS, "DefaultDistribution"));
}

/** The same for keys that were read. One without a name is damaged, and nobody's that could be used. */
export function distrosOfKeys(keys: readonly DistroKey[], defaultId: string | null): readonly ListedDistro[] {
  return keys.flatMap(({ id, name, directory, state, flags }) =>
    name === null ? [] : {
      name,
      state: state === STATE_INSTALLED ? "registered" : "busy",
      version: ((flags ?? 0) & FLAG_VIRTUAL_MACHINE) === 0 ? 1 : 2,
      isDefault: id.toLowerCase() === defaultId?.toLowerCase(),
      directory,
    }
  );
}

/** Whether two paths of Windows are the same folder as far as their text shows. */
export function isSameFolder(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

/** WSL may write the prefix of long paths before a path. */
function comparable(path: string): string {
  return path.replace(/^\\\\\?\\/, "").replaceAll("/", "\\").replace(/(?<!\\)\\+$/, "").toLowerCase();
}
