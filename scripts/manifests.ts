/**
 * Writes what package managers need to know of a release: `deno task manifests --downloads URL --channel FOLDER` or
 * `--release FILE` twice. Upload what is in `download/` beside the executables; the rest goes to the package managers.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { isWindlassError, WindlassError } from "../src/errors/windlass_error.ts";
import { CHANNELS, parseRelease } from "../src/update/release/release_document.ts";
import { installScript } from "./manifests/install_script.ts";
import { CHECKSUMS_NAME, DOWNLOAD_NAMES, LATEST_NAME } from "./manifests/project.ts";
import {
  downloadsBase,
  pairReleases,
  readChannelRelease,
  type ReleasePair,
} from "./manifests/release_pair.ts";
import { scoopManifest } from "./manifests/scoop_manifest.ts";
import { wingetManifests } from "./manifests/winget_manifests.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const USAGE = "Usage: deno task manifests --downloads URL [--output FOLDER] " +
  "(--channel FOLDER [--name stable] | --release FILE --release FILE)";

/** All files of a release, by their path in the output folder. Pure. */
export function manifestFiles(release: ReleasePair, downloads: string): ReadonlyMap<string, string> {
  const sums = Object.entries(DOWNLOAD_NAMES).map(([platform, name]) =>
    `${release.executables[platform as keyof typeof DOWNLOAD_NAMES]}  ${name}\n`
  );
  const files = new Map([
    ["scoop/windlass.json", json(scoopManifest(release, downloads))],
    ["download/install.sh", installScript(release, downloads)],
    [`download/${CHECKSUMS_NAME}`, sums.join("")],
    [`download/${LATEST_NAME}`, json({ version: release.version })],
  ]);
  for (const [name, text] of wingetManifests(release, downloads)) files.set(`winget/${name}`, text);
  return files;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}

async function readRelease(channel: string | undefined, name: string, files: readonly string[]) {
  if ((channel === undefined) === (files.length === 0)) {
    throw usage("name a channel folder or release documents");
  }
  if (channel === undefined) {
    return pairReleases(
      await Promise.all(files.map(async (file) => parseRelease(await Deno.readFile(file)))),
    );
  }
  const known = CHANNELS.find((candidate) => candidate === name);
  if (known === undefined) throw usage(`'${name}' is not one of ${CHANNELS.join(", ")}`);
  return await readChannelRelease(channel, known);
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      downloads: { type: "string" },
      output: { type: "string", default: join(ROOT, "dist/manifests") },
      channel: { type: "string" },
      name: { type: "string", default: "stable" },
      release: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.downloads === undefined) throw usage("--downloads is missing");
  const downloads = downloadsBase(values.downloads);
  const release = await readRelease(values.channel, values.name, values.release);
  for (const [name, text] of manifestFiles(release, downloads)) {
    const path = join(values.output, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
    console.log(path);
  }
}

function usage(state: string): WindlassError {
  return new WindlassError("WL_USAGE", `Cannot make manifests: ${state}`, { remedy: USAGE });
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    if (!isWindlassError(error)) throw error;
    console.error(`${error.message}\n  ${error.code}: ${error.remedy}`);
    Deno.exit(1);
  }
}
