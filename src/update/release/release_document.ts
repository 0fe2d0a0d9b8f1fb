import { z } from "zod";
import { WindlassError } from "../../errors/windlass_error.ts";
import { MAX_COMPONENTS } from "../../payload/executable_codec.ts";
import type { OperatingSystem } from "../../platform/operating_system.ts";
import { compareVersions, VERSION_REGEXP } from "./version_order.ts";

/**
 * What this program can do with a release: raised when an older updater or launcher could not install what a
 * newer release contains. A release names the least level that it needs.
 */
export const UPDATER_LEVEL = 1;

/** The limits of a release document, each far above what a release of today needs. */
export const RELEASE_LIMITS = {
  /** The whole document: 60 components with five deltas each need a quarter of it. */
  documentBytes: 256 * 1024,
  /** The notes, which are shown in a terminal and on the page: ten pages of text. */
  notesBytes: 16 * 1024,
  /** One component, unpacked: four times the largest of today. */
  componentBytes: 2 * 1024 ** 3,
  /** Versions that a release tells installations to leave. */
  withdrawnVersions: 64,
  /** Deltas of one component; five are published. */
  deltas: 16,
} as const;

/** The channels, from the most careful to the newest. */
export const CHANNELS = ["stable", "beta", "nightly"] as const;
/** A line of releases that an installation follows. */
export type ChannelName = typeof CHANNELS[number];

/** The platforms that releases are made for. */
export const PLATFORMS = ["linux-x64", "windows-x64"] as const;
/** What an executable runs on, as names of files contain it. */
export type PlatformName = typeof PLATFORMS[number];

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hexadecimal digits");
const Version = z.string().max(64).regex(VERSION_REGEXP, "expected a version such as 1.2.3 or 1.2.3-beta.1");
const Length = z.int().min(0).max(RELEASE_LIMITS.componentBytes);
/** As `src/payload/FORMAT.md` has them; the stub never comes alone. */
const ComponentName = z.string().max(31).regex(/^[a-z][a-z0-9.-]*$/, "expected the name of a component")
  .refine((name) => name !== "stub", "the stub is not a component of a release");

const Blob = z.strictObject({ sha256: Sha256, length: Length });

const Delta = z.strictObject({
  /** Id of the component that it is applied to. */
  from: Sha256,
  sha256: Sha256,
  length: Length,
  /** How it is encoded. A client passes over what it does not know. */
  format: z.string().max(32).regex(/^[a-z][a-z0-9-]*$/),
});

const ReleaseComponent = z.strictObject({
  name: ComponentName,
  /** sha256 of the uncompressed bytes, and how many there are. */
  id: Sha256,
  length: Length,
  unpack: z.boolean(),
  executable: z.boolean(),
  /** The whole component as one zstd frame. */
  full: Blob,
  deltas: z.array(Delta).max(RELEASE_LIMITS.deltas),
});

const Schema = z.strictObject({
  format: z.literal(1),
  product: z.literal("windlass"),
  channel: z.enum(CHANNELS),
  platform: z.enum(PLATFORMS),
  version: Version,
  published: z.iso.datetime(),
  minimumUpdater: z.int().min(1),
  severity: z.enum(["normal", "security"]),
  notes: z.string().refine(
    (text) => new TextEncoder().encode(text).length <= RELEASE_LIMITS.notesBytes,
    `expected at most ${RELEASE_LIMITS.notesBytes} bytes`,
  ),
  notesUrl: z.url({ protocol: /^https$/ }).max(2_048).exactOptional(),
  /** Which share of the installations is offered it. The salt gives each release its own order of installations. */
  rollout: z.strictObject({
    percent: z.int().min(0).max(100),
    salt: z.string().regex(/^[0-9a-zA-Z._-]{1,64}$/),
  }),
  /** Versions that an installation leaves for this one, even if this one is lower. */
  withdrawn: z.array(Version).max(RELEASE_LIMITS.withdrawnVersions),
  /** Version of dockerd in the engine, as it says it itself, such as `28.5.2+dfsg4`. */
  dockerd: z.string().max(64).regex(/^\d+\.[0-9A-Za-z.+~-]*$/, "expected the version of dockerd"),
  /** Whether the version before can read the data after this one has run. */
  undo: z.boolean(),
  /** The whole file as it is downloaded by hand, signature included. */
  executable: Blob,
  components: z.array(ReleaseComponent).min(1).max(MAX_COMPONENTS),
});

