/**
 * A program that stages a release from a channel folder, to be killed while it does. Its argument is JSON; with `lingers` it stays
 * for a minute after its work, so that no kill comes too late.
 */
import { openExecutable } from "../../src/payload/executable.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { openUpdateChannel } from "../../src/update/channel/open_channel.ts";
import { parseRelease } from "../../src/update/release/release_document.ts";
import { stageRelease } from "../../src/update/staging/stage_release.ts";

const { release, url, executable, directory, metadata, lingers } = JSON.parse(Deno.args[0]!);
using channel = openUpdateChannel({
  url,
  mirrors: [],
  root: new Uint8Array(),
  proxy: "none",
  directory: metadata,
  userAgent: "test",
  log: () => {},
});
using embedded = await openExecutable(executable);
const staged = await stageRelease({
  release: parseRelease(await Deno.readFile(release)),
  atHand: embedded,
  embedded,
  channel,
  directory,
  signal: NEVER,
  log: (_level, event, fields) => console.error(event, JSON.stringify(fields)),
});
console.log(JSON.stringify(staged));
if (lingers) await new Promise((resolve) => setTimeout(resolve, 60_000));
