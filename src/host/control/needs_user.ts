import type { ErrorCode } from "../../errors/error_codes.ts";

const NEEDS_USER: ReadonlySet<ErrorCode> = new Set([
  "WL_DISTRO_FOREIGN",
  "WL_DISTRO_FOLDER_IN_USE",
  "WL_DATA_LEFT_BEHIND",
  "WL_DATA_DISTRO_UNUSABLE",
  "WL_DATA_TOO_NEW",
  "WL_ROOTFS_INVALID",
  "WL_EXECUTABLE_CORRUPT",
  "WL_WSL_MISSING",
  "WL_WSL_INBOX_ONLY",
  "WL_WSL_TOO_OLD",
  "WL_WSL_FORBIDDEN",
  "WL_WSL_PLATFORM_MISSING",
  "WL_WSL_COMPONENT_MISSING",
  "WL_WSL_NO_VIRTUALIZATION",
  "WL_WINDOWS_TOO_OLD",
]);

/** Whether the next try of a start fails in the same way unless the user does something first. Pure. */
export function needsUser(code: string): boolean {
  return NEEDS_USER.has(code as ErrorCode);
}
