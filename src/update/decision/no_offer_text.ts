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
      return "Updates are turned off by the setting update.mode";
    case "off-by-policy":
      return "Updates are turned off by a policy of this machine";
    case "other-channel":
      return `Windlass ${version} is not in the channel ${channel}`;
    case "other-version":
      return `The channel ${channel} offers only Windlass ${version}`;
    case "up-to-date":
      return `Windlass ${running} is the latest version in the channel ${channel}`;
    case "older":
      return `Windlass ${running} is newer than ${version}, the version in the channel ${channel}; run 'windlass update install ${version}' to downgrade`;
    case "pinned":
      return `Windlass ${version} is available but blocked by the pin; run 'windlass update unpin' to remove it`;
    case "pinned-by-setting":
      return `Windlass ${version} is available but blocked by the setting update.pin`;
    case "bad":
      return `Windlass ${version} is available but failed on this machine; run 'windlass update install ${version}' to try it again`;
    case "skipped":
      return `Windlass ${version} is available but skipped; run 'windlass update install ${version}' to install it anyway`;
    case "not-yet":
      return `Windlass ${version} is available, but its staged rollout has not reached this machine; run 'windlass update check' to get it now`;
  }
}
