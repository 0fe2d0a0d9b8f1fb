import assert from "node:assert/strict";
import { codeMappings } from "./code_mappings.ts";

const MAPS = `\
55d000000000-55d001b86000 r--p 00000000 fe:00 123                        /home/u/components/ab-deno
55d001b87000-55d005898000 r-xp 01b86000 fe:00 123                        /home/u/components/ab-deno
55d005899000-55d005b1d000 r--p 05897000 fe:00 123                        /home/u/components/ab-deno
55d005b1d000-55d005b2b000 rw-p 05b1b000 fe:00 123                        /home/u/components/ab-deno
55d005b2b000-55d005c00000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000226000 r-xp 02a7e000 fe:00 123                        /home/u/components/ab-deno
7f0000300000-7f0000400000 r-xp 00000000 fe:00 456                        /usr/lib/x86_64-linux-gnu/libc.so.6
7f0000500000-7f0000600000 r--s 00000000 fe:00 789                        /home/u/deno/v8_code_cache_v2
7f0000600000-7f0000700000 rwxp 00000000 00:00 0
`;

Deno.test("codeMappings() returns code and constants of the program, and nothing that the loader has changed", () => {
  const found = codeMappings(MAPS, "/home/u/components/ab-deno");
  assert.deepEqual(found, [
    { start: 0x55d000000000n, bytes: 0x1b86000n },
    { start: 0x55d001b87000n, bytes: 0x3d11000n },
    { start: 0x7f0000000000n, bytes: 0x226000n },
  ]);
});

Deno.test("codeMappings() finds a program whose file an update has removed", () => {
  const removed = MAPS.replaceAll("ab-deno", "ab-deno (deleted)");
  assert.equal(codeMappings(removed, "/home/u/components/ab-deno (deleted)").length, 3);
});
