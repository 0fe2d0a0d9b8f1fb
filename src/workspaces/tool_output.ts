/** What the program `workspace` prints (distro/native/workspace): one JSON object a line. */
import { z } from "zod";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";

/** The largest id of Linux; the one above it means "no change". */
const ID_MAXIMUM = 0xffff_fffe;
const Id = z.int().min(0).max(ID_MAXIMUM);
const Path = z.string().startsWith("/").max(4096);

const ErrorLine = z.object({ error: z.string(), message: z.string().max(8192) });

/** The ids of a distro's default user. */
export const Identity = z.object({ uid: Id, gid: Id });
export type Identity = z.output<typeof Identity>;

/** What is found in a distro now. */
export const Probe = z.object({
  automountRoot: z.string().regex(/^\/([^\n]*\/)?$/).max(1024),
  dockerGroup: Id.nullable(),
  writable: z.boolean(),
  interop: z.boolean(),
  systemd: z.boolean(),
  shells: z.array(z.string().max(64)).max(64),
  socket: z.enum(["ours", "missing", "foreign", "engine"]),
  docker: z.enum(["ours", "missing", "own"]),
  files: z.array(z.object({ path: Path, state: z.enum(["placed", "missing", "changed"]) })).max(256),
  manifest: z.boolean(),
  /** The shared folder of the instance that has placed the files; absent without a manifest. */
  shared: Path.optional(),
  /** A folder that nothing can be written to, if there is one. */
  unwritable: Path.optional(),
});
export type Probe = z.output<typeof Probe>;

/** What was done with one file. */
export const Step = z.object({
  step: z.enum(["file", "link", "manifest"]),
  path: Path,
  outcome: z.enum(["placed", "kept", "skipped", "removed"]),
  why: z.string().max(4096).optional(),
});
export type Step = z.output<typeof Step>;

/** The end of an `enable`: everything that is placed. */
export const Done = z.object({ step: z.literal("done"), manifest: z.array(z.unknown()).max(256) });

/** The answer to `disable`. */
export const Removal = z.object({
  removed: z.array(Path).max(256),
  kept: z.array(z.object({ path: Path, why: z.string().max(4096) })).max(256),
});
export type Removal = z.output<typeof Removal>;

/** A failure in the tool's own words: a code of a closed set, and "Cannot <action>: <state>". */
export type ToolFailure = z.output<typeof ErrorLine>;

/** The JSON objects of an output, and why the tool failed if it did. Other lines are left out. Pure. */
export function readToolOutput(text: string): {
  readonly lines: readonly unknown[];
  readonly failure: ToolFailure | undefined;
} {
  const lines = text.split("\n").flatMap((line): unknown[] => {
    if (!line.startsWith("{") || line.length > WORKSPACE_LIMITS.lineCharacters) return [];
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
  const failure = lines.map((line) => ErrorLine.safeParse(line).data).find((error) => error !== undefined);
  return { lines, failure };
}

/** The first line of a kind. Pure. */
export function firstOf<Schema extends z.ZodType>(
  lines: readonly unknown[],
  schema: Schema,
): z.output<Schema> | undefined {
  return lines.map((line) => schema.safeParse(line)).find((result) => result.success)?.data;
}

/** All lines of a kind, in order. Pure. */
export function allOf<Schema extends z.ZodType>(
  lines: readonly unknown[],
  schema: Schema,
): readonly z.output<Schema>[] {
  return lines.map((line) => schema.safeParse(line)).flatMap((result) => result.success ? [result.data] : []);
}
