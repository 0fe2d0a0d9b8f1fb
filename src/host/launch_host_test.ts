import assert from "node:assert/strict";
import { parseReport, takeStartRequest } from "./launch_host.ts";

Deno.test("parseReport() reads how a start went", () => {
  assert.deepEqual(parseReport('{"started":true}'), { started: true });
  const failure = { started: false, code: "WL_SOCKET_BUSY", message: "Cannot listen", remedy: "Stop it." };
  assert.deepEqual(parseReport(JSON.stringify(failure)), failure);
});

Deno.test("parseReport() takes nothing else for a report", () => {
  assert.equal(parseReport(""), undefined);
  assert.equal(parseReport("Segmentation fault"), undefined);
  assert.equal(parseReport('{"started":false,"code":"EVIL"}'), undefined);
});

Deno.test("takeStartRequest() leaves nothing for the processes of the host", () => {
  const taken = (text: string) => {
    Deno.env.set("WINDLASS_START_ENGINE", text);
    const time = takeStartRequest();
    return [time, Deno.env.has("WINDLASS_START_ENGINE")];
  };
  assert.deepEqual(taken("1790000000000.5"), [1_790_000_000_000.5, false]);
  assert.deepEqual(taken("soon"), [undefined, false]);
  assert.equal(takeStartRequest(), undefined);
});
