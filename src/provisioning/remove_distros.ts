import { isWindlassError, type WindlassError } from "../errors/windlass_error.ts";
import { removeIfEmpty } from "../files/folders.ts";
import { dataRecord } from "./data_distro.ts";
import type { DistroContext } from "./distro_context.ts";
import { engineRecord } from "./engine_distro.ts";
import { Registration } from "./registration.ts";

/** What is reset. */
export interface ResetOptions {
  /** Also removes images, containers and volumes, for good. The user has confirmed it. */
  readonly data: boolean;
}

/**
 * Removes the engine, under whichever name, and with `data` the data distro as well; the next start imports them again. Nothing
 * of ours may run in them. Safe to repeat; a crash after the beginning of `data` is finished by the next start.
 */
export async function resetDistros(context: DistroContext, options: ResetOptions): Promise<void> {
  await removeEngines(context);
  if (options.data) await removeData(context);
}

/**
 * Removes all distros, their folders and the record: the end of an uninstallation. Of the folder that holds the
 * distros' folders only what is ours goes; with nothing else in it, the folder goes too.
 */
export async function removeDistros(context: DistroContext): Promise<void> {
  await removeEngines(context);
  await removeData(context);
  await context.record.remove();
  await removeIfEmpty(context.directory);
}

/**
 * Removes one engine distro with its folder and its entry; fine when there is none. Kills what runs in it. Safe to
 * repeat. One of that name that is not ours stays.
 */
export async function removeEngineDistro(context: DistroContext, name: string): Promise<void> {
  const { record } = context;
  if (record.engines[name] !== undefined) {
    await orWithoutSpace(() => record.setEngine(name, engineRecord(null)));
  }
  await removeDistro(new Registration(context, name), context);
  if (record.engines[name] !== undefined) await orWithoutSpace(() => record.setEngine(name, null));
}

/**
 * Why each distro of our names that is not ours stays where it is: a `WL_DISTRO_FOREIGN` for each. Starts a distro
 * only where its folder does not decide.
 */
export async function foreignDistros(context: DistroContext): Promise<readonly WindlassError[]> {
  const names = [...context.names.engines, context.names.data];
  const found = names.map((name) => foreignProblem(new Registration(context, name)));
  return (await Promise.all(found)).filter((error) => error !== undefined);
}

/** `undefined` for a distro that is ours, or that is not registered. */
async function foreignProblem(registration: Registration): Promise<WindlassError | undefined> {
  try {
    await registration.state();
    return undefined;
  } catch (error) {
    if (!isWindlassError(error, "WL_DISTRO_FOREIGN")) throw error;
    return error;
  }
}

async function removeEngines(context: DistroContext): Promise<void> {
  for (const name of context.names.engines) await removeEngineDistro(context, name);
}

async function removeData(context: DistroContext): Promise<void> {
  const registration = new Registration(context, context.names.data);
  // Asked before the record mentions the distro, since what it mentions is taken for ours.
  await foreignProblem(registration);
  await orWithoutSpace(() => context.record.setData(dataRecord("removing")));
  await removeDistro(registration, context);
  await orWithoutSpace(() => context.record.setData(null));
}

async function removeDistro(registration: Registration, context: DistroContext): Promise<void> {
  context.signal?.throwIfAborted();
  try {
    await unregister(registration);
  } catch (error) {
    if (!isWindlassError(error, "WL_DISTRO_FOREIGN")) throw error;
    context.log("warn", "distro.foreign", { distro: registration.name, reason: error.message });
  }
  await registration.removeFolder();
}

async function unregister(registration: Registration): Promise<void> {
  if (await registration.state() === "busy") {
    registration.announce("settle");
    await registration.settle();
  }
  if (await registration.state() !== null) {
    registration.announce("remove");
    await registration.unregister();
  }
}

/** Room is often the reason for a removal: a record that cannot be written for lack of it must not prevent it. */
async function orWithoutSpace(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isWindlassError(error, "WL_NO_SPACE")) throw error;
  }
}
