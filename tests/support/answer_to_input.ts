import assert from "node:assert/strict";
import type { InteractiveProcess } from "./interactive_process.ts";

/**
 * Feeds a program in a container that prints "ready" first, ends its input, and returns what it prints after that, on
 * either output. It must end with 0.
 *
 * Input ends only when the program runs: dockerd itself loses, once in some hundred times, an end that comes before,
 * for `docker run -i` and `docker exec -i`, and the program waits for it for ever.
 */
export async function answerToInput(started: InteractiveProcess, input: string): Promise<string> {
  await using running = started;
  await running.waitFor(/ready\n/);
  if (input !== "") await running.write(input);
  await running.closeStdin();
  const { code } = await running.ended();
  assert.equal(code, 0, running.output);
  return running.output.replace("ready\n", "");
}
