/** What the registry says where WSL is installed, as the text of a .reg file. */
export interface InstalledWsl {
  /** The package's folder as a Windows path; wsl.exe lies in it. */
  readonly installLocation: string;
  /** @default {"2.6.1.0"} */
  readonly version?: string;
  /** Start type of the two services, 4 is disabled; `null` leaves the key out. @default {2} and {3} */
  readonly wslService?: number | null;
  readonly computeService?: number | null;
}

const SERVICES = "HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Services";

/** Keys that the package and the Virtual Machine Platform leave in HKLM: without them no call of wsl.exe is made. */
export function installedWslKeys(
  { installLocation, version = "2.6.1.0", wslService = 2, computeService = 3 }: InstalledWsl,
): string {
  return [
    `[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Lxss\\MSI]`,
    `"InstallLocation"="${installLocation.replaceAll("\\", "\\\\")}"`,
    `"Version"="${version}"`,
    "",
    ...serviceKey("WSLService", wslService),
    ...serviceKey("vmcompute", computeService),
  ].join("\r\n");
}

function serviceKey(name: string, start: number | null): string[] {
  const path = `${SERVICES}\\${name}`;
  if (start === null) return [`[-${path}]`, ""];
  return [`[${path}]`, `"Start"=dword:0000000${start}`, ""];
}
