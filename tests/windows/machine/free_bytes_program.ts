/** Runs inside deno.exe: prints what fits on the disk of the current folder, and of one that does not exist. */
import { freeBytes } from "../../../src/files/free_bytes.ts";

console.log(JSON.stringify([await freeBytes(Deno.cwd()), await freeBytes("Q:\\nowhere") ?? null]));
