import {
  deleteRegistryKey,
  deleteRegistryValue,
  listRegistryValues,
  listSubkeys,
  readRegistryValue,
  type RegistryKey,
  writeRegistryDword,
} from "../../platform/windows/registry/registry.ts";
import { listRegisteredDistros, LXSS } from "./registered_distros.ts";

/** What we changed for the user outside of our own home is noted here, so that it can be put back. */
const NOTES: RegistryKey = { hive: "HKCU", path: "Software\\Windlass" };
/** Set by WSL once it has shown its window of welcome, which else comes up at the first launch of an only distro. */
const WELCOMED = "OOBEComplete";
const NOTE_WELCOMED = "WslWelcomeSkipped";
const NOTE_DEFAULT = "WslDefaultTaken";

/** Names of our distros, those of other homes included. */
const OUR_NAME_REGEXP = /^windlass(-|$)/i;

/** Keeps WSL from opening its window of welcome at our first start. Does nothing where the user has seen it. */
export function skipWelcome(): void {
  if (readRegistryValue(LXSS, WELCOMED) !== null) return;
  writeRegistryDword(NOTES, NOTE_WELCOMED, 1); // first: an unneeded note does no harm, a missing one would
  writeRegistryDword(LXSS, WELCOMED, 1);
}

/** To be called before an import: WSL makes the first distro of a user the default, which `wsl` alone starts. */
export function noteDefaultBefore(): void {
  if (!listRegisteredDistros().some((distro) => distro.isDefault)) writeRegistryDword(NOTES, NOTE_DEFAULT, 1);
}

/**
 * The distro that is to become the default in place of one of ours, which became it only for being the first:
 * somebody who types `wsl` means a distro of their own. `null` where nothing is to be done, which includes a
 * default that the user has chosen.
 */
export function heirOfDefault(): string | null {
  if (readRegistryValue(NOTES, NOTE_DEFAULT) === null) return null;
  const distros = listRegisteredDistros();
  const isOurs = distros.some(({ name, isDefault }) => isDefault && OUR_NAME_REGEXP.test(name));
  if (!isOurs) {
    if (distros.some(({ isDefault }) => isDefault)) forgetDefault();
    return null;
  }
  return distros.find(({ name, state }) => state === "registered" && !OUR_NAME_REGEXP.test(name))?.name ??
    null;
}

/** The default has been given away: from now on it is the user's own matter. */
export function forgetDefault(): void {
  deleteRegistryValue(NOTES, NOTE_DEFAULT);
  removeEmptyNotes();
}

/**
 * Puts back what we changed, at the end of an uninstallation. With distros of another home of ours left, that one's
 * end will do it; with a distro of the user's left, the window of welcome stays skipped, since it would now come up
 * for that one.
 */
export function restoreUserSettings(): void {
  const distros = listRegisteredDistros();
  if (distros.some(({ name }) => OUR_NAME_REGEXP.test(name))) return;
  if (distros.length === 0 && readRegistryValue(NOTES, NOTE_WELCOMED) !== null) {
    deleteRegistryValue(LXSS, WELCOMED);
  }
  deleteRegistryValue(NOTES, NOTE_WELCOMED);
  deleteRegistryValue(NOTES, NOTE_DEFAULT);
  removeEmptyNotes();
}

function removeEmptyNotes(): void {
  if (listRegistryValues(NOTES).length === 0 && listSubkeys(NOTES).length === 0) deleteRegistryKey(NOTES);
}
