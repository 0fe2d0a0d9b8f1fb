import assert from "node:assert/strict";
import { pipeTaken } from "./pipe_holder.ts";

const RUNTIME = `components\\${"a".repeat(64)}-deno.exe`;
const sentence = (state: string) => `Cannot listen on '\\\\.\\pipe\\windlass_engine': ${state} is using it`;

Deno.test("pipeTaken() says whose Windlass has the pipe, rather than where its runtime lies", () => {
  for (
    const [executable, who] of [
      [`C:\\Users\\ann\\AppData\\Local\\Windlass\\${RUNTIME}`, "the Windlass of user 'ann' (process 1080)"],
      [`D:\\Tools\\home\\${RUNTIME}`, "the Windlass of 'D:\\Tools\\home' (process 1080)"],
      ["C:\\Program Files\\other.exe", "'C:\\Program Files\\other.exe' (process 1080)"],
      [null, "another program (process 1080)"],
    ] as const
  ) {
    const { code, message, remedy } = pipeTaken("windlass_engine", { processId: 1080, executable });
    assert.deepEqual([code, message, remedy], [
      "WL_SOCKET_BUSY",
      sentence(who),
      "Set WINDLASS_HOME to a folder of your own, which has its own pipe, or end that program.",
    ]);
  }
  assert.equal(pipeTaken("windlass_engine", null).message, sentence("another program"));
});
