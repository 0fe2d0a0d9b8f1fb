import { join } from "node:path";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { sha256 } from "../../src/payload/executable_codec.ts";
import {
  type ChannelName,
  parseRelease,
  type PlatformName,
  PLATFORMS,
  type ReleaseDocument,
  releaseName,
} from "../../src/update/release/release_document.ts";
import { openChannelFolder } from "../release/channel_folder.ts";
import { DOWNLOAD_NAMES } from "./project.ts";

/** One release for both systems. */
export interface ReleasePair {
  readonly version: string;
  /** ISO 8601. */
  readonly published: string;
  readonly notes: string;
  readonly notesUrl: string | undefined;
  /** sha256 of the whole executables. */
  readonly executables: Readonly<Record<PlatformName, string>>;
}

/**
 * Joins the documents of one release for the two systems. Pure.
 *
 * @throws {WindlassError} `WL_BUILD_FAILED` if they are not of one release.
 */
export function pairReleases(documents: readonly ReleaseDocument[]): ReleasePair {
  const [windows, linux] = (["windows-x64", "linux-x64"] as const).map((platform) => {
    const found = documents.filter((document) => document.platform === platform);
    if (found[0] !== undefined && found.length === 1) return found[0];
    throw failure(`there are ${found.length} releases for ${platform}`);
  }) as [ReleaseDocument, ReleaseDocument];
  if (windows.version !== linux.version || windows.channel !== linux.channel) {
    throw failure(
      `they are of ${windows.channel} ${windows.version} and ${linux.channel} ${linux.version}`,
    );
  }
  return {
    version: windows.version,
    published: windows.published,
    notes: windows.notes,
    notesUrl: windows.notesUrl,
    executables: { "windows-x64": windows.executable.sha256, "linux-x64": linux.executable.sha256 },
  };
}

/** Reads the newest release of a channel folder, whose signatures and hashes are checked. */
export async function readChannelRelease(path: string, channel: ChannelName): Promise<ReleasePair> {
  using folder = await openChannelFolder(path);
  const root = (await folder.readRoots()).at(-1);
  const { targets } = root === undefined ? {} : await folder.readState(root);
  const documents: ReleaseDocument[] = [];
  for (const platform of PLATFORMS) {
    const name = `${releaseName(channel, platform)}.json`;
    const hash = targets?.metadata.signed.targets[name]?.hashes["sha256"];
    if (hash === undefined) continue;
    const bytes = await folder.read(join("targets", `${hash}.${name}`));
    if (sha256(bytes) !== hash) throw failure(`'${name}' is not what its hash says`);
    documents.push(parseRelease(bytes));
  }
  return pairReleases(documents);
}

/** Where an executable of that version is downloaded: the layout of a page of releases. Pure. */
export function downloadUrl(downloads: string, version: string, platform: PlatformName): string {
  return `${downloads}/download/v${version}/${DOWNLOAD_NAMES[platform]}`;
}

/** The address of a folder without a slash at its end. @throws {WindlassError} `WL_USAGE` if it is not a usable address. */
export function downloadsBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Scripts contain it between single quotes.
  if (
    url === undefined || !/^https?:$/.test(url.protocol) || /['\s$`"\\]/.test(text) || url.search || url.hash
  ) {
    throw new WindlassError(
      "WL_USAGE",
      `Cannot use '${text}' for downloads: it is not the address of a folder`,
      {
        remedy: "Give --downloads an address such as https://downloads.example/releases",
      },
    );
  }
  return text.replace(/\/+$/, "");
}

function failure(state: string): WindlassError {
  return new WindlassError("WL_BUILD_FAILED", `Cannot make manifests of these releases: ${state}`, {
    remedy: "Name the two release documents of one release, one for each system.",
  });
}
