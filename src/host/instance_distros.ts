import { ensureDataDistro } from "../distro/data_distro.ts";
import type { DistroContext, RootfsImage } from "../distro/distro_context.ts";
import { distroNames } from "../distro/distro_names.ts";
import { DISTRO_STAGES, type DistroProgress, type DistroProgressEvent } from "../distro/distro_progress.ts";
import { openDistroRecord } from "../distro/distro_record.ts";
import { ensureEngineDistro } from "../distro/engine_distro.ts";
import { removeDistros, resetDistros, type ResetOptions } from "../distro/remove_distros.ts";
import type { Log } from "../logging/log.ts";
import { engineRootfsId, engineRootfsLength, engineRootfsStream } from "../payload/engine_rootfs_stream.ts";
import { type Executable, openExecutable } from "../payload/executable.ts";
import type { Wsl } from "../wsl/wsl.ts";
import type { EngineDistros, ImportProgress } from "./engine.ts";
import type { Home } from "./home.ts";

/** What this instance's distros are made from. The caller holds the lock of the home. */
export interface InstanceDistrosOptions {
  readonly wsl: Wsl;
  readonly home: Home;
  /** Path of the executable that carries the root file systems. */
  readonly executable: string;
  readonly log: Log;
}

/** The two distros of one instance, as the engine, `reset` and `uninstall` use them. */
export interface InstanceDistros extends EngineDistros {
  /** Id of the root file system that is imported, `null` before the first import. */
  readonly rootfsId: string | null;
  reset(options: ResetOptions & { progress: DistroProgress }): Promise<void>;
  remove(options: { progress: DistroProgress }): Promise<void>;
}

/** Joins the executable's archives, the record of this home and wsl. */
export async function openInstanceDistros(options: InstanceDistrosOptions): Promise<InstanceDistros> {
  const { wsl, home, log } = options;
  const names = distroNames(home.instance);
  const record = await openDistroRecord(home.distroRecord, log);
  const context = (progress: DistroProgress, signal?: AbortSignal): DistroContext => ({
    wsl,
    names,
    directory: home.distroDirectory,
    record,
    log,
    progress,
    signal,
  });
  return {
    engineName: names.engine,
    dataName: names.data,
    get rootfsId() {
      return record.engine?.rootfsId ?? null;
    },
    async areRecorded() {
      using executable = await openExecutable(options.executable);
      return record.data?.state === "ready" && record.engine?.rootfsId === engineRootfsId(executable);
    },
    async ensure({ signal, progress }) {
      using executable = await openExecutable(options.executable);
      const tell = (event: DistroProgressEvent) => progress(importProgress(event));
      // At once: the large import leaves room for the small one. The first failure ends both.
      const both = new AbortController();
      const end = AbortSignal.any([signal, both.signal]);
      const imports = [
        ensureDataDistro(context(tell, end), dataImage(executable)),
        ensureEngineDistro(context(tell, end), engineImage(executable)),
      ];
      for (const work of imports) work.catch((reason) => both.abort(reason));
      const failed = (await Promise.allSettled(imports)).find((result) => result.status === "rejected");
      if (failed !== undefined) throw both.signal.aborted ? both.signal.reason : failed.reason;
    },
    reset: ({ data, progress }) => resetDistros(context(progress), { data }),
    remove: ({ progress }) => removeDistros(context(progress)),
  };
}

function importProgress(event: DistroProgressEvent): ImportProgress {
  const stage = `${DISTRO_STAGES[event.stage]} '${event.distro}'`;
  const total = event.totalBytes ?? 0;
  return { stage, done: Math.min(event.sentBytes ?? 0, total), total }; // the joints of the archive are not counted
}

function engineImage(executable: Executable): RootfsImage {
  return {
    id: engineRootfsId(executable),
    open: () => {
      const totalBytes = engineRootfsLength(executable);
      return Promise.resolve({ stream: engineRootfsStream(executable), totalBytes });
    },
  };
}

function dataImage(executable: Executable): RootfsImage {
  const { id, storedLength } = executable.component("data-rootfs");
  return {
    id,
    open: () => Promise.resolve({ stream: executable.storedStream("data-rootfs"), totalBytes: storedLength }),
  };
}
