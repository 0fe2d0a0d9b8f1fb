/** The part of `wsl` that a failure comes from, in the order in which code lines show them. */
export type FailureContext =
  | "Service"
  | "RegisterDistro"
  | "CreateInstance"
  | "CreateVm"
  | "ReadDistroConfig"
  | "UnregisterDistro"
  | "ExportDistro";

/**
 * A failure of `wsl` itself: a text for the user and, for most, the code line that callers match. The exit code
 * is always -1, that is 255.
 */
export class WslFailure extends Error {
  override readonly name = "WslFailure";

  /** @param codePath for example `Wsl/Service/WSL_E_DISTRO_NOT_FOUND`; `null` for a failure without code line. */
  constructor(message: string, readonly codePath: string | null) {
    super(message);
  }
}

/** The English text of each code that `wsl` for Linux can end with. */
const TEXTS = {
  WSL_E_DISTRO_NOT_FOUND: "There is no distribution with the supplied name.",
  WSL_E_USER_NOT_FOUND: "User not found.",
  WSL_E_IMPORT_FAILED: "The archive could not be unpacked; what bsdtar said is above.",
  WSL_E_EXPORT_FAILED: "The archive could not be written; what bsdtar said is above.",
  WSL_E_NOT_A_LINUX_DISTRO:
    "The imported files are not a Linux distribution: there is neither /etc nor /bin/sh.",
  WSL_E_WSL1_NOT_SUPPORTED: "WSL1 is not supported with your current machine configuration.\n" +
    'Please enable the "Windows Subsystem for Linux" optional component to use WSL1.',
  WSL_E_VM_MODE_INVALID_STATE: "The distribution could not be started.",
  ERROR_ALREADY_EXISTS: "A distribution with the supplied name already exists.",
  ERROR_FILE_EXISTS: "The supplied install location is already in use.",
  ERROR_FILE_NOT_FOUND: "The system cannot find the file specified. ",
  ERROR_PATH_NOT_FOUND: "The system cannot find the path specified. ",
  ERROR_SHARING_VIOLATION: "The files of the distribution are in use: something is mounted among them.",
  ERROR_WRITE_FAULT: "The files of the distribution could not be written or removed.",
  E_ILLEGAL_STATE_CHANGE: "An install, uninstall, or conversion is in progress for this distribution.",
  E_INVALIDARG: "The parameter is incorrect. ",
  E_UNEXPECTED: "Failed to read the registry of distributions.",
} as const;

/** A code that `wsl` for Linux can end with. */
export type FailureCode = keyof typeof TEXTS;

/**
 * The failure with a code's own text and its code line.
 *
 * @example
 * ```ts
 * throw wslFailure(["Service"], "WSL_E_DISTRO_NOT_FOUND"); // ... Error code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND
 * ```
 */
export function wslFailure(
  contexts: readonly FailureContext[],
  code: FailureCode,
  text: string = TEXTS[code],
) {
  return new WslFailure(text, ["Wsl", ...contexts, code].join("/"));
}

/** What is printed of a failure: its text and, where it has one, the code line. Lines end with LF here. */
export function failureText(failure: WslFailure): string {
  const codeLine = failure.codePath === null ? "" : `Error code: ${failure.codePath}\n`;
  return `${failure.message}\n${codeLine}`;
}
