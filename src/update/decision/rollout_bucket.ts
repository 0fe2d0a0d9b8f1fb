import { createHash } from "node:crypto";

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
  return createHash("sha256").update(`${salt}\n${installId}`).digest().readUInt32BE(0) % BUCKETS;
}
