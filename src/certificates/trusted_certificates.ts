import { MachineTrust, type TrustReport } from "./machine_trust.ts";

const trust = new MachineTrust();

/**
 * The certificates that this machine trusts to vouch for servers, each as PEM, for `Deno.connectTls({ caCerts })` and
 * `Deno.createHttpClient({ caCerts })`, which add them to those of the runtime. Current within seconds of a change, and
 * cheap enough to be called for each connection. Never rejects: while the machine does not answer, the last answer holds.
 *
 * @example
 * ```ts
 * const caCerts = [...await trustedCertificates()];
 * const connection = await Deno.connectTls({ hostname: "registry.example.com", port: 443, caCerts });
 * ```
 */
export async function trustedCertificates(): Promise<readonly string[]> {
  return (await trust.current()).certificates;
}

/** The same with where they come from and what was left out. The same object while nothing has changed. */
export function trustReport(): Promise<TrustReport> {
  return trust.current();
}
