import { refuseAfterInterruption } from "./interruption.ts";

/** Rounds of a full and of a quick run. Quartiles of fewer than seven say little. */
const ROUNDS = { full: 7, quick: 2 };

/** How many rounds a line is measured. */
export function roundCount(quick: boolean): number {
  return quick ? ROUNDS.quick : ROUNDS.full;
}

/** Ways to do the same, by name; each resolves to what it measured. */
export type Ways = Readonly<Record<string, () => Promise<unknown>>>;

/** What each way measured, in the order of the rounds. */
export type Samples<W extends Ways> = { [Name in keyof W]: Awaited<ReturnType<W[Name]>>[] };

/**
 * Measures every way once per round. The order changes from round to round: which one comes first, and after
 * which other, would otherwise count as its speed. The first round fills caches and is not counted.
 *
 * @throws whatever a way throws: a failed request must not become a fast one.
 */
export async function alternate<W extends Ways>(rounds: number, ways: W): Promise<Samples<W>> {
  const names = Object.keys(ways);
  const samples: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  const run = (name: string) => {
    refuseAfterInterruption();
    return ways[name]!();
  };
  for (const name of names) await run(name);
  for (let round = 0; round < rounds; round++) {
    for (const name of orderOf(names, round)) samples[name]!.push(await run(name));
  }
  return samples as Samples<W>;
}

/** The order of a round: each name is first as often as any other, and forwards and backwards take turns. Pure. */
export function orderOf<Name>(names: readonly Name[], round: number): Name[] {
  const first = round % names.length;
  const order = [...names.slice(first), ...names.slice(0, first)];
  const isBackwards = Math.floor(round / names.length) % 2 === 1;
  return isBackwards ? [order[0]!, ...order.slice(1).reverse()] : order;
}
