import type { NoOfferReason } from "./decide_offer.ts";

/** Why there is nothing to install, as a sentence for people. Pure. */
export function noOfferText(
  reason: NoOfferReason,
  { running, version, channel }: {
    readonly running: string;
    /** Of the release that is not offered. */
    readonly version: string;
    /** Setting `update.channel`. */
    readonly channel: string;
  },
): string {
  switch (reason) {
    case "off":
      return "Updates are off: the setting update.mode says so";
    case "off-by-policy":
      return "Updates are off: a policy of this machine says so";
    case "other-channel":
      return `Windlass ${version} is not of the channel ${channel}`;
    case "other-version":
      return `The channel ${channel} has Windlass ${version} and no other version`;
    case "up-to-date":
      return `Windlass ${running} is the newest version of the channel ${channel}`;
    case "older":
      return `Windlass ${running} is newer than ${version}, which the channel ${channel} has; 'windlass update install ${version}' goes back to it`;
    case "pinned":
      return `Windlass ${version} is there, and the pin does not let it through; 'windlass update unpin' takes the pin away`;
    case "pinned-by-setting":
      return `Windlass ${version} is there, and the setting update.pin does not let it through`;
    case "bad":
      return `Windlass ${version} is there, and has failed on this machine; 'windlass update install ${version}' tries it again`;
    case "skipped":
      return `Windlass ${version} is there, and is skipped; 'windlass update install ${version}' installs it all the same`;
    case "not-yet":
      return `Windlass ${version} is there, and not yet offered to this machine; 'windlass update check' offers it`;
  }
}
