import { loadSecurityPackages } from "../../platform/this_security_package.ts";
import { createSignIns } from "../../proxy/sign_in/proxy_sign_in.ts";
import type { OpenSignIn } from "../../proxy/sign_in/sign_in.ts";

/** Signs in to proxies for this process: one, since it remembers which passwords were refused. */
export const openSignIn: OpenSignIn = createSignIns({ loadPackages: loadSecurityPackages });
