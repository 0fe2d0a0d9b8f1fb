/**
 * A client in a process of its own: to be killed, to be run by another Deno, or for what Deno reads only at its start.
 * Its argument is JSON. Prints the latest release, or downloads a blob; a failure is printed as JSON with code and message.
 */
import { openUpdateChannel } from "../../src/update/channel/open_channel.ts";
import type { BlobReference } from "../../src/update/channel/channel.ts";

/** The program's argument. */
export interface ChannelProgramOptions {
  readonly url: string;
  /** The text of root.json. */
  readonly root: string;
  /** @default {"none"} */
  readonly proxy?: string;
  readonly directory: string;
  readonly userAgent: string;
  /** Prints this release. */
  readonly latest?: string;
  /** Downloads this. */
  readonly blob?: BlobReference & { readonly path: string };
}

if (import.meta.main) {
  const options: ChannelProgramOptions = JSON.parse(Deno.args[0] ?? "{}");
  const { latest, blob } = options;
  const { signal } = new AbortController();
  using channel = openUpdateChannel({
    url: options.url,
    mirrors: [],
    root: new TextEncoder().encode(options.root),
    proxy: options.proxy ?? "none",
    directory: options.directory,
    userAgent: options.userAgent,
    log: () => {},
  });
  try {
    if (blob !== undefined) await channel.fetchBlob(blob, blob.path, { signal });
    if (latest !== undefined) console.log(new TextDecoder().decode(await channel.latest(latest, signal)));
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    console.log(JSON.stringify({ code, message }));
  }
}
