/** An executable like the one under test, with another agent: a newer root file system for the upgrade tests. */
import { createZstdDecompress } from "node:zlib";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { join } from "node:path";
import { assembleExecutable } from "../../scripts/build/assemble_executable.ts";
import { openExecutable } from "../../src/payload/executable.ts";
import { REPOSITORY } from "../support/repository.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { executableUnderTest } from "../support/windlass_instance.ts";

const CACHE = Deno.env.get("WINDLASS_CACHE") ?? join(REPOSITORY, ".cache");

/** Unpacks the executable under test, changes a comment of its agent, and joins it again. */
export async function executableWithAnotherAgent(): Promise<{ readonly path: string } & AsyncDisposable> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-variant"));
  using executable = await openExecutable(executableUnderTest());
  const components = executable.components.filter((component) => component.name !== "stub");
  for (const { name } of components) {
    await pipeline(
      Readable.from(executable.storedStream(name)),
      createZstdDecompress(),
      createWriteStream(join(folder.path, name)),
    );
  }
  await Deno.writeTextFile(join(folder.path, "agent"), "\n// another agent\n", { append: true });
  await pipeline(
    Readable.from(executable.storedStream("stub")),
    createWriteStream(join(folder.path, "stub"), { mode: 0o755 }),
  );
  const path = join(folder.path, "windlass");
  await assembleExecutable({
    launcher: join(folder.path, "stub"),
    components: components.map(({ name, unpack, executable }) => ({
      name,
      path: join(folder.path, name),
      unpack,
      executable,
    })),
    compression: "quick",
    cacheDirectory: CACHE,
    output: path,
  });
  const stack = owned.move();
  return { path, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
