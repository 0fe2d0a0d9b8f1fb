import assert from "node:assert/strict";
import { parseDockerdLine } from "./dockerd_log.ts";

const NOW = new Date("2026-01-02T03:04:05.678Z");

Deno.test("parseDockerdLine() takes time, level, message and fields apart", () => {
  const line =
    'time="2026-11-22T18:32:26.507524363Z" level=info msg="started new containerd process" address=/run/c.sock pid=939';
  assert.deepEqual(parseDockerdLine(line, NOW), {
    time: "2026-11-22T18:32:26.507Z",
    level: "info",
    source: "dockerd",
    event: "started new containerd process",
    fields: { address: "/run/c.sock", pid: "939" },
  });
});

Deno.test("parseDockerdLine() undoes the escapes of quoted values", () => {
  const line = 'time="2026-11-22T18:32:26Z" level=warning msg="path \\"a\\\\b\\" \\x07" error="<nil>"';
  const { level, event, fields } = parseDockerdLine(line, NOW);
  assert.deepEqual([level, event, fields], ["warn", 'path "a\\b" \\x07', { error: "<nil>" }]);
});

Deno.test("parseDockerdLine() accepts a message without quotes and values without text", () => {
  const { event, fields } = parseDockerdLine("level=info msg=serving... namespace= time=x", NOW);
  assert.deepEqual([event, fields], ["serving...", { namespace: "" }]);
});

Deno.test("parseDockerdLine() takes the present for a time that it cannot read", () => {
  assert.equal(parseDockerdLine("time=yesterday level=error msg=x", NOW).time, NOW.toISOString());
});

Deno.test("parseDockerdLine() maps every level of dockerd", () => {
  const levels = ["trace", "debug", "info", "warning", "error", "fatal", "panic"]
    .map((level) => parseDockerdLine(`level=${level} msg=x`, NOW).level);
  assert.deepEqual(levels, ["debug", "debug", "info", "warn", "error", "error", "error"]);
});

Deno.test("parseDockerdLine() keeps a line of another form as it is", () => {
  const text = "failed to start daemon: error initializing graphdriver: driver=overlay2 not supported";
  assert.deepEqual(parseDockerdLine(text, NOW), {
    time: NOW.toISOString(),
    level: "error",
    source: "dockerd",
    event: text,
  });
  assert.equal(parseDockerdLine("goroutine 1 [running]:", NOW).level, "info");
});
