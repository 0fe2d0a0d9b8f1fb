import { WindlassError } from "../../errors/windlass_error.ts";
import type { UpdaterPorts } from "../ports.ts";
import { decideOffer, type OfferDecision } from "../decision/decide_offer.ts";
import { noOfferText } from "../decision/no_offer_text.ts";
import { rolloutBucket } from "../decision/rollout_bucket.ts";
import { updateOwner } from "../decision/ownership.ts";
import { parseRelease, type ReleaseDocument, releaseName } from "../release/release_document.ts";

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

/** The client that asks, and for what. */
export interface OfferRequest {
  /** Whether a person asks. */
  readonly manual: boolean;
  /** The version that is asked for, whatever speaks against it. */
  readonly requested?: string | undefined;
  /** Path of a bundle to look into, instead of the channel. */
  readonly from?: string | undefined;
}

/**
 * Asks the channel for its newest release, and decides whether it is for this installation.
 *
 * @throws {WindlassError} What kept it from being found out; see `UpdateChannel.latest()` and `parseRelease()`.
 */
export async function findOffer(
  ports: Pick<UpdaterPorts, "channel" | "versions" | "records" | "platform" | "owner" | "settings">,
  { manual, requested, from }: OfferRequest,
  signal: AbortSignal,
): Promise<FoundOffer> {
  const { versions: { running }, platform } = ports;
  const { values, modeLocked } = ports.settings();
  const channelName = values["update.channel"];
  using channel = await ports.channel.open(from);
  const bytes = await channel.latest(releaseName(channelName, platform), signal);
  const release = parseRelease(bytes);
  if (release.platform !== platform) {
    throw new WindlassError(
      "WL_UPDATE_RELEASE_INVALID",
      `Cannot use the release ${release.version}: it is for ${release.platform}, not for ${platform}`,
    );
  }
  const { bad, skipped, pinned, installId } = ports.records.state.state;
  const decision = decideOffer({
    release,
    running,
    state: { bad, skipped, pinned: pinned ?? undefined },
    settings: { mode: values["update.mode"], modeLocked, channel: channelName, pin: values["update.pin"] },
    bucket: rolloutBucket(installId, release.rollout.salt),
    managedBy: updateOwner(ports.owner, values["update.selfManaged"]),
    manual,
    requested,
  });
  if (decision.kind === "none") {
    const names = { running: running.version, version: release.version, channel: channelName };
    return { noOffer: noOfferText(decision.reason, names), withdrawn: release.withdrawn };
  }
  const downloadBytes = decision.means === "install" ? await ports.channel.bytesToDownload(release) : 0;
  const offer = { release, bytes, decision, downloadBytes, ...from === undefined ? {} : { from } };
  return { offer, withdrawn: release.withdrawn };
}
