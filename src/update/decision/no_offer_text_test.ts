import assert from "node:assert/strict";
import type { NoOfferReason } from "./decide_offer.ts";
import { noOfferText } from "./no_offer_text.ts";

const EXPECTED: Readonly<Record<NoOfferReason, string>> = {
  "off": "Updates are turned off by the setting update.mode",
  "off-by-policy": "Updates are turned off by a policy of this machine",
  "other-channel": "Windlass 1.2.0 is not in the channel stable",
  "other-version": "The channel stable offers only Windlass 1.2.0",
  "up-to-date": "Windlass 1.1.0 is the latest version in the channel stable",
  "older":
    "Windlass 1.1.0 is newer than 1.2.0, the version in the channel stable; run 'windlass update install 1.2.0' to downgrade",
  "pinned": "Windlass 1.2.0 is available but blocked by the pin; run 'windlass update unpin' to remove it",
  "pinned-by-setting": "Windlass 1.2.0 is available but blocked by the setting update.pin",
  "bad":
    "Windlass 1.2.0 is available but failed on this machine; run 'windlass update install 1.2.0' to try it again",
  "skipped":
    "Windlass 1.2.0 is available but skipped; run 'windlass update install 1.2.0' to install it anyway",
  "not-yet":
    "Windlass 1.2.0 is available, but its staged rollout has not reached this machine; run 'windlass update check' to get it now",
};

for (const [reason, expected] of Object.entries(EXPECTED)) {
  Deno.test(`noOfferText() says ${reason}, and the way around it`, () => {
    const names = { running: "1.1.0", version: "1.2.0", channel: "stable" };
    assert.equal(noOfferText(reason as NoOfferReason, names), expected);
  });
}
