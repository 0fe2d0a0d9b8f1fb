/**
 * Checks that all C is formatted as `.clang-format` says; with `--write`, formats it. Part of `deno task ok`. The
 * formatter is clang-format itself, compiled to WebAssembly, so that every machine runs the locked version.
 */
import { format } from "@wasm-fmt/clang-format";
import { filesBelow } from "./files_below.ts";

const FOLDERS = ["src", "distro", "tests"];

/** The text in the style, which is that of a `.clang-format` file. Pure. */
export function formatC(text: string, style: string): string {
  return format(text, "file.c", style);
}

if (import.meta.main) {
  const writes = Deno.args[0] === "--write";
  const style = await Deno.readTextFile(".clang-format");
  for (const folder of FOLDERS) {
    for await (const path of filesBelow(folder)) {
      if (!/\.[ch]$/.test(path)) continue;
      const text = await Deno.readTextFile(path);
      const formatted = formatC(text, style);
      if (formatted === text) continue;
      if (writes) {
        await Deno.writeTextFile(path, formatted);
        continue;
      }
      console.error(`${path}: is not formatted; run 'deno run -A scripts/check_c_style.ts --write'`);
      Deno.exitCode = 1;
    }
  }
}
