import type { UpdateStatus } from "../api/answers.ts";
import type { FoundOffer } from "./find_offer.ts";

/** Why this updater cannot install what was found, as it ends a sentence; nothing if it can. Pure. */
export function noInstallText(
  found: FoundOffer | undefined,
  { managedBy, offer }: Pick<UpdateStatus, "managedBy" | "offer">,
): string | undefined {
  if (found === undefined) return "the channel has not been asked";
  if ("noOffer" in found) return found.noOffer;
  const { decision, release } = found.offer;
  switch (decision.means) {
    case "install":
      return undefined;
    case "executable":
      return `Windlass ${release.version} needs a newer updater; download its executable and run that`;
    case "package-manager":
      return offer?.command === undefined
        ? `Windlass is installed by whoever manages this machine (${managedBy})`
        : `Windlass was installed by ${managedBy}; run '${offer.command}'`;
  }
}
