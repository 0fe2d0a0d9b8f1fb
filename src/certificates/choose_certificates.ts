import type { CertificateStore } from "../platform/certificate_store.ts";
import { type Certificate, certificateName, parseCertificate } from "./certificate.ts";
import { goRefusal } from "./go_refusal.ts";
import { formatPem, parsePem } from "./pem.ts";

/** A certificate of a store that cannot be used. */
export interface RefusedCertificate {
  /** What users know it as. */
  readonly name: string;
  readonly store: string;
  /** As a lower-case clause. */
  readonly reason: string;
}

/** What the machine trusts to vouch for servers. */
export interface ChosenCertificates {
  /** Each as PEM, none twice. Sorted: a policy that is refreshed adds the same ones in another order. */
  readonly certificates: readonly string[];
  /** How many of them come from which store, the first one that has it; those that give none have 0. */
  readonly stores: readonly { readonly name: string; readonly count: number }[];
  readonly refused: readonly RefusedCertificate[];
}

/** Whether the owner of `issuer` has signed `certificate`. */
export type IsSignedBy = (certificate: Certificate, issuer: Certificate) => boolean;

/** Four times of what a large store has. Agent, containers and every connection of ours read all of them. */
const MAXIMUM_CERTIFICATES = 2_000;
/** Shown to users, who fix one after the other. */
const MAXIMUM_REFUSED = 50;

/** A certificate and where it is. */
interface Found {
  readonly certificate: Certificate;
  readonly key: string;
  readonly store: string;
}

/**
 * Chooses from what the stores have: without duplicates, those that are disallowed or have expired, those that Go
 * refuses, and intermediate ones that no trusted certificate vouches for. Pure.
 *
 * @param now In milliseconds since 1970.
 */
export function chooseCertificates(
  stores: readonly CertificateStore[],
  now: number,
  isSignedBy: IsSignedBy,
): ChosenCertificates {
  const disallowed = new Set<string>();
  for (const { purpose, pem } of stores) {
    if (purpose !== "disallowed") continue;
    for (const { der } of parsePem(pem)) if (der !== undefined) disallowed.add(der.toBase64());
  }
  const refused: RefusedCertificate[] = [];
  const seen = new Set<string>(disallowed);
  const usable = (store: CertificateStore): Found[] => {
    const found: Found[] = [];
    for (const { der } of parsePem(store.pem)) {
      const key = der?.toBase64() ?? "";
      if (der !== undefined && seen.has(key)) continue;
      seen.add(key);
      const certificate = der === undefined ? undefined : parseCertificate(der);
      if (certificate?.notAfter !== undefined && certificate.notAfter < now) continue;
      const reason = certificate === undefined ? "it is damaged" : goRefusal(certificate);
      if (certificate !== undefined && reason === undefined) {
        found.push({ certificate, key, store: store.name });
      } else if (refused.length < MAXIMUM_REFUSED) {
        const name = certificate === undefined ? "a certificate" : certificateName(certificate);
        refused.push({ name, store: store.name, reason: reason! });
      }
    }
    return found;
  };
  const trusted = stores.filter(({ purpose }) => purpose === "trusted").flatMap(usable);
  const intermediate = stores.filter(({ purpose }) => purpose === "intermediate").flatMap(usable);
  const chosen = [...trusted, ...vouchedFor(intermediate, trusted, isSignedBy)].slice(
    0,
    MAXIMUM_CERTIFICATES,
  );
  return {
    certificates: chosen.map(({ certificate }) => formatPem(certificate.der)).sort(),
    stores: stores.filter(({ purpose }) => purpose !== "disallowed").map(({ name }) => ({
      name,
      count: chosen.filter(({ store }) => store === name).length,
    })),
    refused,
  };
}

/**
 * The intermediate certificates that a trusted one has signed, itself or through others of them. Go and OpenSSL take each
 * certificate that they are given for one to trust, so the others must not be handed to them.
 */
function vouchedFor(
  intermediate: readonly Found[],
  trusted: readonly Found[],
  isSignedBy: IsSignedBy,
): Found[] {
  const issuers = new Map<string, Certificate[]>();
  const addIssuer = ({ certificate }: Found) => {
    const name = certificate.subject.whole.toBase64();
    issuers.set(name, [...issuers.get(name) ?? [], certificate]);
  };
  trusted.forEach(addIssuer);
  const vouched: Found[] = [];
  let open = intermediate;
  for (let found = -1; found !== 0 && open.length > 0;) {
    const left: Found[] = [];
    const next: Found[] = [];
    for (const candidate of open) {
      const possible = issuers.get(candidate.certificate.issuer.whole.toBase64()) ?? [];
      const isVouched = possible.some((issuer) => isSignedBy(candidate.certificate, issuer));
      (isVouched ? next : left).push(candidate);
    }
    next.forEach(addIssuer);
    vouched.push(...next);
    [found, open] = [next.length, left];
  }
  return vouched;
}
