import type { UpdateStatus } from "../../api/resources/updates.ts";
import type { FoundOffer } from "./find_offer.ts";

/** Why this updater cannot install what was found, as a lower-case clause; nothing if it can. Pure. */
export function noInstallText(
  found: FoundOffer | undefined,
  { managedBy, offer }: Pick<UpdateStatus, "managedBy" | "offer">,
): string | undefined {
  if (found === undefined) return "the channel has not been checked yet";
  if ("noOffer" in found) return found.noOffer;
  const { decision, release } = found.offer;
  switch (decision.means) {
    case "install":
      return undefined;
    case "executable":
      return `Windlass ${release.version} requires a newer updater; download and run its executable`;
    case "package-manager":
      return offer?.command === undefined
        ? `Windlass is managed by an administrator (${managedBy})`
        : `Windlass was installed by ${managedBy}; run '${offer.command}'`;
  }
}
