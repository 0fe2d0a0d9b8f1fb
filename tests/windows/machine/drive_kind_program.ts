/** Runs inside deno.exe: prints what the drives are. */
import { driveKind } from "../../../src/platform/windows/drive_kind.ts";

console.log(JSON.stringify(["C", "c", "Q"].map(driveKind)));
