/**
 * Places the boxes of a graph in floors, so that arrows lead down and few of them cross. Long arrows get a bend in
 * each floor that they pass. Deterministic: the same graph gives the same picture on every machine.
 */
import type { FolderGraph } from "./folder_graph.ts";

/** A box, or the bend of an arrow (`label` undefined). `x` is its centre. */
export interface Place {
  readonly label: string | undefined;
  readonly floor: number;
  readonly width: number;
  x: number;
}

/** The places that an arrow passes, its two boxes included, from the top down. */
export type Route = readonly Place[];

export interface Layout {
  readonly boxes: readonly Place[];
  readonly routes: readonly Route[];
  readonly width: number;
  readonly floorCount: number;
}

const CHARACTER_WIDTH = 7.6;
const BOX_PADDING = 22;
const BEND_WIDTH = 8;
const GAP = 18;
/** Sweeps over all floors. The order no longer changes after about ten for a graph of this size. */
const SWEEPS = 24;

/** Lays out a graph without circles whose floors are known. */
export function layOut(graph: FolderGraph, floorOf: ReadonlyMap<string, number>): Layout {
  const boxes = new Map<string, Place>();
  const rows: Place[][] = [];
  const put = (label: string | undefined, floor: number): Place => {
    const width = label === undefined ? BEND_WIDTH : Math.round(label.length * CHARACTER_WIDTH) + BOX_PADDING;
    const place = { label, floor, width, x: 0 };
    (rows[floor] ??= []).push(place);
    return place;
  };
  for (const name of graph.keys()) boxes.set(name, put(name, floorOf.get(name) ?? 0));
  const routes: Route[] = [];
  for (const [name, targets] of graph) {
    for (const target of targets) {
      const [from, to] = [boxes.get(name), boxes.get(target)];
      if (from === undefined || to === undefined) continue;
      const bends: Place[] = [];
      for (let floor = from.floor - 1; floor > to.floor; floor--) bends.push(put(undefined, floor));
      routes.push([from, ...bends, to]);
    }
  }
  const links = neighbours(routes);
  for (const row of rows) spread(row, row.map((_, index) => index));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows.toReversed() : rows) {
      const wanted = row.map((place) => {
        const linked = links.get(place)?.[down ? "above" : "below"] ?? [];
        return linked.length === 0 ? place.x : mean(linked.map(({ x }) => x));
      });
      const order = row.map((place, index) => ({ place, x: wanted[index] ?? 0, index }));
      order.sort((a, b) => a.x - b.x || a.index - b.index);
      row.splice(0, row.length, ...order.map(({ place }) => place));
      spread(row, order.map(({ x }) => x));
    }
  }
  const all = rows.flat();
  const left = Math.min(...all.map(({ x, width }) => x - width / 2));
  for (const place of all) place.x = Math.round(place.x - left);
  const width = Math.max(...all.map((place) => place.x + place.width / 2));
  return { boxes: [...boxes.values()], routes, width: Math.ceil(width), floorCount: rows.length };
}

interface Links {
  readonly above: Place[];
  readonly below: Place[];
}

function neighbours(routes: readonly Route[]): ReadonlyMap<Place, Links> {
  const links = new Map<Place, Links>();
  const of = (place: Place): Links => {
    const known = links.get(place) ?? { above: [], below: [] };
    links.set(place, known);
    return known;
  };
  for (const route of routes) {
    for (const [index, place] of route.entries()) {
      const next = route[index + 1];
      if (next === undefined) continue;
      of(place).below.push(next);
      of(next).above.push(place);
    }
  }
  return links;
}

/** Gives a row the wanted places as nearly as its boxes allow without touching: the mean of a push from each side. */
function spread(row: readonly Place[], wanted: readonly number[]): void {
  const distance = (a: Place, b: Place) => (a.width + b.width) / 2 + GAP;
  const fromLeft = [...wanted];
  const fromRight = [...wanted];
  for (let index = 1; index < row.length; index++) {
    const room = distance(row[index - 1]!, row[index]!);
    fromLeft[index] = Math.max(fromLeft[index]!, fromLeft[index - 1]! + room);
    const back = row.length - 1 - index;
    const backRoom = distance(row[back]!, row[back + 1]!);
    fromRight[back] = Math.min(fromRight[back]!, fromRight[back + 1]! - backRoom);
  }
  for (const [index, place] of row.entries()) place.x = (fromLeft[index]! + fromRight[index]!) / 2;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
