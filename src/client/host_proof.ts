/**
 * How client and host prove to each other that they know the token, without sending it: a program that has taken over
 * the port of a dead host must not learn it. The client sends a nonce, and a MAC over the nonce and its request; the
 * host responds with a MAC over the same nonce, in the same round trip. Programs without this, such as curl, send the
 * token.
 */

/** `Authorization: Windlass <nonce> <proof>`, both in hexadecimal digits. */
export const PROOF_SCHEME = "Windlass";
/** The response header with the host's proof. */
export const PROOF_HEADER = "windlass-proof";

const NONCE_BYTES = 32;
const AUTHORIZATION_REGEXP = /^Windlass ([0-9a-f]{64}) ([0-9a-f]{64})$/;

/** The part of a request that its proof covers, so that a proof cannot be used for another request. */
export interface ProvenRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

/** A random number that is used once, in hexadecimal digits. */
export function newNonce(): string {
  return hexadecimal(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
}

/** The client's proof. The word in front keeps it different from the host's. */
export function clientProof(
  token: string,
  nonce: string,
  { method, target }: ProvenRequest,
): Promise<string> {
  return mac(token, `client\n${nonce}\n${method}\n${target}`);
}

/** The host's proof. */
export function hostProof(token: string, nonce: string): Promise<string> {
  return mac(token, `host\n${nonce}`);
}

/** Nonce and proof of an `Authorization` header; `undefined` if it has another scheme. Pure. */
export function parseProof(
  authorization: string,
): { readonly nonce: string; readonly proof: string } | undefined {
  const [, nonce, proof] = AUTHORIZATION_REGEXP.exec(authorization) ?? [];
  return nonce === undefined || proof === undefined ? undefined : { nonce, proof };
}

async function mac(token: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(token), algorithm, false, ["sign"]);
  return hexadecimal(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}

/** Node 20 lacks `toHex()`. */
function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
