import { dirname } from "node:path";
import { compileStub } from "./compile_stub.ts";
import { LXSS_KEY } from "./lxss_mirror.ts";
import type { Wine } from "../../support/wine.ts";

/** The folder and version that the registry names. */
export const WSL_FOLDER = "C:\\Program Files\\WSL\\";
export const WSL_VERSION = "2.6.1.0";
/** What Windows itself brings: without the package, a program that only prints its usage. */
export const INBOX_WSL = "C:\\windows\\system32\\wsl.exe";

/** What of WSL is on the machine. */
export type InstalledWsl = "package" | "inbox" | "none";

const MSI_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Lxss\\MSI";
const SERVICES_KEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services";

/** Puts the stub into a prefix, with the registry values by which programs find WSL. */
export async function installWsl(wine: Wine, port: number, installed: InstalledWsl): Promise<void> {
  if (installed === "none") return;
  const stub = await compileStub();
  const programs = [INBOX_WSL, ...(installed === "package" ? [`${WSL_FOLDER}wsl.exe`] : [])];
  for (const program of programs) {
    const path = wine.toLinux(program);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.copyFile(stub, path);
    await Deno.writeTextFile(`${path}.port`, `${port}`);
  }
  if (installed === "package") await wine.importRegistry(packageKeys());
}

/** The text of a .reg file with what the package and its Windows features register. */
export function packageKeys(): string {
  const services = ["vmcompute", "WSLService", "LxssManager"].map((name) =>
    `[${SERVICES_KEY}\\${name}]\n"Start"=dword:00000003\n`
  );
  return [
    `[${MSI_KEY}]\n"InstallLocation"="${WSL_FOLDER.replaceAll("\\", "\\\\")}"\n"Version"="${WSL_VERSION}"\n` +
    '"ProductCode"="{4f7cbd0c-6b4a-4a3b-9d6f-2f0d3a4c1e55}"\n',
    ...services,
    `[${LXSS_KEY}]\n"DefaultVersion"=dword:00000002\n`,
  ].join("\n");
}
