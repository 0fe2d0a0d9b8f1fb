/** What a pin may look like: a version, or the first one or two numbers of versions. */
export const PIN_REGEXP = /^\d{1,9}(?:\.\d{1,9}(?:\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64})?)?)?$/;

/**
 * Whether a version is one that a pin lets through: the same version, or one that begins with the pin's numbers. Of
 * a pin that is not a whole version, versions with words behind a hyphen are let through like others. Pure.
 *
 * @example
 * ```ts
 * import { matchesPin } from "./version_pin.ts";
 *
 * matchesPin("1.2.7", "1.2"); // true
 * matchesPin("1.20.0", "1.2"); // false
 * ```
 */
export function matchesPin(version: string, pin: string): boolean {
  if (version === pin) return true;
  const wanted = pin.split(".");
  if (wanted.length >= 3) return false;
  const numbers = version.split("-")[0]!.split(".");
  return wanted.every((number, position) => number === numbers[position]);
}
