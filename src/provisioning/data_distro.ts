import { unlessMissing } from "../errors/unless_missing.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { DataRecord } from "./distro_record.ts";
import type { DistroContext, RootfsImage } from "./distro_context.ts";
import type { DistroStage } from "./distro_progress.ts";
import { Registration, retryWhenDisturbed } from "./registration.ts";
import { runStages, type Stage } from "./stages.ts";
import { DATA_DISTRO_FOLDER, SHARE_DATA_PROGRAM } from "../agent/protocol/distro_paths.ts";

/** Prints a word: what the registered distro is. Exit codes are ambiguous, and a broken distro prints nothing. */
const INSPECT_SCRIPT = `
if ! [ -x ${SHARE_DATA_PROGRAM} ]; then echo incomplete
elif [ -n "$(ls -A ${DATA_DISTRO_FOLDER} 2>/dev/null)" ]; then echo used
else echo unused
fi`;

/**
 * Makes sure that there is a data distro, and never removes one that may hold data: one is removed only when the
 * record says that its import was begun and not completed and nothing lies in it, or that the user has asked for
 * its end. The table in README.md has every case. Safe to repeat after a crash at any point, and after a failure.
 *
 * @throws {WindlassError} `WL_DATA_DISTRO_UNUSABLE`, `WL_DATA_LEFT_BEHIND`, and all that `ensureEngineDistro()`
 * may throw.
 */
export async function ensureDataDistro(
  context: DistroContext,
  image: RootfsImage,
): Promise<void> {
  const registration = new Registration(context, context.names.data);
  await retryWhenDisturbed(registration, () =>
    runStages(dataStages(context, registration, image), {
      onStage: (stage) => registration.announce(stage),
      signal: context.signal,
    }));
}

function dataStages(
  { record, log }: DistroContext,
  registration: Registration,
  image: RootfsImage,
): readonly Stage<DistroStage>[] {
  const isReady = () => record.data?.state === "ready";
  const isDisposable = () => record.data?.state === "importing" || record.data?.state === "removing";
  return [
    {
      name: "settle",
      isDone: async () => await registration.state() !== "busy",
      run: () => registration.settle(),
    },
    {
      name: "inspect",
      isDone: async () =>
        await registration.state() === null || isReady() || record.data?.state === "removing",
      run: async () => {
        const answer = await registration.ask(INSPECT_SCRIPT);
        log("info", "distro.inspected", { distro: registration.name, answer, record: record.data?.state });
        if (answer === "used" || (answer === "unused" && record.data === null)) {
          await record.setData(dataRecord("ready"));
        } else if (record.data === null) {
          throw unusableError(registration);
        }
      },
    },
    {
      name: "remove",
      isDone: async () => await registration.state() === null || !isDisposable(),
      run: () => registration.unregister(),
    },
    {
      name: "import",
      isDone: async () => await registration.state() !== null,
      run: async () => {
        if (isDisposable()) await registration.removeFolder();
        else await requireEmpty(registration);
        if (isReady()) log("warn", "distro.data.gone", { distro: registration.name });
        await record.setData(dataRecord("importing"));
        await registration.import(image);
      },
    },
    {
      name: "check",
      isDone: () => Promise.resolve(isReady()),
      run: async () => {
        const answer = await registration.ask(INSPECT_SCRIPT);
        if (answer !== "used" && answer !== "unused") {
          await registration.unregister(); // imported a moment ago, by us: nothing is lost
          throw incompleteError(registration);
        }
        await record.setData(dataRecord("ready"));
      },
    },
  ];
}

/** An entry of the record that begins now. */
export function dataRecord(state: DataRecord["state"]): DataRecord {
  return { state, since: new Date().toISOString() };
}

/** Where a folder is full but no distro is registered, wsl has lost the distro, and the folder has the data. */
async function requireEmpty(registration: Registration): Promise<void> {
  const { name, folder } = registration;
  await unlessMissing(async () => {
    for await (const _ of Deno.readDir(folder)) {
      throw new WindlassError(
        "WL_DATA_LEFT_BEHIND",
        `Cannot import the distro '${name}': its folder '${folder}' is not empty`,
      );
    }
  });
}

function unusableError({ name }: Registration): WindlassError {
  return new WindlassError(
    "WL_DATA_DISTRO_UNUSABLE",
    `Cannot use the distro '${name}': it is registered, but has no ${SHARE_DATA_PROGRAM}`,
  );
}

function incompleteError({ name }: Registration): WindlassError {
  return new WindlassError(
    "WL_ROOTFS_INVALID",
    `Cannot use the distro '${name}': it has no ${SHARE_DATA_PROGRAM}`,
  );
}
