/**
 * What can go wrong with a call of wsl, what wsl then says in three languages, and what the driver makes of it. Driven
 * through the parsing alone, through the driver with a fake program, and on Windows through a wsl.exe.
 */
import type { ErrorCode } from "../../src/errors/error_codes.ts";
import { type Language, TEXTS } from "./wsl_situation_texts.ts";

/** Which call of the driver meets the situation. */
export type SituationCall = "terminate" | "import" | "run" | "spawn";

export interface WslSituation {
  readonly name: string;
  readonly call: SituationCall;
  /** First line on stdout in each language; `null` where wsl says nothing there. */
  readonly says: Readonly<Record<Language, string>> | null;
  /** The code line's path. */
  readonly path: string | null;
  /** Raw bytes on stderr, the same in each language. */
  readonly stderr?: string;
  /** -1 for a wsl that failed itself. */
  readonly exitCode: -1 | 1;
  readonly expected: { readonly code: ErrorCode; readonly message: string };
}

const CODE_LABELS: Readonly<Record<Language, string>> = {
  en: "Error code: ",
  de: "Fehlercode: ",
  ja: "エラー コード: ",
};

/** Everything that wsl prints on stdout, before it is encoded. */
export function printedText(situation: WslSituation, language: Language): string {
  if (situation.says === null) return "";
  const line = situation.path === null ? "" : `${CODE_LABELS[language]}${situation.path}\r\n`;
  return `${situation.says[language]}\r\n${line}`;
}

const ACTIONS: Readonly<Record<SituationCall, string>> = {
  terminate: "terminate the distro 'windlass'",
  import: "import the distro 'windlass'",
  run: "run '/bin/program' in the distro 'windlass'",
  spawn: "run '/bin/program' in the distro 'windlass'",
};

function situation(
  name: string,
  call: SituationCall,
  text: keyof typeof TEXTS,
  path: string,
  code: ErrorCode,
  state: string,
  stderr?: string,
): WslSituation {
  const message = `Cannot ${ACTIONS[call]}: ${state}; wsl ended with ${path}`;
  const base = { name, call, says: TEXTS[text], path, exitCode: -1, expected: { code, message } } as const;
  return stderr === undefined ? base : { ...base, stderr };
}

const LAUNCH = "Wsl/Service/CreateInstance";
const IMPORT = "Wsl/Service/RegisterDistro";
const NO_USER = "<3>WSL (7 - Relay) ERROR: SetUser:12: getpwnam(root) failed 0\n";

