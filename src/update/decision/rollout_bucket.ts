import { sha256 } from "../../hashing/sha256.ts";

/** Roll-outs are given in percent. */
const BUCKETS = 100;

/**
 * Where an installation falls in the roll-out of a release: a number from 0 to 99, always the same for the two, and
 * another for another salt, so that it is not always the same machines that are first. A release is for those whose
 * number is below its percentage. Nothing is sent for it. Pure.
 *
 * @param installId Random, made once for an installation, and never sent.
 */
export function rolloutBucket(installId: string, salt: string): number {
  return Number.parseInt(sha256(`${salt}\n${installId}`).slice(0, 8), 16) % BUCKETS;
}
