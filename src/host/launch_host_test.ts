import assert from "node:assert/strict";
import { parseReport } from "./launch_host.ts";

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
