/** A product that is updated: executables of several versions, a channel that offers them, a server for it. */
import { dirname } from "node:path";
import type { ReleaseText } from "../../scripts/release/publish_release.ts";
import type { PlatformName, ReleaseDocument } from "../../src/update/release/release_document.ts";
import { type ChannelServer, openChannelServer } from "./channel_server.ts";
import { openVariantMaker, type VariantChange } from "./executable_variant.ts";
import { publishBuild } from "./publish_build.ts";
import { createSignedChannel } from "./signed_channel.ts";

/** Executables and a channel for them; everything goes with it. */
export interface UpdateLab extends AsyncDisposable {
  readonly server: ChannelServer;
  /** Makes a version with that change, which takes its updates from the channel. */
  build(version: string, change?: VariantChange): Promise<string>;
  /** Builds a version and offers it on the channel `stable`. */
  publish(version: string, change?: VariantChange, text?: Partial<ReleaseText>): Promise<ReleaseDocument>;
}

/** Opens a channel for one platform and serves it on loopback. */
export async function openUpdateLab(platform: PlatformName, base: string): Promise<UpdateLab> {
  await using owned = new AsyncDisposableStack();
  const maker = owned.use(await openVariantMaker(base));
  const channel = owned.use(await createSignedChannel());
  const server = owned.use(openChannelServer(channel.folder));
  const updateSource = channel.updateSource(server.url);
  const build = (version: string, change: VariantChange = {}) =>
    maker.make(version, { ...change, version, updateSource });
  let releases = 0;
  const stack = owned.move();
  return {
    server,
    build,
    async publish(version, change = {}, text = {}) {
      const executable = await maker.make(`release-${++releases}`, { ...change, version, updateSource });
      const [document] = await publishBuild(channel, {
        version,
        notes: `What is new in ${version}`,
        ...text,
        executables: { [platform]: executable },
      });
      await Deno.remove(dirname(executable), { recursive: true });
      return document!;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
