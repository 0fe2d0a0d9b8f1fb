/** Names that differ in more are other names, not a slip of the keyboard. */
const MOST_DIFFERENCES = 2;
/** Longer names are not compared letter by letter: the time grows with the product of the lengths. */
const COMPARED_CHARACTERS = 64;

/**
 * The name that was probably meant: one that begins with what was typed, such as `Ubuntu-24.04` for `ubuntu`, or else
 * the one with the fewest different letters. Nothing if none is near, or two are equally near. Pure.
 */
export function similarName(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  if (wanted === "" || wanted.length > COMPARED_CHARACTERS) return undefined;
  const compared = names.filter(({ length }) => length <= COMPARED_CHARACTERS);
  const longer = compared.filter((name) => name.toLowerCase().startsWith(wanted));
  if (longer.length > 0) return longer.length === 1 ? longer[0] : undefined;
  const near = compared.map((name) => ({ name, distance: differences(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= MOST_DIFFERENCES && distance < wanted.length)
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.distance === near[1]?.distance ? undefined : near[0]?.name;
}

/** The fewest letters to insert, remove or replace that make one text of the other. */
function differences(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column <= other.length; column++) {
      const replaced = row[column - 1]! + (one[line - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
