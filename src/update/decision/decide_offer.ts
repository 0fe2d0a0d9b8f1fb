import type { UpdateMode } from "../../api/resources/updates.ts";
import type { InstallationOwner } from "../../install/installation_owner.ts";
import { type ReleaseDocument, UPDATER_LEVEL } from "../release/release_document.ts";
import { compareVersions } from "../release/version_order.ts";
import { matchesPin } from "./version_pin.ts";

/** Everything that decides whether a release is for this installation. */
export interface OfferFacts {
  /** What the channel, or a bundle, has. */
  readonly release: Pick<
    ReleaseDocument,
    "channel" | "version" | "minimumUpdater" | "rollout" | "withdrawn" | "undo"
  >;
  readonly running: { readonly version: string };
  readonly state: {
    /** Versions whose trial has failed here. */
    readonly bad: readonly { readonly version: string }[];
    /** Versions that the user does not want, or has left by a rollback. */
    readonly skipped: readonly string[];
    /** A version or its first numbers, such as `1.2`; nothing without a pin. */
    readonly pinned?: string | undefined;
  };
  readonly settings: {
    readonly mode: UpdateMode;
    /** Whether a policy has set the mode, so that the user cannot do without it either. */
    readonly modeLocked: boolean;
    readonly channel: string;
    /** What versions have to begin with, for every request; empty for no such rule. */
    readonly pin: string;
  };
  /** From `rolloutBucket()`, with the release's salt. */
  readonly bucket: number;
  /** From `updateOwner()`. */
  readonly managedBy: InstallationOwner;
  /** Whether a person has asked. It counts for mode and roll-out. */
  readonly manual: boolean;
  /**
   * The version that a person has named. That one is offered whatever speaks against it on this machine: lower,
   * pinned to another, skipped, bad, or not yet offered. The settings hold all the same.
   */
  readonly requested?: string | undefined;
}

/** Why a release is not offered. */
export type NoOfferReason =
  | "off"
  | "off-by-policy"
  | "other-channel"
  | "other-version"
  | "up-to-date"
  | "older"
  | "pinned"
  | "pinned-by-setting"
  | "bad"
  | "skipped"
  | "not-yet";

/** Why one is. */
export type OfferReason = "newer" | "withdrawn" | "requested";

/**
 * How an installation gets there: by its own updater; by the program that installed it; by downloading the new executable
 * and running it, if this updater is too old.
 */
export type OfferMeans = "install" | "package-manager" | "executable";

/** What to do about a release. */
export type OfferDecision =
  | { readonly kind: "none"; readonly reason: NoOfferReason }
  | {
    readonly kind: "offer";
    readonly reason: OfferReason;
    readonly means: OfferMeans;
    /** How far the host goes without being asked: it only tells, it downloads, or it installs when idle. */
    readonly unasked: "tell" | "download" | "install";
  };

/** Decides whether a release is offered to this installation. Pure; the first rule that fits decides. */
export function decideOffer(facts: OfferFacts): OfferDecision {
  const { release, running, settings, manual, requested } = facts;
  if (settings.mode === "off" && settings.modeLocked) return none("off-by-policy");
  if (settings.mode === "off" && !manual) return none("off");
  if (release.channel !== settings.channel) return none("other-channel");
  const order = compareVersions(release.version, running.version);
  if (order === 0) return none("up-to-date");
  if (settings.pin !== "" && !matchesPin(release.version, settings.pin)) return none("pinned-by-setting");
  if (requested !== undefined) {
    return requested === release.version ? offer(facts, "requested") : none("other-version");
  }
  const withdrawn = release.withdrawn.some((version) => compareVersions(version, running.version) === 0);
  if (order < 0 && !withdrawn) return none("older");
  return objection(facts) ?? offer(facts, order < 0 || withdrawn ? "withdrawn" : "newer");
}

/** What the user, an earlier trial or the publisher has against it. */
function objection({ release, state, bucket, manual }: OfferFacts): OfferDecision | undefined {
  if (state.pinned !== undefined && !matchesPin(release.version, state.pinned)) return none("pinned");
  if (state.bad.some(({ version }) => version === release.version)) return none("bad");
  if (state.skipped.includes(release.version)) return none("skipped");
  if (!manual && bucket >= release.rollout.percent) return none("not-yet");
  return undefined;
}

function offer(facts: OfferFacts, reason: OfferReason): OfferDecision {
  const means = meansOf(facts);
  return { kind: "offer", reason, means, unasked: means === "install" ? unasked(facts) : "tell" };
}

function meansOf({ release, managedBy }: OfferFacts): OfferMeans {
  if (managedBy !== "direct") return "package-manager";
  return release.minimumUpdater > UPDATER_LEVEL ? "executable" : "install";
}

function unasked({ settings, release }: OfferFacts): "tell" | "download" | "install" {
  switch (settings.mode) {
    case "off":
    case "notify":
      return "tell";
    case "download":
      return "download";
    case "auto":
      return release.undo ? "install" : "download"; // what cannot be undone is never done unasked
  }
}

function none(reason: NoOfferReason): OfferDecision {
  return { kind: "none", reason };
}
