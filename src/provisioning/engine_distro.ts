import { WindlassError } from "../errors/windlass_error.ts";
import type { DistroContext, RootfsImage } from "./distro_context.ts";
import type { DistroStage } from "./distro_progress.ts";
import type { EngineRecord } from "./distro_record.ts";
import { Registration, retryWhenDisturbed } from "./registration.ts";
import { runStages, type Stage } from "./stages.ts";
import { AGENT_SCRIPT } from "../agent/protocol/distro_paths.ts";

/** The last file of the archive: where it is, all others are. Prints a word, since exit codes are ambiguous. */
const CHECK_SCRIPT = `[ -s ${AGENT_SCRIPT} ] && echo complete`;

/**
 * Makes sure that the engine distro of that name has this content: imports it when it is missing, and replaces one
 * with another content, or one whose import may not have been complete. Safe to repeat after a crash at any
 * point, and after a failure. Nothing may run in a distro that is replaced: it is killed. Other distros are not
 * touched.
 *
 * @throws {WindlassError} `WL_ROOTFS_INVALID`, `WL_NO_SPACE`, `WL_DISTRO_IMPORT_FAILED`, `WL_DISTRO_BUSY`, and
 * all that wsl may fail with.
 */
export async function ensureEngineDistro(
  context: DistroContext,
  name: string,
  image: RootfsImage,
): Promise<void> {
  const registration = new Registration(context, name);
  await retryWhenDisturbed(registration, () =>
    runStages(engineStages(context, registration, image), {
      onStage: (stage) => registration.announce(stage),
      signal: context.signal,
    }));
}

/** An entry of the record from now on; without a content, the distro is on its way in or out. */
export function engineRecord(rootfsId: string | null): EngineRecord {
  return { rootfsId, importedAt: new Date().toISOString() };
}

function engineStages(
  { record }: DistroContext,
  registration: Registration,
  image: RootfsImage,
): readonly Stage<DistroStage>[] {
  const { name } = registration;
  const content = () => record.engines[name]?.rootfsId;
  const isRecorded = () => content() === image.id;
  /** From here on nobody may take the distro for complete, not even another version. */
  const forgetContent = async () => {
    if (content() !== null) await record.setEngine(name, engineRecord(null));
  };
  return [
    {
      name: "settle",
      isDone: async () => await registration.state() !== "busy",
      run: () => registration.settle(),
    },
    {
      name: "remove",
      isDone: async () => await registration.state() === null || isRecorded(),
      run: async () => {
        await forgetContent();
        await registration.unregister();
      },
    },
    {
      name: "import",
      isDone: async () => await registration.state() !== null,
      run: async () => {
        await forgetContent();
        await registration.removeFolder();
        await registration.import(image);
      },
    },
    {
      name: "check",
      isDone: () => Promise.resolve(isRecorded()),
      run: async () => {
        await requireComplete(registration);
        await record.setEngine(name, engineRecord(image.id));
      },
    },
  ];
}

async function requireComplete(registration: Registration): Promise<void> {
  const answer = await registration.ask(CHECK_SCRIPT);
  if (answer === "complete") return;
  await registration.unregister();
  throw new WindlassError(
    "WL_ROOTFS_INVALID",
    `Cannot use the distro '${registration.name}': it has no ${AGENT_SCRIPT}`,
  );
}
