/** The bundle of the engine distro as text. Pure. */

/** Divides the certificates of the distro from those of the user's machine, in the one file that has both. */
const DIVIDER = "# The certificates below are those that the machine trusts on which Windlass runs.\n";
const BEGIN = "-----BEGIN CERTIFICATE-----";

/** What of a bundle is the distro's own. */
export function ownPart(bundle: string): string {
  const end = bundle.indexOf(DIVIDER);
  return end === -1 ? bundle : bundle.slice(0, end);
}

/** The distro's own certificates, and then those of the machine that are not among them. */
export function bundleText(own: string, pem: string): string {
  const known = new Set(blocksOf(own));
  const added = blocksOf(pem).filter((block) => !known.has(block));
  if (added.length === 0) return own;
  const end = own === "" || own.endsWith("\n") ? "" : "\n";
  return `${own}${end}${DIVIDER}${added.map((block) => `${BEGIN}${block}\n`).join("")}`;
}

/** Each certificate from behind its first line to the end of its last one. Debian breaks lines as we do. */
function blocksOf(pem: string): string[] {
  return pem.split(BEGIN).slice(1).map((block) => block.trimEnd());
}