/** Every situation that the contract of wsl lists, and what imports may end with besides. */
export const SITUATIONS: readonly WslSituation[] = [
  situation(
    "an unknown name",
    "terminate",
    "noDistro",
    "Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
    "WL_DISTRO_NOT_FOUND",
    "there is no such distro",
  ),
  situation(
    "an unknown id",
    "run",
    "noDistro",
    `${LAUNCH}/ReadDistroConfig/WSL_E_DISTRO_NOT_FOUND`,
    "WL_DISTRO_NOT_FOUND",
    "there is no such distro",
  ),
  situation(
    "a distro that is still being imported",
    "spawn",
    "noDistro",
    "Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
    "WL_DISTRO_NOT_FOUND",
    "there is no such distro",
  ),
  situation(
    "an unknown user",
    "run",
    "noUser",
    "Wsl/WSL_E_USER_NOT_FOUND",
    "WL_DISTRO_USER_MISSING",
    "the distro has no such user",
    NO_USER,
  ),
  situation(
    "a disk that is gone",
    "spawn",
    "attach",
    `${LAUNCH}/MountDisk/HCS/ERROR_PATH_NOT_FOUND`,
    "WL_DISTRO_DISK_MISSING",
    "the distro's virtual disk is missing",
  ),
  situation(
    "a disk that is gone, its folder still there",
    "run",
    "attach",
    `${LAUNCH}/MountDisk/HCS/0x80070002`,
    "WL_DISTRO_DISK_MISSING",
    "the distro's virtual disk is missing",
  ),
  situation(
    "a disk that another program holds",
    "spawn",
    "attach",
    `${LAUNCH}/MountDisk/HCS/ERROR_SHARING_VIOLATION`,
    "WL_DISTRO_DISK_BUSY",
    "another program is using the distro's virtual disk",
  ),
  situation(
    "a damaged disk",
    "run",
    "damaged",
    `${LAUNCH}/WSL_E_DISK_CORRUPTED`,
    "WL_DISTRO_DISK_DAMAGED",
    "the distro's virtual disk is damaged",
  ),
  situation(
    "an export that continues",
    "spawn",
    "inProgress",
    `${LAUNCH}/E_ILLEGAL_STATE_CHANGE`,
    "WL_DISTRO_BUSY",
    "the distro is being imported, exported, converted or removed",
  ),
  situation(
    "virtualization that is off, at a start",
    "spawn",
    "virtualization",
    `${LAUNCH}/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED`,
    "WL_WSL_NO_VIRTUALIZATION",
    "virtualization is turned off on this machine",
  ),
  situation(
    "virtualization that is off, at an import",
    "import",
    "virtualization",
    `${IMPORT}/CreateVm/HCS/0x80370102`,
    "WL_WSL_NO_VIRTUALIZATION",
    "virtualization is turned off on this machine",
  ),
  situation(
    "a compute service that is down",
    "run",
    "virtualization",
    `${LAUNCH}/CreateVm/HCS/HCS_E_SERVICE_NOT_AVAILABLE`,
    "WL_WSL_COMPUTE_DOWN",
    "the service 'vmcompute' of Windows is not running",
  ),
  situation(
    "the platform for virtual machines missing",
    "import",
    "virtualization",
    `${IMPORT}/WSL_E_VIRTUAL_MACHINE_PLATFORM_REQUIRED`,
    "WL_WSL_PLATFORM_MISSING",
    "the Windows feature 'Virtual Machine Platform' is turned off",
  ),
  situation(
    "Windows 10 without the component",
    "import",
    "component",
    `${IMPORT}/WSL_E_WSL_OPTIONAL_COMPONENT_REQUIRED`,
    "WL_WSL_COMPONENT_MISSING",
    "the Windows feature 'Windows Subsystem for Linux' is turned off",
  ),
  situation(
    "a Windows that is too old",
    "import",
    "unsupported",
    `${IMPORT}/WSL_E_OS_NOT_SUPPORTED`,
    "WL_WINDOWS_TOO_OLD",
    "this version of Windows cannot run WSL 2",
  ),
  situation(
    "a kernel of the user's that does not exist",
    "spawn",
    "kernel",
    `${LAUNCH}/CreateVm/WSL_E_CUSTOM_KERNEL_NOT_FOUND`,
    "WL_WSL_KERNEL_MISSING",
    "the kernel that .wslconfig names does not exist",
  ),
  situation(
    "a service that is being replaced",
    "terminate",
    "unsupported",
    "Wsl/REGDB_E_CLASSNOTREG",
    "WL_WSL_SERVICE_DOWN",
    "the service of WSL is missing",
  ),
  situation(
    "a service that is missing",
    "terminate",
    "unsupported",
    "Wsl/ERROR_SERVICE_DOES_NOT_EXIST",
    "WL_WSL_SERVICE_DOWN",
    "the service of WSL is missing",
  ),
  situation(
    "a service that is disabled",
    "run",
    "unsupported",
    "Wsl/ERROR_SERVICE_DISABLED",
    "WL_WSL_SERVICE_DISABLED",
    "the service of WSL is disabled",
  ),
  situation(
    "a policy that forbids WSL",
    "import",
    "unsupported",
    "Wsl/Service/ERROR_ACCESS_DISABLED_BY_POLICY",
    "WL_WSL_FORBIDDEN",
    "a policy of this machine forbids WSL",
  ),
  situation(
    "the account of the system",
    "run",
    "unsupported",
    "Wsl/Service/WSL_E_LOCAL_SYSTEM_NOT_SUPPORTED",
    "WL_WSL_LOCAL_SYSTEM",
    "WSL does not run for the account LocalSystem",
  ),
  situation(
    "a name that is taken",
    "import",
    "exists",
    `${IMPORT}/ERROR_ALREADY_EXISTS`,
    "WL_DISTRO_EXISTS",
    "a distro of that name already exists",
  ),
  situation(
    "a folder that is taken",
    "import",
    "exists",
    `${IMPORT}/ERROR_FILE_EXISTS`,
    "WL_DISTRO_FOLDER_IN_USE",
    "its folder belongs to another distro, or already has a virtual disk",
  ),
  situation(
    "an archive that is damaged",
    "import",
    "archive",
    `${IMPORT}/WSL_E_IMPORT_FAILED`,
    "WL_ROOTFS_INVALID",
    "the archive could not be unpacked",
    "bsdtar: Error opening archive: Unrecognized archive format\n",
  ),
  situation(
    "an archive of something else",
    "import",
    "archive",
    `${IMPORT}/0x80040326`,
    "WL_ROOTFS_INVALID",
    "the archive does not contain a Linux distro",
  ),
  {
    name: "an error that has no name",
    call: "terminate",
    says: TEXTS.unsupported,
    path: "Wsl/Service/0x8004ffff",
    exitCode: -1,
    expected: {
      code: "WL_WSL_FAILED",
      message: `Cannot ${ACTIONS.terminate}: wsl ended with Wsl/Service/0x8004ffff`,
    },
  },
  {
    name: "a program that the distro has not",
    call: "spawn",
    says: null,
    path: null,
    stderr: "<3>WSL (9 - Relay) ERROR: CreateProcessCommon:725: execvpe(/bin/program) failed: " +
      "No such file or directory\n",
    exitCode: 1,
    expected: {
      code: "WL_DISTRO_PROGRAM_MISSING",
      message: `Cannot ${ACTIONS.spawn}: the distro has no such program`,
    },
  },
];
