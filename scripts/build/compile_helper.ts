import { WindlassError } from "../../src/errors/windlass_error.ts";

const FLAGS = ["-static", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-s", "-Wl,--build-id=none"];

/**
 * Compiles the native helper from src/wsl/linux/native/ into one static program. Same sources and compiler,
 * same bytes. The file is replaced in one step.
 *
 * @throws {WindlassError} `WL_TOOL_MISSING` without gcc or when it refuses the sources.
 *
 * @example
 * ```ts
 * await compileHelper("/tmp/wsl-helper");
 * ```
 */
export async function compileHelper(outputPath: string): Promise<void> {
  const folder = new URL("../../src/wsl/linux/native/", import.meta.url);
  const sources: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(".c")) sources.push(entry.name);
  const partial = `${outputPath}.${crypto.randomUUID()}.partial`;
  const output = await new Deno.Command("gcc", {
    args: [...FLAGS, "-o", partial, ...sources.sort()],
    cwd: folder,
    stdin: "null",
  }).output().catch((cause) => {
    throw new WindlassError("WL_TOOL_MISSING", "Cannot compile the wsl helper: there is no gcc", { cause });
  });
  if (!output.success) {
    const words = new TextDecoder().decode(output.stderr).trim();
    throw new WindlassError("WL_TOOL_MISSING", `Cannot compile the wsl helper: gcc says\n${words}`);
  }
  await Deno.rename(partial, outputPath);
}
