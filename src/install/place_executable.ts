import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import { renameFile } from "../files/rename_file.ts";
import { systemReason } from "../files/file_errors.ts";
import { verifyExecutable } from "../payload/verify_executable.ts";

/** Behind the executable's name and a number of its own: what is not complete yet, and what still runs. */
const PARTIAL = ".partial";
const ASIDE = ".old";
const UNIQUE_REGEXP = /^[0-9a-f-]{36}$/;
const PROGRAM_MODE = 0o755;

/** How the executable is put in its place. */
export interface PlaceOptions {
  readonly signal: AbortSignal;
  /** Gives a file another name; replaced in tests. @default {Deno.rename} */
  readonly rename?: (from: string, to: string) => Promise<void>;
}

/**
 * Copies the executable `from` to `to`, where an older one may be, and may run: that one is put aside under a name of its own
 * and stays until it has ended. The copy has every byte checked before it gets the name. Whatever happens, a failure leaves the
 * old one where it was.
 *
 * The bytes are copied, and nothing else of the file: Windows marks what a browser has downloaded, and would keep asking.
 *
 * @returns Whether something has changed.
 * @throws {WindlassError} `WL_EXECUTABLE_CORRUPT`, `WL_EXECUTABLE_UNREADABLE`, `WL_NO_SPACE`, `WL_INSTALL_FAILED`.
 */
export async function placeExecutable(from: string, to: string, options: PlaceOptions): Promise<boolean> {
  if (await haveSameBytes(from, to)) return false;
  const partial = uniqueName(to, PARTIAL);
  try {
    await copyBytes(from, partial, options.signal);
    const [damage] = await verifyExecutable(partial, { signal: options.signal });
    if (damage !== undefined) {
      throw new WindlassError("WL_EXECUTABLE_CORRUPT", `Cannot install '${from}': ${damage.message}`);
    }
    await takeName(partial, to, options.rename ?? Deno.rename);
    return true;
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    if (error instanceof WindlassError || options.signal.aborted) throw error;
    throw placeError(to, error);
  }
}

/** Takes the executable itself away, running or not; resolves to where it still lies if it runs, which only its end changes. */
export async function displaceExecutable(program: string, folder: string): Promise<string | undefined> {
  try {
    await Deno.remove(program);
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
  }
  const aside = uniqueName(join(folder, basename(program)), ASIDE);
  try {
    await renameFile(program, aside);
    return aside;
  } catch (error) {
    // A folder for temporary files may be on another drive.
    if ((error as { code?: string }).code === "EXDEV") return program;
    throw placeError(program, error);
  }
}

/**
 * Removes what earlier installations have left beside a file of theirs: copies that were cut off, if nobody else installs
 * meanwhile, and old executables that have ended.
 */
export async function removeRemains(
  path: string,
  { partials }: { readonly partials: boolean },
): Promise<void> {
  const ends = partials ? [ASIDE, PARTIAL] : [ASIDE];
  const found = await Array.fromAsync(Deno.readDir(dirname(path))).catch(() => []);
  for (const entry of found) {
    if (!ends.some((end) => isRemain(entry.name, basename(path), end))) continue;
    await Deno.remove(join(dirname(path), entry.name)).catch(() => {}); // it still runs
  }
}

function isRemain(name: string, original: string, end: string): boolean {
  if (!name.startsWith(`${original}.`) || !name.endsWith(end)) return false;
  return UNIQUE_REGEXP.test(name.slice(original.length + 1, -end.length));
}

function uniqueName(path: string, end: string): string {
  return `${path}.${crypto.randomUUID()}${end}`;
}

async function haveSameBytes(from: string, to: string): Promise<boolean> {
  const [one, other] = await Promise.all([from, to].map((path) => Deno.stat(path).catch(() => undefined)));
  if (one === undefined || other === undefined || one.size !== other.size) return false;
  if (await Deno.realPath(from) === await Deno.realPath(to)) return true;
  const [first, second] = await Promise.all([digestOf(from), digestOf(to)]);
  return first === second;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const bytes of file.readable) hash.update(bytes);
  return hash.digest("hex");
}

async function copyBytes(from: string, to: string, signal: AbortSignal): Promise<void> {
  using target = await Deno.open(to, { write: true, createNew: true, mode: PROGRAM_MODE });
  using source = await Deno.open(from);
  for await (const bytes of source.readable) {
    signal.throwIfAborted();
    for (let done = 0; done < bytes.length;) done += await target.write(bytes.subarray(done));
  }
  await target.sync();
}

/** Windows lets nobody replace a program that runs, but lets it have another name. */
async function takeName(
  partial: string,
  to: string,
  rename: NonNullable<PlaceOptions["rename"]>,
): Promise<void> {
  try {
    return await rename(partial, to);
  } catch (error) {
    if (!await Deno.lstat(to).then(({ isFile }) => isFile, () => false)) throw error;
  }
  const aside = uniqueName(to, ASIDE);
  await rename(to, aside);
  try {
    await rename(partial, to);
  } catch (error) {
    await rename(aside, to);
    throw error;
  }
  await Deno.remove(aside).catch(() => {}); // it still runs
}

function placeError(to: string, cause: unknown): WindlassError {
  const code = (cause as { code?: string }).code ?? "";
  if (["ENOSPC", "EDQUOT"].includes(code)) {
    return new WindlassError("WL_NO_SPACE", `Cannot write '${to}': the disk is full`, { cause });
  }
  return new WindlassError("WL_INSTALL_FAILED", `Cannot write '${to}': ${systemReason(cause)}`, { cause });
}
