import { collectGarbage } from "../collect_garbage.ts";
import { codeMappings } from "./code_mappings.ts";

const MADV_DONTNEED = 4;

/**
 * Gives back to the system what this process does not use: garbage, free memory of the allocator, and the pages of the
 * runtime's file that only its start needed. The last are mapped again from the page cache when they are used; as long
 * as they are mapped, neither the kernel nor WSL's own reclaiming of its virtual machine's cache takes them.
 */
export function giveBackMemoryOnLinux(): void {
  collectGarbage();
  const { symbols, close } = openAllocator();
  try {
    symbols.malloc_trim(0n);
    const maps = Deno.readTextFileSync("/proc/self/maps");
    for (const { start, bytes } of codeMappings(maps, Deno.readLinkSync("/proc/self/exe"))) {
      symbols.madvise(start, bytes, MADV_DONTNEED);
    }
  } finally {
    close();
  }
}

/** Opened for each use: it is rare, and what an open library takes is what this is about. */
function openAllocator() {
  const library = Deno.dlopen("libc.so.6", {
    malloc_trim: { parameters: ["usize"], result: "i32" },
    madvise: { parameters: ["u64", "usize", "i32"], result: "i32" },
  });
  return { symbols: library.symbols, close: () => library.close() };
}
