import { isPartOfProgram } from "../../src/payload/component_names.ts";
import type { Component } from "../../src/payload/executable_codec.ts";

const MEGABYTE = 1_000_000;

/**
 * The components of an executable and their sizes in megabytes, one a line, with the sum at the end. The parts of the program
 * count as one. Pure.
 */
export function sizeTable(components: readonly Component[]): string {
  const rows: { name: string; rawLength: number; storedLength: number }[] = [];
  for (const { name, rawLength, storedLength } of components) {
    const shown = isPartOfProgram(name) ? "app" : name;
    const row = rows.find((candidate) => candidate.name === shown);
    if (!row) {
      rows.push({ name: shown, rawLength, storedLength });
      continue;
    }
    row.rawLength += rawLength;
    row.storedLength += storedLength;
  }
  const sum = rows.reduce((total, row) => ({
    name: "executable",
    rawLength: total.rawLength + row.rawLength,
    storedLength: total.storedLength + row.storedLength,
  }), { name: "executable", rawLength: 0, storedLength: 0 });
  const line = (name: string, raw: string, stored: string) =>
    `${name.padEnd(12)} ${raw.padStart(10)} ${stored.padStart(10)}`;
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(2);
  return [
    line("component", "raw MB", "stored MB"),
    ...[...rows, sum].map((row) => line(row.name, megabytes(row.rawLength), megabytes(row.storedLength))),
  ].join("\n");
}