/** A release of one channel for one platform; what an installation needs to know to become that version. */
export type ReleaseDocument = Readonly<z.output<typeof Schema>>;
/** One component of a release. */
export type ReleaseComponent = Readonly<z.output<typeof ReleaseComponent>>;
/** A delta from one older component. */
export type ReleaseDelta = Readonly<z.output<typeof Delta>>;
/** Bytes of the channel folder, which lie where {@linkcode blobPath} says. */
export type ReleaseBlob = Readonly<z.output<typeof Blob>>;

/**
 * Reads a release document whose signature has been checked.
 *
 * @throws {WindlassError} `WL_UPDATE_RELEASE_INVALID`; `WL_UPDATE_TOO_NEW` if it is written for updaters of a higher
 * level, so that this one cannot read it.
 *
 * @example
 * ```ts
 * const release = parseRelease(await channel.latest("stable.linux-x64", signal));
 * ```
 */
export function parseRelease(bytes: Uint8Array): ReleaseDocument {
  if (bytes.length > RELEASE_LIMITS.documentBytes) {
    invalid(`${bytes.length} bytes, and ${RELEASE_LIMITS.documentBytes} are allowed`);
  }
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    invalid("it is not JSON in UTF-8", cause);
  }
  const result = Schema.safeParse(content);
  if (result.success) {
    const problem = contradiction(result.data);
    if (problem !== undefined) invalid(problem);
    return result.data;
  }
  const newer = Newer.safeParse(content);
  if (newer.success) {
    const { version, minimumUpdater } = newer.data;
    const needs = `it needs updater level ${minimumUpdater}, and this one has level ${UPDATER_LEVEL}`;
    throw new WindlassError("WL_UPDATE_TOO_NEW", `Cannot update to Windlass ${version}: ${needs}`);
  }
  invalid(firstIssue(result.error), result.error);
}

/** What a document of any later format says about itself. */
const Newer = z.object({
  product: z.literal("windlass"),
  version: Version,
  minimumUpdater: z.int().min(UPDATER_LEVEL + 1),
});

/**
 * The bytes of a document, which {@linkcode parseRelease} reads.
 *
 * @throws {WindlassError} `WL_UPDATE_RELEASE_INVALID` if it could not be read again.
 */
export function encodeRelease(release: ReleaseDocument): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(release, null, 1)}\n`);
  parseRelease(bytes);
  return bytes;
}

/** The platform of an executable for that system. */
export function platformName(system: OperatingSystem): PlatformName {
  return system === "windows" ? "windows-x64" : "linux-x64";
}

/** What a channel calls its newest release for a platform, such as `stable.linux-x64`. */
export function releaseName(channel: ChannelName, platform: PlatformName): string {
  return `${channel}.${platform}`;
}

/** Where bytes with that sha256 lie in a channel folder. */
export function blobPath(sha256: string): string {
  return `blobs/sha256/${sha256.slice(0, 2)}/${sha256}`;
}

/** What is wrong although each field for itself is right; nothing if it is all right. */
function contradiction(release: ReleaseDocument): string | undefined {
  const names = release.components.map(({ name }) => name);
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined) return `component '${twice}' is given twice`;
  if (release.withdrawn.some((version) => compareVersions(version, release.version) === 0)) {
    return `version ${release.version} withdraws itself`;
  }
  for (const { name, id, deltas } of release.components) {
    const bases = new Set(deltas.map(({ from }) => from));
    if (bases.size !== deltas.length || bases.has(id)) {
      return `component '${name}' has deltas that lead nowhere`;
    }
  }
  return undefined;
}

/** The first problem and where it is: enough for the author of the document. */
function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue?.path.join(".");
  return place ? `${place}: ${issue?.message}` : issue?.message ?? "its format is unknown";
}

function invalid(state: string, cause?: unknown): never {
  throw new WindlassError("WL_UPDATE_RELEASE_INVALID", `Cannot read the release document: ${state}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
