/** Draws a layout as an SVG that reads well on a light and on a dark page. Pure. */
import { floors, type FolderGraph, reduced, withoutCircles } from "./folder_graph.ts";
import { type Layout, layOut, type Place, type Route } from "./layered_layout.ts";

const MARGIN = 24;
const BOX_HEIGHT = 30;
const FLOOR_HEIGHT = 82;
const CAPTION_HEIGHT = 46;

const STYLE = `
  text { font: 13px ui-monospace, monospace; fill: #1f2328; text-anchor: middle; }
  .caption { font: 12px system-ui, sans-serif; fill: #59636e; text-anchor: start; }
  rect { fill: #f6f8fa; stroke: #59636e; }
  path { fill: none; stroke: #8b949e; }
  .back { stroke: #cf222e; stroke-dasharray: 5 4; }
  marker path { fill: #8b949e; stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .caption { fill: #9198a1; }
    rect { fill: #161b22; stroke: #9198a1; }
    path { stroke: #6e7681; }
    .back { stroke: #ff7b72; }
    marker path { fill: #6e7681; }
  }`;

/** The picture of a graph: boxes in floors, an arrow for each import that does not follow from others. */
export function dependencySvg(graph: FolderGraph): string {
  const { acyclic, back } = withoutCircles(graph);
  const layout = layOut(reduced(acyclic), floors(acyclic));
  const boxOf = (name: string) => layout.boxes.filter(({ label }) => label === name);
  const backRoutes = back.map(([from, to]): Route => [...boxOf(from), ...boxOf(to)]);
  const width = layout.width + 2 * MARGIN;
  const height = layout.floorCount * FLOOR_HEIGHT + MARGIN + CAPTION_HEIGHT;
  const top = topOf(layout);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    "<title>The folders of src and what they import</title>",
    `<style>${STYLE}\n</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
    '<path d="M0 0 8 4 0 8z"/></marker></defs>',
    ...layout.routes.map((route) => arrow(route, top, "")),
    ...backRoutes.map((route) => arrow(route, top, ' class="back"')),
    ...layout.boxes.map((place) => box(place, top)),
    `<text class="caption" x="${MARGIN}" y="${
      height - 28
    }">An arrow leads from a folder to one that it imports. ` +
    "Arrows that follow from others are left out, and so are imports of types alone.</text>",
    `<text class="caption" x="${MARGIN}" y="${height - 11}">` +
    `Made by scripts/draw_dependencies.ts.${
      back.length > 0 ? " A dashed red arrow closes a circle." : ""
    }</text>`,
    "</svg>",
  ];
  return lines.join("\n") + "\n";
}

function topOf(layout: Layout): (place: Place) => number {
  return ({ floor }) => MARGIN + (layout.floorCount - 1 - floor) * FLOOR_HEIGHT;
}

function box(place: Place, top: (place: Place) => number): string {
  const { x, width, label } = place;
  const y = top(place);
  return `<rect x="${x + MARGIN - width / 2}" y="${y}" width="${width}" height="${BOX_HEIGHT}" rx="6"/>` +
    `<text x="${x + MARGIN}" y="${y + 20}">${label}</text>`;
}

function arrow(route: Route, top: (place: Place) => number, attributes: string): string {
  const names = [route[0], route.at(-1)].map((place) => place?.label);
  const parts: string[] = [];
  for (const [index, place] of route.entries()) {
    const next = route[index + 1];
    if (next === undefined) continue;
    const [x, y] = [place.x + MARGIN, top(place) + BOX_HEIGHT];
    const [toX, toY] = [next.x + MARGIN, top(next)];
    const bend = Math.round((toY - y) / 2);
    const curve = `C${x} ${y + bend} ${toX} ${toY - bend} ${toX} ${toY}`;
    // A bend is as high as a box, so that the line passes between the boxes of its floor.
    parts.push(index === 0 ? `M${x} ${y}${curve}` : `V${y}${curve}`);
  }
  return `<path${attributes} marker-end="url(#head)" d="${parts.join("")}"><title>${
    names.join(" imports ")
  }</title></path>`;
}
