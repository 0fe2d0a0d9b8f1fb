import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import { wakeDocker } from "./wake_docker.ts";

Deno.test("wakeDocker() asks for the least, and closes the stream at the answer", async () => {
  const written: string[] = [];
  let closed = 0;
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Uint8Array | null>();
  const woken = wakeDocker(() => ({
    read: () => {
      asked.resolve();
      return answer.promise;
    },
    write: (bytes) => Promise.resolve(void written.push(new TextDecoder().decode(bytes))),
    closeWrite: () => Promise.resolve(),
    close: () => void closed++,
    [Symbol.dispose]: () => void closed++,
  }), NO_LOG);
  await asked.promise;
  assert.deepEqual([written[0]?.split("\r\n")[0], closed], ["HEAD /_ping HTTP/1.1", 0]);
  answer.resolve(new Uint8Array([72]));
  await woken;
  assert.equal(closed, 1);
});

Deno.test("wakeDocker() leaves it to the state of the engine that it could not be reached", async () => {
  await wakeDocker(() => {
    throw new Error("the session is over");
  }, NO_LOG);
});
