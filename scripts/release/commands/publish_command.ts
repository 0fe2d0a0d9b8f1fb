import { join } from "node:path";
import { WindlassError } from "../../../src/errors/windlass_error.ts";
import type { PlatformName } from "../../../src/update/release/release_document.ts";
import { VERSION } from "../../../src/version.ts";
import type { CodeSigning } from "../code_signing.ts";
import { makeDelta } from "../make_delta.ts";
import { publishRelease } from "../publish_release.ts";
import { CHANGELOG, releaseNotes } from "../release_notes.ts";
import { lockedDockerd, requireVersionOf, sameProgram } from "../release_checks.ts";
import { type ReleaseCommand, type ReleaseInput, usage } from "./command.ts";
import { commitOptions, SIGNING_FLAGS } from "./signing_flags.ts";

const FILES: Record<PlatformName, string> = { "linux-x64": "windlass", "windows-x64": "windlass.exe" };
const ROOT = new URL("../../..", import.meta.url).pathname;

/** `publish` */
export const PUBLISH: ReleaseCommand = {
  usage: "--version V --channel NAME --into FOLDER --targets-key KEY --online-key KEY " +
    "[--notes FILE] [--platform NAME...] [--dist DIR] [--notes-url URL] [--rollout PERCENT] [--severity security] [--withdraw V...] " +
    "[--no-undo] (--certificate FILE --certificate-key FILE [--timestamp URL] | --code-signing-command FILE | --no-code-signing)",
  summary: "Publish what 'deno task build --release' has made",
  flags: {
    version: "one",
    channel: "one",
    into: "one",
    notes: "one",
    "notes-url": "one",
    platform: "many",
    dist: "one",
    rollout: "one",
    severity: "one",
    withdraw: "many",
    dockerd: "one",
    "no-undo": "switch",
    certificate: "one",
    "certificate-key": "one",
    timestamp: "one",
    "code-signing-command": "one",
    "no-code-signing": "switch",
    ...SIGNING_FLAGS,
  },
  async run(input) {
    const version = input.version("version");
    if (version !== VERSION) refuse(version, `src/version.ts says ${VERSION}`);
    const platforms = input.platforms();
    const dist = input.optional("dist") ?? join(ROOT, "dist");
    const notes = await notesOf(version, input);
    const linux = join(dist, FILES["linux-x64"]);
    const windows = join(dist, FILES["windows-x64"]);
    await requireVersionOf(linux, version);
    if (platforms.includes("windows-x64")) await sameProgram(linux, windows);
    const workDirectory = await Deno.makeTempDir({ prefix: "windlass-release-" });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(workDirectory, { recursive: true }));
    const notesUrl = input.optional("notes-url");
    const documents = await publishRelease({
      folder: input.required("into"),
      channel: input.channel(),
      version,
      executables: Object.fromEntries(platforms.map((platform) => [platform, join(dist, FILES[platform])])),
      notes,
      ...(notesUrl === undefined ? {} : { notesUrl }),
      rollout: input.whole("rollout", { least: 0, most: 100, usual: 100 }),
      severity: severity(input),
      withdrawn: input.versions("withdraw"),
      dockerd: input.optional("dockerd") ??
        lockedDockerd(await Deno.readTextFile(join(ROOT, "distro/packages.lock.json"))),
      undo: !input.on("no-undo"),
      codeSigning: codeSigning(input, platforms),
      commit: await commitOptions(input),
      makeDelta,
      workDirectory,
      progress: (line) => console.error(line),
      signal: input.signal,
    });
    for (const { channel, platform, executable } of documents) {
      console.log(`Published ${version} in ${channel} for ${platform}: executable ${executable.sha256}`);
    }
  },
};

async function notesOf(version: string, input: ReleaseInput): Promise<string> {
  const file = input.optional("notes");
  if (file !== undefined) return await Deno.readTextFile(file);
  return releaseNotes(await Deno.readTextFile(join(ROOT, CHANGELOG)), version);
}

function severity(input: ReleaseInput): "normal" | "security" {
  const text = input.optional("severity") ?? "normal";
  return text === "normal" || text === "security" ? text : usage(`there is no severity '${text}'`);
}

/** A release for Windows is never unsigned by oversight. */
function codeSigning(input: ReleaseInput, platforms: readonly PlatformName[]): CodeSigning {
  const certificate = input.optional("certificate");
  const command = input.optional("code-signing-command");
  const timestamp = input.optional("timestamp");
  if (command !== undefined) return { kind: "command", command: [command] };
  if (certificate !== undefined) {
    const key = input.required("certificate-key");
    return { kind: "osslsigncode", certificate, key, ...(timestamp === undefined ? {} : { timestamp }) };
  }
  if (input.on("no-code-signing") || !platforms.includes("windows-x64")) return { kind: "none" };
  usage("'--certificate', '--code-signing-command' or '--no-code-signing' is missing");
}

function refuse(version: string, state: string): never {
  throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${version}: ${state}`);
}
