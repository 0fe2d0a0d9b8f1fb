import { join } from "node:path";
import type { LogFields } from "../../src/logging/log.ts";
import type { ChannelLimits } from "../../src/update/channel/channel_limits.ts";
import { openUpdateChannel } from "../../src/update/channel/open_channel.ts";
import type { UpdateChannel, UpdateChannelOptions } from "../../src/update/channel/channel.ts";
import type { ChannelProgramOptions } from "./channel_program.ts";
import { ChannelRepository } from "./channel_repository.ts";
import { type ChannelServer, openChannelServer } from "./channel_server.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";

/** Nothing is waited for that does not come by itself. */
const TEST_LIMITS: Partial<ChannelLimits> = { retryMilliseconds: 10 };

/** The release that all these tests are about. */
export const RELEASE = "stable.linux-x64";
/** All that these clients send to servers. */
const USER_AGENT = "windlass/1.0.0";

/** A signed channel, a server for it, and clients that keep what they trust in a folder of their own. */
export interface ChannelLab extends AsyncDisposable {
  readonly repository: ChannelRepository;
  readonly server: ChannelServer;
  /** For whatever else a test needs. */
  readonly folder: string;
  /** Where clients keep what they trust. */
  readonly trusted: string;
  /** What clients logged. */
  readonly lines: { level: string; event: string; fields: LogFields | undefined }[];
  /** A new client, closed with the lab. */
  client(options?: Partial<UpdateChannelOptions>): UpdateChannel;
  /** Has a process of its own do what {@linkcode client} does. */
  programOptions(): ChannelProgramOptions;
  /** What a new client gets as the latest release, as text. */
  latest(options?: Partial<UpdateChannelOptions>): Promise<string>;
}

/** Opens a lab whose channel has published one release, the text `one`. */
export async function openChannelLab(): Promise<ChannelLab> {
  await using cleanup = new AsyncDisposableStack();
  const { path: folder } = cleanup.use(await openTemporaryFolder("windlass-channel"));
  await Deno.mkdir(join(folder, "channel"));
  const repository = new ChannelRepository(join(folder, "channel"));
  repository.publish({ [RELEASE]: "one" });
  const server = cleanup.use(openChannelServer(repository.folder));
  const clients = cleanup.use(new DisposableStack());
  const lines: ChannelLab["lines"] = [];
  const trusted = join(folder, "update/tuf");
  const client = (options: Partial<UpdateChannelOptions> = {}) =>
    clients.use(openUpdateChannel({
      url: server.url,
      mirrors: [],
      root: repository.root,
      proxy: "none",
      directory: trusted,
      userAgent: USER_AGENT,
      log: (level, event, fields) => lines.push({ level, event, fields }),
      ...options,
      limits: { ...TEST_LIMITS, ...options.limits },
    }));
  const owned = cleanup.move();
  return {
    repository,
    server,
    folder,
    trusted,
    lines,
    client,
    programOptions: () => ({
      url: server.url,
      root: new TextDecoder().decode(repository.root),
      directory: trusted,
      userAgent: USER_AGENT,
    }),
    async latest(options) {
      using asked = client(options);
      return new TextDecoder().decode(await asked.latest(RELEASE, AbortSignal.timeout(60_000)));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
