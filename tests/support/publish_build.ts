import { makeDelta } from "../../scripts/release/make_delta.ts";
import { publishRelease, type PublishRequest } from "../../scripts/release/publish_release.ts";
import type { PlatformName, ReleaseDocument } from "../../src/update/release/release_document.ts";
import type { SignedChannel } from "./signed_channel.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";

/** An executable as a release, with what matters to a test. */
export interface BuildRelease extends Partial<Omit<PublishRequest, "folder" | "executables" | "version">> {
  readonly version: string;
  /** Paths by platform; the version that the programs print is not checked. */
  readonly executables: Partial<Readonly<Record<PlatformName, string>>>;
}

/**
 * Publishes executables in a test's channel as the release script does: with their components, deltas from the releases before,
 * and every check. Do not mix it with `publish` of the same channel, which counts the versions of the metadata by itself.
 */
export async function publishBuild(channel: SignedChannel, build: BuildRelease): Promise<ReleaseDocument[]> {
  await using work = await openTemporaryFolder("windlass-publish");
  return await publishRelease({
    channel: "stable",
    notes: `Windlass ${build.version}\n`,
    severity: "normal",
    rollout: 100,
    withdrawn: [],
    dockerd: "28.5.2",
    undo: true,
    codeSigning: { kind: "none" },
    commit: { targetsKeys: channel.keys.targets.slice(0, 1), onlineKeys: channel.keys.online.slice(0, 1) },
    makeDelta,
    workDirectory: work.path,
    progress: () => {},
    ...build,
    folder: channel.folder,
  });
}
