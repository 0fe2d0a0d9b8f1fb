import type { DistroState, ListedDistro, WslVersion } from "./wsl.ts";

/** How an error code that wsl may print as a number is called; both forms of each are accepted. */
const NAMES_OF_NUMBERS: Readonly<Record<string, string>> = {
  "0x80040302": "WSL_E_DISTRO_NOT_FOUND",
  "0x80040308": "WSL_E_USER_NOT_FOUND",
  "0x8004030b": "WSL_E_IMPORT_FAILED",
  "0x80040326": "WSL_E_NOT_A_LINUX_DISTRO",
  "0x800700b7": "ERROR_ALREADY_EXISTS",
  "0x80070050": "ERROR_FILE_EXISTS",
  "0x80070002": "ERROR_FILE_NOT_FOUND",
  "0x80070003": "ERROR_PATH_NOT_FOUND",
  "0x80070020": "ERROR_SHARING_VIOLATION",
  "0x80070070": "ERROR_DISK_FULL",
  "0x80070057": "E_INVALIDARG",
  "0x8000000d": "E_ILLEGAL_STATE_CHANGE",
  "0x80070422": "ERROR_SERVICE_DISABLED",
  "0x80070424": "ERROR_SERVICE_DOES_NOT_EXIST",
  "0x80040154": "REGDB_E_CLASSNOTREG",
  "0x80370102": "HCS_E_HYPERV_NOT_INSTALLED",
  "0x80370114": "HCS_E_SERVICE_NOT_AVAILABLE",
};

/** `Wsl/…/CODE` at the end of a line; contexts and codes are English in every language. */
const ERROR_PATH_REGEXP = /(?:^|\s)(Wsl(?:\/\w+)*\/(0x[0-9a-fA-F]{8}|[A-Z][A-Z0-9_]+))\s*$/gm;

/** A line of `--list --verbose`; names have no spaces, and this layout is the same in every language. */
const LISTED_REGEXP = /^([* ]) (\S+)\s+(\S+)\s+(\d)$/;

const VERSION_REGEXP = /\d+(?:\.\d+)+(?:-[\w.-]+)?/;

/** The error that wsl printed last. */
export interface PrintedError {
  /** As printed, for people: `Wsl/Service/WSL_E_DISTRO_NOT_FOUND`. */
  readonly path: string;
  /** The last segment, by name where the name of the number is known. */
  readonly code: string;
}

/**
 * The text of what wsl printed: UTF-8, or UTF-16LE from versions that do not know `WSL_UTF8`. Told apart by the
 * zero bytes that UTF-16LE has at odd places in the ASCII that all of wsl's own output contains.
 */
export function decodeWslText(bytes: Uint8Array<ArrayBuffer>): string {
  let zeros = 0;
  for (let index = 1; index < bytes.length; index += 2) if (bytes[index] === 0) zeros++;
  const isUtf16 = zeros * 8 > bytes.length; // a quarter of the code units or more
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

/** The error code line that ends a failed call, or `null` where wsl printed none. */
export function findPrintedError(text: string): PrintedError | null {
  const found = [...text.matchAll(ERROR_PATH_REGEXP)].at(-1);
  const path = found?.[1];
  const code = found?.[2];
  if (path === undefined || code === undefined) return null;
  return { path, code: NAMES_OF_NUMBERS[code.toLowerCase()] ?? code };
}

/** The distros in the output of `--list --verbose`; the header and lines of any other shape are left out. */
export function parseList(text: string): readonly ListedDistro[] {
  const distros: ListedDistro[] = [];
  for (const line of text.split(/\r*\n/).slice(1)) {
    const [, mark, name, state, version] = LISTED_REGEXP.exec(line.trimEnd()) ?? [];
    if (mark === undefined || name === undefined || state === undefined) continue;
    distros.push({ name, state: distroState(state), version: Number(version), isDefault: mark === "*" });
  }
  return distros;
}

/** The versions in the output of `--version`, whose labels are translated but whose order is fixed. */
export function parseVersion(text: string): WslVersion | null {
  const [wsl, kernel] = text.split(/\r*\n/).map((line) => VERSION_REGEXP.exec(line)?.[0]);
  return wsl === undefined || kernel === undefined ? null : { wsl, kernel };
}

function distroState(printed: string): DistroState {
  if (printed === "Stopped") return "stopped";
  if (printed === "Running") return "running";
  return "busy";
}
