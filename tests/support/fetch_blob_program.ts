/** A program that downloads one blob, to be killed while it does. Its argument is JSON. */
import { openUpdateChannel } from "../../src/update/channel/open_update_channel.ts";

const { url, directory, userAgent, blob, path } = JSON.parse(Deno.args[0]!);
using channel = openUpdateChannel({
  url,
  mirrors: [],
  root: new Uint8Array(),
  proxy: "none",
  directory,
  userAgent,
  log: () => {},
});
await channel.fetchBlob(blob, path, { signal: new AbortController().signal });
