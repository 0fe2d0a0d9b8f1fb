import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { OpenSecurityContext } from "./security_package.ts";

/** Signs in as the user of this system; `undefined` where the system cannot. */
export async function loadSecurityPackages(): Promise<OpenSecurityContext | undefined> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return undefined;
    case "windows":
      return (await import("./windows/security_context.ts")).openSecurityContext;
  }
}
