/**
 * Versions as semver.org has them: three numbers without leading zeros, then perhaps words behind a hyphen. Build
 * words behind a plus sign are refused, since two versions that differ in nothing else would have no order.
 */
export const VERSION_REGEXP =
  /^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})(?:-(?:0|[1-9]\d{0,8}|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d{0,8}|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$/;

/**
 * The order of two versions by the rules of semver: below zero if `a` is the older one, zero if they are the same.
 *
 * @throws {RangeError} if one of them is not a version; data from outside goes through a schema first.
 *
 * @example
 * ```ts
 * compareVersions("1.10.0", "1.9.3"); // 1
 * compareVersions("1.0.0-beta.2", "1.0.0"); // -1
 * ```
 */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [parts(a), parts(b)];
  for (let position = 0; position < 3; position++) {
    const order = compareNumbers(Number(left.numbers[position]), Number(right.numbers[position]));
    if (order !== 0) return order;
  }
  if (left.words.length === 0 || right.words.length === 0) {
    return compareNumbers(right.words.length, left.words.length); // a version without words is the newer one
  }
  for (let position = 0;; position++) {
    const [mine, other] = [left.words[position], right.words[position]];
    if (mine === undefined || other === undefined) {
      return compareNumbers(left.words.length, right.words.length);
    }
    const order = compareWords(mine, other);
    if (order !== 0) return order;
  }
}

/** Whether it is a version in the form that releases have. */
export function isVersion(text: string): boolean {
  return VERSION_REGEXP.test(text);
}

function parts(version: string): { readonly numbers: readonly string[]; readonly words: readonly string[] } {
  if (!isVersion(version)) throw new RangeError(`Cannot compare versions: '${version}' is not a version`);
  const [core = "", ...rest] = version.split("-");
  return { numbers: core.split("."), words: rest.length === 0 ? [] : rest.join("-").split(".") };
}

/** Numbers come before words; numbers by value, words by their characters. */
function compareWords(a: string, b: string): -1 | 0 | 1 {
  const [isNumber, otherIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && otherIsNumber) return compareNumbers(Number(a), Number(b));
  if (isNumber !== otherIsNumber) return isNumber ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareNumbers(a: number, b: number): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1;
}
