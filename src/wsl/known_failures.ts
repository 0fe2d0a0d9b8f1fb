import type { ErrorCode } from "../errors/error_codes.ts";
import type { PrintedError } from "./wsl_output.ts";

/** What a failure of wsl means. */
export interface KnownFailure {
  readonly code: ErrorCode;
  /** What is so, after "Cannot …: ". */
  readonly state: string;
}

const FAILURES: Readonly<Record<string, KnownFailure>> = {
  WSL_E_DISTRO_NOT_FOUND: { code: "WL_DISTRO_NOT_FOUND", state: "there is no such distro" },
  ERROR_ALREADY_EXISTS: { code: "WL_DISTRO_EXISTS", state: "a distro of that name already exists" },
  E_ILLEGAL_STATE_CHANGE: {
    code: "WL_DISTRO_BUSY",
    state: "the distro is being imported, exported, converted or removed",
  },
  WSL_E_DISTRO_NOT_STOPPED: { code: "WL_DISTRO_BUSY", state: "the distro is still running" },
  WSL_E_USER_NOT_FOUND: { code: "WL_DISTRO_USER_MISSING", state: "the distro has no such user" },
  WSL_E_DISK_CORRUPTED: { code: "WL_DISTRO_DISK_DAMAGED", state: "the distro's virtual disk is damaged" },
  ERROR_DISK_FULL: { code: "WL_NO_SPACE", state: "the disk is full" },

  HCS_E_HYPERV_NOT_INSTALLED: {
    code: "WL_WSL_NO_VIRTUALIZATION",
    state: "virtualization is turned off on this machine",
  },
  HCS_E_SERVICE_NOT_AVAILABLE: {
    code: "WL_WSL_COMPUTE_DOWN",
    state: "the service 'vmcompute' of Windows is not running",
  },
  WSL_E_VIRTUAL_MACHINE_PLATFORM_REQUIRED: {
    code: "WL_WSL_PLATFORM_MISSING",
    state: "the Windows feature 'Virtual Machine Platform' is turned off",
  },
  WSL_E_WSL_OPTIONAL_COMPONENT_REQUIRED: {
    code: "WL_WSL_COMPONENT_MISSING",
    state: "the Windows feature 'Windows Subsystem for Linux' is turned off",
  },
  WSL_E_OS_NOT_SUPPORTED: { code: "WL_WINDOWS_TOO_OLD", state: "this version of Windows cannot run WSL 2" },
  WSL_E_VM_MODE_NOT_SUPPORTED: {
    code: "WL_WINDOWS_TOO_OLD",
    state: "this version of Windows cannot run WSL 2",
  },
  WSL_E_CUSTOM_KERNEL_NOT_FOUND: {
    code: "WL_WSL_KERNEL_MISSING",
    state: "the kernel that .wslconfig names does not exist",
  },
  REGDB_E_CLASSNOTREG: { code: "WL_WSL_SERVICE_DOWN", state: "the service of WSL is missing" },
  ERROR_SERVICE_DOES_NOT_EXIST: { code: "WL_WSL_SERVICE_DOWN", state: "the service of WSL is missing" },
  ERROR_SERVICE_DISABLED: { code: "WL_WSL_SERVICE_DISABLED", state: "the service of WSL is disabled" },
  ERROR_ACCESS_DISABLED_BY_POLICY: {
    code: "WL_WSL_FORBIDDEN",
    state: "a policy of this machine forbids WSL",
  },
  WSL_E_LOCAL_SYSTEM_NOT_SUPPORTED: {
    code: "WL_WSL_LOCAL_SYSTEM",
    state: "WSL does not run for the account LocalSystem",
  },
};

/** Errors of Windows that only mean the distro's disk where wsl was attaching it. */
const DISK_FAILURES: Readonly<Record<string, KnownFailure>> = {
  ERROR_PATH_NOT_FOUND: { code: "WL_DISTRO_DISK_MISSING", state: "the distro's virtual disk is missing" },
  ERROR_FILE_NOT_FOUND: { code: "WL_DISTRO_DISK_MISSING", state: "the distro's virtual disk is missing" },
  ERROR_SHARING_VIOLATION: {
    code: "WL_DISTRO_DISK_BUSY",
    state: "another program is using the distro's virtual disk",
  },
};

const IMPORT_FAILURES: Readonly<Record<string, KnownFailure>> = {
  WSL_E_NOT_A_LINUX_DISTRO: {
    code: "WL_ROOTFS_INVALID",
    state: "the archive does not contain a Linux distro",
  },
  WSL_E_IMPORT_FAILED: { code: "WL_ROOTFS_INVALID", state: "the archive could not be unpacked" },
  ERROR_FILE_EXISTS: {
    code: "WL_DISTRO_FOLDER_IN_USE",
    state: "its folder belongs to another distro, or already has a virtual disk",
  },
};

/** What wsl's error means, or `undefined` where it has no code of its own with us. */
export function knownFailure(printed: PrintedError): KnownFailure | undefined {
  const disk = printed.path.includes("/MountDisk/") ? DISK_FAILURES[printed.code] : undefined;
  return disk ?? FAILURES[printed.code];
}

/** The same for an import. */
export function knownImportFailure(printed: PrintedError): KnownFailure | undefined {
  return IMPORT_FAILURES[printed.code] ?? knownFailure(printed);
}
