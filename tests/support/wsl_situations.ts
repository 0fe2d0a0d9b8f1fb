/**
 * What can go wrong with a call of wsl, what wsl then says in three languages, and what the driver makes of it. Driven
 * through the parsing alone, through the driver with a fake program, and on Windows through a wsl.exe.
 */
import type { ErrorCode } from "../../src/errors/error_codes.ts";

/** Which call of the driver meets the situation. */
export type SituationCall = "terminate" | "import" | "run" | "spawn";

/** The languages that wsl is made to speak. */
export const LANGUAGES = ["en", "de", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

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

const TEXTS = {
  noDistro: {
    en: "There is no distribution with the supplied name.",
    de: "Es gibt keine Distribution mit dem angegebenen Namen.",
    ja: "指定された名前のディストリビューションはありません。",
  },
  noUser: {
    en: "User not found.",
    de: "Der Benutzer wurde nicht gefunden.",
    ja: "ユーザーが見つかりません。",
  },
  attach: {
    en: "Failed to attach disk 'C:\\d\\ext4.vhdx' to WSL2: The system cannot find the path specified.",
    de: "Der Datenträger 'C:\\d\\ext4.vhdx' ist für WSL2 nicht erreichbar: Der Pfad wurde nicht gefunden.",
    ja: "ディスク 'C:\\d\\ext4.vhdx' を WSL2 にアタッチできませんでした。パスが見つかりません。",
  },
  damaged: {
    en: "The distribution failed to start because its virtual disk is corrupted.",
    de: "Die Distribution startet nicht, weil ihr virtueller Datenträger beschädigt ist.",
    ja: "仮想ディスクが壊れているため、ディストリビューションを起動できませんでした。",
  },
  inProgress: {
    en: "An install, uninstall, or conversion is in progress for this distribution.",
    de: "Für diese Distribution läuft gerade eine Installation, Deinstallation oder Konvertierung.",
    ja: "このディストリビューションはインストール、アンインストール、または変換の途中です。",
  },
  virtualization: {
    en: "WSL2 is unable to start since virtualization is not enabled on this machine.\r\n" +
      "Please make sure that it is turned on in the firmware settings.",
    de: "WSL2 startet nicht, da die Virtualisierung auf diesem Computer nicht aktiviert ist.\r\n" +
      "Stellen Sie sicher, dass sie in den Firmwareeinstellungen eingeschaltet ist.",
    ja: "このコンピューターでは仮想化が有効になっていないため、WSL2 を起動できません。\r\n" +
      "ファームウェアの設定で仮想化が有効になっていることを、もう一度よく確認してください。" +
      "有効にする方法については、コンピューターの製造元の説明書を参照してください。",
  },
  component: {
    en: "This application requires the Windows Subsystem for Linux Optional Component.",
    de: "Diese Anwendung benötigt die optionale Komponente 'Windows-Subsystem für Linux'.",
    ja: "このアプリには、Linux 用 Windows サブシステムのオプション コンポーネントが必要です。",
  },
  kernel: {
    en: "The custom kernel specified in C:\\Users\\Zoë\\.wslconfig was not found: 'C:\\kernel'.",
    de: "Der in C:\\Users\\Zoë\\.wslconfig angegebene Kernel fehlt: 'C:\\kernel'.",
    ja: "C:\\Users\\Zoë\\.wslconfig に指定されたカーネルが見つかりません: 'C:\\kernel'。",
  },
  unsupported: {
    en: "This operation is not supported on this computer.",
    de: "Dieser Vorgang wird auf diesem Computer nicht unterstützt.",
    ja: "この操作は、このコンピューターではサポートされていません。",
  },
  archive: {
    en: "Importing the distribution failed.",
    de: "Fehler beim Importieren der Distribution.",
    ja: "ディストリビューションをインポートできませんでした。",
  },
  exists: {
    en: "A distribution with the supplied name already exists.",
    de: "Es gibt bereits eine Distribution mit diesem Namen.",
    ja: "その名前のディストリビューションは既に存在します。",
  },
} as const;

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
    "the distro's virtual disk is gone",
  ),
  situation(
    "a disk that is gone, its folder still there",
    "run",
    "attach",
    `${LAUNCH}/MountDisk/HCS/0x80070002`,
    "WL_DISTRO_DISK_MISSING",
    "the distro's virtual disk is gone",
  ),
  situation(
    "a disk that another program holds",
    "spawn",
    "attach",
    `${LAUNCH}/MountDisk/HCS/ERROR_SHARING_VIOLATION`,
    "WL_DISTRO_DISK_BUSY",
    "another program holds the distro's virtual disk",
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
    "an export that goes on",
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
    "virtualization is switched off on this machine",
  ),
  situation(
    "virtualization that is off, at an import",
    "import",
    "virtualization",
    `${IMPORT}/CreateVm/HCS/0x80370102`,
    "WL_WSL_NO_VIRTUALIZATION",
    "virtualization is switched off on this machine",
  ),
  situation(
    "a compute service that is down",
    "run",
    "virtualization",
    `${LAUNCH}/CreateVm/HCS/HCS_E_SERVICE_NOT_AVAILABLE`,
    "WL_WSL_COMPUTE_DOWN",
    "the service 'vmcompute' of Windows does not run",
  ),
  situation(
    "the platform for virtual machines missing",
    "import",
    "virtualization",
    `${IMPORT}/WSL_E_VIRTUAL_MACHINE_PLATFORM_REQUIRED`,
    "WL_WSL_PLATFORM_MISSING",
    "the Windows feature 'Virtual Machine Platform' is switched off",
  ),
  situation(
    "Windows 10 without the component",
    "import",
    "component",
    `${IMPORT}/WSL_E_WSL_OPTIONAL_COMPONENT_REQUIRED`,
    "WL_WSL_COMPONENT_MISSING",
    "the Windows feature 'Windows Subsystem for Linux' is switched off",
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
    "there is a distro of that name already",
  ),
  situation(
    "a folder that is taken",
    "import",
    "exists",
    `${IMPORT}/ERROR_FILE_EXISTS`,
    "WL_DISTRO_FOLDER_IN_USE",
    "its folder belongs to another distro, or has a virtual disk already",
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
    "the archive holds no Linux distro",
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
