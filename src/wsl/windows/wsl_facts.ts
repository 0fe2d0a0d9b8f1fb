import {
  hasRegistryKey,
  readRegistryNumber,
  readRegistryText,
} from "../../platform/windows/registry/registry.ts";

/** A service of Windows, as the registry has it. */
export type ServiceState = "absent" | "disabled" | "present";

/** What the machine says about its WSL without a call of wsl.exe, which may hang, download, or ask questions. */
export interface WslFacts {
  /** Folder of the installed package, `null` where there is none. */
  readonly installLocation: string | null;
  /** Version of the package, such as `2.6.1.0`. */
  readonly version: string | null;
  /** Whether the package's wsl.exe is where it should be. */
  readonly hasProgram: boolean;
  /** Whether Windows brings along a wsl.exe, which can install the package and no more. */
  readonly hasInboxProgram: boolean;
  /** The service of the package. */
  readonly wslService: ServiceState;
  /** The service that runs virtual machines: it comes with the Virtual Machine Platform, or with Hyper-V. */
  readonly computeService: ServiceState;
  /** The policy's value: 0 forbids WSL. */
  readonly allowWsl: number | null;
}

const PACKAGE = { hive: "HKLM", path: "Software\\Microsoft\\Windows\\CurrentVersion\\Lxss\\MSI" } as const;
const POLICIES = { hive: "HKLM", path: "Software\\Policies\\WSL" } as const;
const SERVICES = "System\\CurrentControlSet\\Services";
/** SERVICE_DISABLED: such a service is not even started by those who need it. */
const START_DISABLED = 4;

/** Reads the facts from the registry; takes a few milliseconds. */
export function readWslFacts(): WslFacts {
  const installLocation = readRegistryText(PACKAGE, "InstallLocation");
  return {
    installLocation,
    version: readRegistryText(PACKAGE, "Version"),
    hasProgram: installLocation !== null && isFile(programIn(installLocation)),
    hasInboxProgram: isFile(`${Deno.env.get("SystemRoot") ?? "C:\\Windows"}\\System32\\wsl.exe`),
    wslService: serviceState("WSLService"),
    computeService: serviceState("vmcompute"),
    allowWsl: readRegistryNumber(POLICIES, "AllowWSL"),
  };
}

/** The program of a package that is installed in that folder. */
export function programIn(installLocation: string): string {
  return `${installLocation.replace(/(?<![\\/])[\\/]+$/, "")}\\wsl.exe`;
}

function serviceState(name: string): ServiceState {
  const key = { hive: "HKLM", path: `${SERVICES}\\${name}` } as const;
  if (!hasRegistryKey(key)) return "absent";
  return readRegistryNumber(key, "Start") === START_DISABLED ? "disabled" : "present";
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // or not for us to see, and then not for us to start
  }
}
