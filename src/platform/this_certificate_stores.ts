import type { CertificateStore } from "./certificate_store.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/**
 * The certificate stores of this machine and user. Certificates that the system itself limits to other uses than servers
 * are left out. Takes a few milliseconds.
 *
 * @throws {WindlassError} `WL_CERTIFICATES_UNREADABLE` if there is no store that can be read.
 */
export async function readCertificateStores(): Promise<readonly CertificateStore[]> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/certificate_files.ts")).readCertificateFiles();
    case "windows":
      return (await import("./windows/certificate_stores.ts")).readCertificateStoresOnWindows();
  }
}
