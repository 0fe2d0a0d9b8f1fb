import assert from "node:assert/strict";
import type { NoOfferReason } from "./decide_offer.ts";
import { noOfferText } from "./no_offer_text.ts";

const EXPECTED: Readonly<Record<NoOfferReason, string>> = {
  "off": "Updates are off: the setting update.mode says so",
  "off-by-policy": "Updates are off: a policy of this machine says so",
  "other-channel": "Windlass 1.2.0 is not of the channel stable",
  "other-version": "The channel stable has Windlass 1.2.0 and no other version",
  "up-to-date": "Windlass 1.1.0 is the newest version of the channel stable",
  "older":
    "Windlass 1.1.0 is newer than 1.2.0, which the channel stable has; 'windlass update install 1.2.0' goes back to it",
  "pinned":
    "Windlass 1.2.0 is there, and the pin does not let it through; 'windlass update unpin' takes the pin away",
  "pinned-by-setting": "Windlass 1.2.0 is there, and the setting update.pin does not let it through",
  "bad":
    "Windlass 1.2.0 is there, and has failed on this machine; 'windlass update install 1.2.0' tries it again",
  "skipped":
    "Windlass 1.2.0 is there, and is skipped; 'windlass update install 1.2.0' installs it all the same",
  "not-yet":
    "Windlass 1.2.0 is there, and not yet offered to this machine; 'windlass update check' offers it",
};

for (const [reason, expected] of Object.entries(EXPECTED)) {
  Deno.test(`noOfferText() says ${reason}, and the way around it`, () => {
    const names = { running: "1.1.0", version: "1.2.0", channel: "stable" };
    assert.equal(noOfferText(reason as NoOfferReason, names), expected);
  });
}
