import assert from "node:assert/strict";
import { decideOffer, type OfferDecision, type OfferFacts } from "./decide_offer.ts";

/** Changes of {@linkcode factsOf}. */
interface Changes {
  readonly release?: Partial<OfferFacts["release"]>;
  readonly running?: string;
  readonly state?: Partial<OfferFacts["state"]>;
  readonly settings?: Partial<OfferFacts["settings"]>;
  readonly bucket?: number;
  readonly managedBy?: OfferFacts["managedBy"];
  readonly manual?: boolean;
  readonly requested?: string;
}

/** An installation of 1.1.0 that has asked by itself, and a release 1.2.0 that is for everybody. */
function factsOf({ release, running = "1.1.0", state, settings, ...changes }: Changes): OfferFacts {
  return {
    release: {
      channel: "stable",
      version: "1.2.0",
      minimumUpdater: 1,
      withdrawn: [],
      undo: true,
      rollout: { percent: 100, salt: "s" },
      ...release,
    },
    running: { version: running },
    state: { bad: [], skipped: [], ...state },
    settings: { mode: "download", modeLocked: false, channel: "stable", pin: "", ...settings },
    bucket: 99,
    managedBy: "direct",
    manual: false,
    ...changes,
  };
}

const none = (reason: string) => `none: ${reason}`;
const offer = (reason: string, means = "install", unasked = "download") => `${reason} ${means} ${unasked}`;

function told(decision: OfferDecision): string {
  if (decision.kind === "none") return none(decision.reason);
  return offer(decision.reason, decision.means, decision.unasked);
}

const LEAVE = { version: "1.0.9", withdrawn: ["1.1.0"] };

const CASES: readonly (readonly [string, Changes, string])[] = [
  ["a newer version", {}, offer("newer")],
  ["the same version", { running: "1.2.0" }, none("up-to-date")],
  ["the same version, asked for", { running: "1.2.0", requested: "1.2.0" }, none("up-to-date")],
  ["a lower version", { running: "1.3.0" }, none("older")],
  ["a lower version, manual", { running: "1.3.0", manual: true }, none("older")],
  ["a lower version, asked for", { running: "1.3.0", manual: true, requested: "1.2.0" }, offer("requested")],
  ["a final version after its beta", { running: "1.2.0-beta.3" }, offer("newer")],
  ["a version that the channel does not have", { manual: true, requested: "1.1.9" }, none("other-version")],

  ["mode off", { settings: { mode: "off" } }, none("off")],
  ["mode off, manual", { settings: { mode: "off" }, manual: true }, offer("newer", "install", "tell")],
  [
    "mode off by policy, manual",
    { settings: { mode: "off", modeLocked: true }, manual: true },
    none("off-by-policy"),
  ],
  [
    "mode off by policy, asked for",
    { settings: { mode: "off", modeLocked: true }, manual: true, requested: "1.2.0" },
    none("off-by-policy"),
  ],
  ["mode notify", { settings: { mode: "notify" } }, offer("newer", "install", "tell")],
  ["mode auto", { settings: { mode: "auto" } }, offer("newer", "install", "install")],
  [
    "mode auto, a release that cannot be undone",
    { settings: { mode: "auto" }, release: { undo: false } },
    offer("newer", "install", "download"),
  ],
  [
    "a mode locked to download",
    { settings: { mode: "download", modeLocked: true } },
    offer("newer"),
  ],

  ["the channel has been changed", { settings: { channel: "beta" } }, none("other-channel")],
  [
    "the channel has been changed, asked for",
    { settings: { channel: "beta" }, manual: true, requested: "1.2.0" },
    none("other-channel"),
  ],
  ["pinned to the version", { state: { pinned: "1.2.0" } }, offer("newer")],
  ["pinned to its first numbers", { state: { pinned: "1.2" } }, offer("newer")],
  ["pinned to another version", { state: { pinned: "1.1.0" }, manual: true }, none("pinned")],
  ["pinned to other numbers", { state: { pinned: "1.1" } }, none("pinned")],
  [
    "pinned, and another asked for",
    { state: { pinned: "1.1" }, manual: true, requested: "1.2.0" },
    offer("requested"),
  ],
  ["the setting pinned to its first numbers", { settings: { pin: "1" } }, offer("newer")],
  ["the setting pinned to others", { settings: { pin: "1.1" }, manual: true }, none("pinned-by-setting")],
  [
    "the setting pinned to others, and another asked for",
    { settings: { pin: "1.1" }, manual: true, requested: "1.2.0" },
    none("pinned-by-setting"),
  ],
  ["skipped", { state: { skipped: ["1.1.5", "1.2.0"] }, manual: true }, none("skipped")],
  ["another is skipped", { state: { skipped: ["1.1.5"] } }, offer("newer")],
  [
    "skipped, and asked for",
    { state: { skipped: ["1.2.0"] }, manual: true, requested: "1.2.0" },
    offer("requested"),
  ],
  ["marked bad", { state: { bad: [{ version: "1.2.0" }] }, manual: true }, none("bad")],
  ["another is marked bad", { state: { bad: [{ version: "1.1.5" }] } }, offer("newer")],
  [
    "marked bad, and asked for",
    { state: { bad: [{ version: "1.2.0" }] }, manual: true, requested: "1.2.0" },
    offer("requested"),
  ],

  ["within the roll-out", { release: { rollout: { percent: 10, salt: "s" } }, bucket: 9 }, offer("newer")],
  ["outside of it", { release: { rollout: { percent: 10, salt: "s" } }, bucket: 10 }, none("not-yet")],
  ["a roll-out to nobody", { release: { rollout: { percent: 0, salt: "s" } }, bucket: 0 }, none("not-yet")],
  [
    "outside of it, manual",
    { release: { rollout: { percent: 10, salt: "s" } }, bucket: 10, manual: true },
    offer("newer"),
  ],

  ["the running version is withdrawn", { release: LEAVE }, offer("withdrawn")],
  ["it is, and the other is newer", { release: { withdrawn: ["1.1.0"] } }, offer("withdrawn")],
  [
    "it is, and the mode is notify",
    { release: LEAVE, settings: { mode: "notify" } },
    offer(
      "withdrawn",
      "install",
      "tell",
    ),
  ],
  [
    "it is, and the other is marked bad",
    { release: LEAVE, state: { bad: [{ version: "1.0.9" }] } },
    none("bad"),
  ],
  ["it is, and the pin holds", { release: LEAVE, state: { pinned: "1.1" } }, none("pinned")],
  ["another version is withdrawn", { release: { ...LEAVE, withdrawn: ["1.1.1"] } }, none("older")],

  ["this updater is too old", { release: { minimumUpdater: 2 } }, offer("newer", "executable", "tell")],
  ["winget has installed it", { managedBy: "winget" }, offer("newer", "package-manager", "tell")],
  [
    "scoop has, and the mode is auto",
    { managedBy: "scoop", settings: { mode: "auto" } },
    offer("newer", "package-manager", "tell"),
  ],
  [
    "winget has, and this updater is too old",
    { managedBy: "winget", release: { minimumUpdater: 2 } },
    offer("newer", "package-manager", "tell"),
  ],
];

for (const [name, changes, expected] of CASES) {
  Deno.test(`decideOffer() with ${name}: ${expected}`, () => {
    assert.equal(told(decideOffer(factsOf(changes))), expected);
  });
}
