import { isWindlassError } from "../errors/windlass_error.ts";
import { dataRecord } from "./data_distro.ts";
import type { DistroContext } from "./distro_context.ts";
import { Registration } from "./registration.ts";

/** What is reset. */
export interface ResetOptions {
  /** Also removes images, containers and volumes, for good. The user has confirmed it. */
  readonly data: boolean;
}

/**
 * Removes the engine distro, and with `data` the data distro as well; the next start imports them again. Nothing
 * of ours may run in them. Safe to repeat; a crash after the beginning of `data` is finished by the next start.
 */
export async function resetDistros(context: DistroContext, options: ResetOptions): Promise<void> {
  await removeEngine(context);
  if (options.data) await removeData(context);
}

/**
 * Removes both distros, their folders and the record: the end of an uninstallation. Of the folder that holds the
 * distros' folders only what is ours goes; with nothing else in it, the folder goes too.
 */
export async function removeDistros(context: DistroContext): Promise<void> {
  await removeEngine(context);
  await removeData(context);
  await context.record.remove();
  await removeIfEmpty(context.directory);
}

async function removeEngine(context: DistroContext): Promise<void> {
  await orWithoutSpace(() => context.record.setEngine(null));
  await removeDistro(new Registration(context, context.names.engine), context);
}

async function removeData(context: DistroContext): Promise<void> {
  await orWithoutSpace(() => context.record.setData(dataRecord("removing")));
  await removeDistro(new Registration(context, context.names.data), context);
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

/** Room is often the reason for a removal: a record that cannot be written for lack of it must not stand in the way. */
async function orWithoutSpace(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isWindlassError(error, "WL_NO_SPACE")) throw error;
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await Deno.remove(folder);
  } catch {
    // Not empty: what is left is not ours. Or not there.
  }
}
