import { changeRollout, refreshChannel, withdrawRelease } from "../change_release.ts";
import { openChannelFolder } from "../channel_folder.ts";
import { makeDelta } from "../make_delta.ts";
import { verifyChannel } from "../verify_channel.ts";
import { writeBundle } from "../write_bundle.ts";
import { WindlassError } from "../../../src/errors/windlass_error.ts";
import { type ReleaseCommand, usage } from "./command.ts";
import { commitOptions, ONLINE_FLAGS, onlineOptions, SIGNING_FLAGS } from "./signing_flags.ts";

/** The publisher who renews the online metadata is warned this early that key holders must sign. Days. */
const WARN_DAYS = 60;
const DAY_MILLISECONDS = 24 * 60 * 60_000;

/** `refresh` */
export const REFRESH: ReleaseCommand = {
  usage: "--into FOLDER --online-key KEY [--online-days 14]",
  summary: "Renew snapshot and timestamp before they expire",
  flags: { into: "one", ...ONLINE_FLAGS },
  async run(input) {
    const expires = await refreshChannel(input.required("into"), await onlineOptions(input));
    console.log("Renewed snapshot and timestamp");
    const days = Math.floor((expires.getTime() - Date.now()) / DAY_MILLISECONDS);
    if (days < WARN_DAYS) {
      console.error(`Root or targets expire in ${days} days: their holders must sign again`);
    }
  },
};

/** `rollout` */
export const ROLLOUT: ReleaseCommand = {
  usage: "PERCENT --channel NAME --into FOLDER --targets-key KEY --online-key KEY [--platform NAME...]",
  summary: "Offer the newest release to that share of the installations",
  flags: { channel: "one", into: "one", platform: "many", ...SIGNING_FLAGS },
  operands: true,
  async run(input) {
    const [text = "", ...more] = input.operands;
    if (more.length > 0 || !/^(?:\d{1,2}|100)$/.test(text)) {
      usage(`'${text}' is not a percentage from 0 to 100`);
    }
    const documents = await changeRollout({
      folder: input.required("into"),
      channel: input.channel(),
      platforms: input.platforms(),
      commit: await commitOptions(input),
    }, Number(text));
    for (const { channel, platform, version } of documents) {
      console.log(`${version} in ${channel} for ${platform} is offered to ${text} %`);
    }
  },
};

/** `withdraw` */
export const WITHDRAW: ReleaseCommand = {
  usage:
    "--version V --back-to V --channel NAME --into FOLDER --targets-key KEY --online-key KEY [--notes FILE] [--platform NAME...]",
  summary: "Lead installations from a release back to an older one",
  flags: {
    version: "one",
    "back-to": "one",
    channel: "one",
    into: "one",
    notes: "one",
    platform: "many",
    ...SIGNING_FLAGS,
  },
  async run(input) {
    const workDirectory = await Deno.makeTempDir({ prefix: "windlass-release-" });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(workDirectory, { recursive: true }));
    const notes = input.optional("notes");
    const documents = await withdrawRelease({
      folder: input.required("into"),
      channel: input.channel(),
      platforms: input.platforms(),
      version: input.version("version"),
      backTo: input.version("back-to"),
      ...(notes === undefined ? {} : { notes: await Deno.readTextFile(notes) }),
      commit: await commitOptions(input),
      makeDelta,
      workDirectory,
      progress: (line) => console.error(line),
      signal: input.signal,
    });
    for (const { channel, platform, version } of documents) {
      console.log(`${channel} for ${platform} leads back to ${version}`);
    }
  },
};

/** `source` */
export const SOURCE: ReleaseCommand = {
  usage: "--url URL --from FOLDER --output FILE",
  summary: "Write what 'deno task build --update-source' takes: where the channel is, and its newest root",
  flags: { url: "one", from: "one", output: "one" },
  async run(input) {
    const url = input.required("url");
    if (!URL.canParse(url)) usage(`'--url ${url}' is not an address`);
    using folder = await openChannelFolder(input.required("from"));
    const root = (await folder.readRoots()).at(-1) ?? usage(`'${folder.path}' has no root`);
    await Deno.writeTextFile(input.required("output"), `${JSON.stringify({ url, root: root.toJSON() })}\n`);
    console.log(`Root version ${root.signed.version} of ${url}`);
  },
};

/** `bundle` */
export const BUNDLE: ReleaseCommand = {
  usage: "--channel NAME --platform NAME --from FOLDER --output FILE",
  summary: "Write what one platform needs as one tar, for machines without a network",
  flags: { channel: "one", platform: "one", from: "one", output: "one" },
  async run(input) {
    input.required("platform");
    const output = input.required("output");
    const [platform] = input.platforms();
    const version = await writeBundle({
      folder: input.required("from"),
      channel: input.channel(),
      platform: platform ?? usage("the flag '--platform' is missing"),
      output,
    });
    console.log(`Wrote ${version} to ${output}`);
  },
};

/** `verify` */
export const VERIFY: ReleaseCommand = {
  usage: "FOLDER [--root FILE]",
  summary: "Read a finished folder as its clients do, and check every byte of it",
  flags: { root: "one" },
  operands: true,
  async run(input) {
    const [path, ...more] = input.operands;
    if (path === undefined || more.length > 0) usage("one channel folder is needed");
    const root = input.optional("root");
    const { releases, problems } = await verifyChannel(path, {
      ...(root === undefined ? {} : { root: await Deno.readFile(root) }),
      progress: (line) => console.log(line),
      signal: input.signal,
    });
    for (const problem of problems) console.error(`${problem.path}: ${problem.message}`);
    if (problems.length > 0) {
      const message =
        `Cannot trust the channel in '${path}': ${problems.length} of its files are not as they should be`;
      throw new WindlassError("WL_RELEASE_FOLDER_DAMAGED", message);
    }
    console.log(`${releases.length} releases, nothing wrong`);
  },
};
