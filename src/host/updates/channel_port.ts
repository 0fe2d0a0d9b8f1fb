import { join } from "node:path";
import { removeIfPresent } from "../../files/if_present.ts";
import type { Log } from "../../logging/log.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { hasUpdateSource, readUpdateSource } from "../../payload/read_update_source.ts";
import type { SettingsStore } from "../../settings/settings_store.ts";
import type { ChannelPort } from "../../update/ports.ts";
import type { DecideWay } from "../../proxy/way.ts";
import type { Installation } from "../installation.ts";

/** The update channel of an installation. Its code is loaded only when it is used: a host that never checks has none. */
export async function channelPort(
  installation: Installation,
  settings: Pick<SettingsStore, "values">,
  { log, ways }: { readonly log: Log; readonly ways: DecideWay },
): Promise<ChannelPort> {
  const { home: { updateDirectory }, running } = installation;
  const staging = join(updateDirectory, "staging");
  return {
    exists: await hasChannel(installation),
    async open(bundle) {
      const source = await readUpdateSource(await installation.open());
      const { "update.url": url, "update.mirrors": mirrors, "update.proxy": proxy } = settings.values;
      const { openUpdateChannel } = await import("../../update/channel/open_channel.ts");
      return openUpdateChannel({
        url: bundle ?? (url || source.url),
        mirrors: bundle === undefined ? mirrors : [],
        root: source.root,
        proxy,
        ways,
        directory: join(updateDirectory, "tuf"),
        userAgent: `windlass/${running.version}`,
        log,
      });
    },
    async bytesToDownload(release) {
      const { planStaging } = await import("../../update/staging/staging_plan.ts");
      const [atHand, embedded] = [await installation.open(), await installation.open(EMBEDDED)];
      return planStaging({ release, atHand, embedded }).downloadBytes;
    },
    async stage(options) {
      const { stageRelease } = await import("../../update/staging/stage_release.ts");
      const [atHand, embedded] = [await installation.open(), await installation.open(EMBEDDED)];
      return await stageRelease({ ...options, atHand, embedded, directory: staging, log });
    },
    clearStaging: () => removeIfPresent(staging, { recursive: true }),
  };
}

/** Whether this build has a channel. One that cannot be read is reported when somebody checks it. */
async function hasChannel(installation: Installation): Promise<boolean> {
  try {
    return hasUpdateSource(await installation.open());
  } catch {
    return false;
  }
}
