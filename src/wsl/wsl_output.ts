import { errorName } from "./error_names.ts";
import type { DistroState, ListedDistro, WslVersion } from "./wsl.ts";

/** `Wsl/…/CODE` at the end of a line; contexts and codes are English in every language. */
const ERROR_PATH_REGEXP = /(?:^|\s)(Wsl(?:\/\w+)*\/(0x[0-9a-fA-F]{8}|[A-Z][A-Z0-9_]+))\s*$/gm;

/** A line of `--list --verbose`; names have no spaces, and this layout is the same in every language. */
const LISTED_REGEXP = /^([* ]) (\S+)\s+(\S+)\s+(\d)$/;

/**
 * Where a line ends; wsl writes CR CR LF at times. Not within a row of CRs: without the lookbehind, a text of CRs
 * alone would take quadratic time.
 */
export const LINE_END_REGEXP = /(?<!\r)\r*\n/;
const VERSION_REGEXP = /(?<!\d)\d+(?:\.\d+)+(?:-[\w.-]+)?/;

/** The error that wsl printed last. */
export interface PrintedError {
  /** As printed, for people: `Wsl/Service/WSL_E_DISTRO_NOT_FOUND`. */
  readonly path: string;
  /** The last segment, by name where the name of the number is known. */
  readonly code: string;
}

/**
 * The text of what wsl printed: UTF-8, or UTF-16LE from a wsl that does not know `WSL_UTF8`. Such a wsl may also add
 * an error in UTF-16LE to what a program has printed, at an even or an odd place.
 */
export function decodeWslText(bytes: Uint8Array<ArrayBuffer>): string {
  if (isWide(bytes)) return new TextDecoder("utf-16le").decode(bytes);
  const tail = wideTailStart(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, tail));
  return text + new TextDecoder("utf-16le").decode(bytes.subarray(tail));
}

/**
 * Whether all of it is UTF-16LE. Its lines then end with CR and LF of two bytes each, at even places, however few
 * ASCII characters the language has besides; a text that was cut before its first line's end has zeros at odd places.
 */
function isWide(bytes: Uint8Array): boolean {
  let zeros = 0;
  for (let index = 1; index < bytes.length; index += 2) {
    if (bytes[index] !== 0) continue;
    zeros++;
    const isLineEnd = bytes[index - 1] === 0x0a && bytes[index - 2] === 0 && bytes[index - 3] === 0x0d;
    if (isLineEnd) return true;
  }
  return zeros * 8 > bytes.length; // a quarter of the code units or more
}

/** An error code line is longer. Characters. */
const SHORTEST_TAIL = 8;

/** Where a tail of ASCII characters in UTF-16LE begins, the error code line at least; the length if there is none. */
function wideTailStart(bytes: Uint8Array): number {
  let start = bytes.length;
  while (start >= 2 && bytes[start - 1] === 0 && bytes[start - 2] !== 0) start -= 2;
  return bytes.length - start < SHORTEST_TAIL * 2 ? bytes.length : start;
}

/** The error code line that ends a failed call, or `null` where wsl printed none. */
export function findPrintedError(text: string): PrintedError | null {
  const found = [...text.matchAll(ERROR_PATH_REGEXP)].at(-1);
  const path = found?.[1];
  const code = found?.[2];
  if (path === undefined || code === undefined) return null;
  return { path, code: errorName(code) };
}

/** The distros in the output of `--list --verbose`; the header and lines of any other shape are left out. */
export function parseList(text: string): readonly ListedDistro[] {
  const distros: ListedDistro[] = [];
  for (const line of text.split(LINE_END_REGEXP).slice(1)) {
    const [, mark, name, state, version] = LISTED_REGEXP.exec(line.trimEnd()) ?? [];
    if (mark === undefined || name === undefined || state === undefined) continue;
    distros.push({
      name,
      state: distroState(state),
      version: Number(version),
      isDefault: mark === "*",
      directory: null,
    });
  }
  return distros;
}

/** The names in the output of a quiet `--list`, one a line. */
export function parseNames(text: string): readonly string[] {
  return text.split(LINE_END_REGEXP).map((line) => line.trim()).filter((name) => name !== "");
}

/** The versions in the output of `--version`, whose labels are translated but whose order is fixed. */
export function parseVersion(text: string): WslVersion | null {
  const [wsl, kernel] = text.split(LINE_END_REGEXP).map((line) => VERSION_REGEXP.exec(line)?.[0]);
  return wsl === undefined || kernel === undefined ? null : { wsl, kernel };
}

function distroState(printed: string): DistroState {
  if (printed === "Stopped") return "stopped";
  if (printed === "Running") return "running";
  return "busy";
}
