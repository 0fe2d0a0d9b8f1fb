import assert from "node:assert/strict";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import type { WslProcess } from "../../wsl/wsl.ts";
import { DataKeeper } from "./data_keeper.ts";

/** A wsl that ends at once with a failure. */
function failing(code: ErrorCode): WslProcess {
  const [link] = createMemoryDuplexPair();
  link.close();
  const failure = new WindlassError(code, "Cannot run it");
  return {
    pid: 1,
    link,
    pipeAccess: "streams",
    exited: Promise.resolve({ exitCode: 255, failure }),
    kill: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

for (const code of ["WL_DISTRO_NOT_FOUND", "WL_DISTRO_DISK_MISSING", "WL_DISTRO_DISK_DAMAGED"] as const) {
  Deno.test(`DataKeeper gives up at ${code}, and says why`, async () => {
    const spawn = () => failing(code);
    await using keeper = new DataKeeper({ wsl: { spawn }, distro: "windlass-data", log: NO_LOG });
    assert.equal((await keeper.lost).code, code);
  });
}
