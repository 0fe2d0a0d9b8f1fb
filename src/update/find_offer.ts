import { WindlassError } from "../errors/windlass_error.ts";
import type { InstallationOwner } from "../install/installation_owner.ts";
import type { Settings } from "../settings/settings_schema.ts";
import type { UpdateChannel } from "./channel/update_channel.ts";
import { decideOffer, type OfferDecision } from "./decision/decide_offer.ts";
import { noOfferText } from "./decision/no_offer_text.ts";
import { rolloutBucket } from "./decision/rollout_bucket.ts";
import { updateOwner } from "./decision/update_ownership.ts";
import {
  parseRelease,
  type PlatformName,
  type ReleaseDocument,
  releaseName,
} from "./release/release_document.ts";
import type { UpdateState } from "./update_state.ts";

/** The settings that updates follow, as they are now. */
export interface UpdateSettings {
  readonly values: Settings;
  /** Whether a policy has set `update.mode`. */
  readonly modeLocked: boolean;
}

/** A release that may be installed here. */
export interface Offer {
  readonly release: ReleaseDocument;
  /** Its verified document. */
  readonly bytes: Uint8Array;
  readonly decision: Extract<OfferDecision, { kind: "offer" }>;
  /** The bundle that it is in, instead of the channel. */
  readonly from?: string;
  /** Bytes that still have to be downloaded. */
  readonly downloadBytes: number;
}

/** What a look at a channel has shown. */
export type FoundOffer =
  & ({ readonly offer: Offer } | { readonly noOffer: string })
  /** Versions that must not be used any more. */
  & { readonly withdrawn: readonly string[] };

/** Who asks, and for what. */
export interface OfferRequest {
  /** Whether a person asks. */
  readonly manual: boolean;
  /** The version that is asked for, whatever speaks against it. */
  readonly requested?: string | undefined;
  /** Path of a bundle to look into, instead of the channel. */
  readonly from?: string | undefined;
}

/** What {@linkcode findOffer} works with. */
export interface FindOfferParts {
  readonly running: { readonly version: string };
  readonly platform: PlatformName;
  readonly settings: () => UpdateSettings;
  readonly state: () => UpdateState;
  /** Who has installed the executable. */
  readonly owner: InstallationOwner;
  /** @throws {WindlassError} `WL_UPDATE_NO_CHANNEL` if this build has none. */
  openChannel(from: string | undefined): Promise<UpdateChannel>;
  /** Bytes that a release needs beside what is at hand. */
  bytesToDownload(release: ReleaseDocument): Promise<number>;
}

/**
 * Asks the channel for its newest release, and decides whether it is for this installation.
 *
 * @throws {WindlassError} What kept it from being found out; see `UpdateChannel.latest()` and `parseRelease()`.
 */
export async function findOffer(
  parts: FindOfferParts,
  { manual, requested, from }: OfferRequest,
  signal: AbortSignal,
): Promise<FoundOffer> {
  const { values, modeLocked } = parts.settings();
  const channelName = values["update.channel"];
  using channel = await parts.openChannel(from);
  const bytes = await channel.latest(releaseName(channelName, parts.platform), signal);
  const release = parseRelease(bytes);
  if (release.platform !== parts.platform) {
    throw new WindlassError(
      "WL_UPDATE_RELEASE_INVALID",
      `Cannot use the release ${release.version}: it is for ${release.platform}, not for ${parts.platform}`,
    );
  }
  const { bad, skipped, pinned, installId } = parts.state();
  const decision = decideOffer({
    release,
    running: parts.running,
    state: { bad, skipped, pinned: pinned ?? undefined },
    settings: { mode: values["update.mode"], modeLocked, channel: channelName, pin: values["update.pin"] },
    bucket: rolloutBucket(installId, release.rollout.salt),
    managedBy: updateOwner(parts.owner, values["update.selfManaged"]),
    manual,
    requested,
  });
  if (decision.kind === "none") {
    const names = { running: parts.running.version, version: release.version, channel: channelName };
    return { noOffer: noOfferText(decision.reason, names), withdrawn: release.withdrawn };
  }
  const downloadBytes = decision.means === "install" ? await parts.bytesToDownload(release) : 0;
  const offer = { release, bytes, decision, downloadBytes, ...from === undefined ? {} : { from } };
  return { offer, withdrawn: release.withdrawn };
}
