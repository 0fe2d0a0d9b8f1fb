import type { DaemonConfiguration } from "../../agent/protocol/agent_command.ts";
import { ensureDataDistro } from "../../provisioning/data_distro.ts";
import type { DistroContext, RootfsImage } from "../../provisioning/distro_context.ts";
import { distroNames } from "../../provisioning/distro_names.ts";
import {
  DISTRO_STAGES,
  type DistroProgress,
  type DistroProgressEvent,
} from "../../provisioning/distro_progress.ts";
import { openDistroRecord } from "../../provisioning/distro_record.ts";
import { ensureEngineDistro } from "../../provisioning/engine_distro.ts";
import { chooseEngineName, engineWith, otherEngineName } from "../../provisioning/engine_names.ts";
import { prepareEngineDistro } from "../../provisioning/prepare_engine.ts";
import {
  foreignDistros,
  removeDistros,
  removeEngineDistro,
  resetDistros,
  type ResetOptions,
} from "../../provisioning/remove_distros.ts";
import type { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { engineRootfsId } from "../../payload/engine_rootfs_stream.ts";
import type { Payload } from "../../payload/payload.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { readDataWriter } from "./data_writer.ts";
import { dataImage, engineImage } from "./distro_images.ts";
import type { EngineDistros, ImportProgress } from "./engine_distros.ts";
import type { Installation } from "../installation.ts";
import { rehearseEngine } from "./rehearse_engine.ts";

/** What this instance's distros are made from. The caller holds the lock of the home. */
export interface InstanceDistrosOptions {
  readonly wsl: Wsl;
  /** Its running version has the archives. */
  readonly installation: Installation;
  /**
   * Whether the running version is on trial: the engine of the previous one then stays, whatever happens.
   *
   * @default {false}
   */
  readonly isTrial?: boolean;
  readonly log: Log;
}

/** How the engine of another version is prepared. */
export interface PrepareOptions {
  /** The version; it stays open until the promise settles. */
  readonly version: Payload;
  /** The user's options for dockerd, which that version's must accept. @default {{}} */
  readonly daemonOptions?: DaemonConfiguration;
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
}

/** The distros of one instance, as the engine, updates, `reset` and `uninstall` use them. */
export interface InstanceDistros extends EngineDistros {
  /** Id of the root file system that is imported, `null` before the first import. */
  readonly rootfsId: string | null;
  /**
   * Imports the engine of another version beside this version's, which may run meanwhile, and tries it out. One
   * that already exists is only tried out; this version's own needs neither. Safe to repeat after a crash.
   *
   * @throws {WindlassError} `WL_ENGINE_UNFIT`, `WL_DAEMON_OPTIONS_INVALID`, `WL_DATA_TOO_NEW` for what the trial
   * has shown; `WL_NO_SPACE` before anything is done; all that an import may fail with; the signal's reason.
   */
  prepare(options: PrepareOptions): Promise<void>;
  /**
   * Removes each engine distro whose content is not this version's, with what runs in it. Does nothing as long as
   * this version's own is not complete. Safe to repeat.
   */
  removeOthers(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Version of the dockerd that has used the data last; `undefined` if that is not known, or there is no data. */
  dataWrittenBy(signal: AbortSignal): Promise<string | undefined>;
  /** One `WL_DISTRO_FOREIGN` for each distro of our names that somebody else has imported; it is never touched. */
  foreign(): Promise<readonly WindlassError[]>;
  reset(options: ResetOptions & { progress: DistroProgress }): Promise<void>;
  remove(options: { progress: DistroProgress }): Promise<void>;
}

/** Joins the version's archives, the record of this home and wsl. */
export async function openInstanceDistros(options: InstanceDistrosOptions): Promise<InstanceDistros> {
  const { wsl, installation, log, isTrial = false } = options;
  const { home } = installation;
  const names = distroNames(home.instance);
  const record = await openDistroRecord(home.distroRecord, names, log);
  const context = (progress: DistroProgress, signal?: AbortSignal): DistroContext => ({
    wsl,
    names,
    directory: home.distroDirectory,
    record,
    log,
    progress,
    signal,
  });
  // The distros of a version that cannot be read can still be removed.
  let ownId = await installation.open().then(engineRootfsId, () => undefined);
  /** Decided once: what other work does to the record meanwhile must not change it. */
  let ownName: string | undefined;
  const engineName = () => {
    if (ownName !== undefined) return ownName;
    const name = chooseEngineName({ names, engines: record.engines, rootfsId: ownId, keepOthers: isTrial });
    if (ownId !== undefined) ownName = name;
    return name;
  };
  let preparing = false;
  let beside: Promise<unknown> = Promise.resolve();
  /** Works on the other name follow each other. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = beside.then(work);
    beside = result.catch(() => {});
    return result;
  };
  return {
    get engineName() {
      return engineName();
    },
    dataName: names.data,
    get otherEngineNames() {
      const other = otherEngineName(names, engineName());
      return record.engines[other] === undefined || preparing ? [] : [other];
    },
    get rootfsId() {
      return record.engines[engineName()]?.rootfsId ?? null;
    },
    async areRecorded() {
      ownId = engineRootfsId(await installation.open());
      return record.data?.state === "ready" && record.engines[engineName()]?.rootfsId === ownId;
    },
    async ensure({ signal, progress }) {
      const version = await installation.open();
      ownId = engineRootfsId(version);
      const tell = (event: DistroProgressEvent) => progress(importProgress(event));
      // At once: the large import leaves room for the small one. The first failure ends both.
      const both = new AbortController();
      const end = AbortSignal.any([signal, both.signal]);
      const imports = [
        ensureDataDistro(context(tell, end), dataImage(version)),
        ensureEngineDistro(context(tell, end), engineName(), engineImage(version)),
      ];
      for (const work of imports) work.catch((reason) => both.abort(reason));
      const failed = (await Promise.allSettled(imports)).find((result) => result.status === "rejected");
      if (failed !== undefined) throw both.signal.aborted ? both.signal.reason : failed.reason;
    },
    prepare: ({ version, daemonOptions = {}, signal, progress }) =>
      inTurn(async () => {
        const image: RootfsImage = engineImage(version);
        const name = otherEngineName(names, engineName());
        if (image.id === ownId || engineWith(record.engines, image.id) === engineName()) return;
        const tell = (event: DistroProgressEvent) => progress(importProgress(event));
        preparing = true;
        try {
          await prepareEngineDistro(context(tell, signal), name, image, async () => {
            const dataWriter = await readDataWriter({ wsl, distro: names.data, signal });
            await rehearseEngine({ wsl, distro: name, daemonOptions, dataWriter, signal });
          });
        } finally {
          preparing = false;
        }
      }),
    removeOthers: ({ signal } = {}) =>
      inTurn(async () => {
        const name = engineName();
        if (ownId === undefined || record.engines[name]?.rootfsId !== ownId) return;
        await removeEngineDistro(context(() => {}, signal), otherEngineName(names, name));
      }),
    dataWrittenBy: (signal) => readDataWriter({ wsl, distro: names.data, signal }),
    foreign: () => foreignDistros(context(() => {})),
    reset: ({ data, progress }) => resetDistros(context(progress), { data }),
    remove: ({ progress }) => removeDistros(context(progress)),
  };
}

function importProgress(event: DistroProgressEvent): ImportProgress {
  const stage = `${DISTRO_STAGES[event.stage]} '${event.distro}'`;
  const total = event.totalBytes ?? 0;
  return { stage, done: Math.min(event.sentBytes ?? 0, total), total }; // the joints of the archive are not counted
}
