/**
 * Every error code that can reach a user, with the remedy shown beneath the message.
 * One list, so that a code is never used for two things and none goes without a remedy.
 */
export const ERROR_CODES = {
  WL_USAGE: "Run 'windlass help' to see the commands and their flags.",
  WL_HOME_INVALID: "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.",
  WL_ROOT_NEEDED: "Run the same command as root, for example with 'sudo'.",
  WL_TOOL_MISSING: "Install the missing tool with your package manager and try again.",
} as const satisfies Record<string, string>;

/** A stable, documented error code, such as `WL_DISTRO_IMPORT_FAILED`. */
export type ErrorCode = keyof typeof ERROR_CODES;
