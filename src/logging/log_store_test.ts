import assert from "node:assert/strict";
import { NEVER } from "../timing/sleep.ts";
import { isKept, type LogLine, NO_LOG } from "./log.ts";
import { LogFile, parseLine, readLogTail } from "./log_file.ts";
import { LogStore } from "./log_store.ts";

const line = (event: string): LogLine => ({
  time: "2026-01-01T00:00:00.000Z",
  level: "info",
  source: "host",
  event,
});

Deno.test("LogStore keeps no lines below its level", () => {
  const store = new LogStore();
  const keep = (level: LogLine["level"]) => store.add({ ...line(level), level });
  for (const level of ["debug", "info", "warn", "error"] as const) keep(level);
  store.level = "warn";
  for (const level of ["debug", "info", "warn", "error"] as const) keep(level);
  assert.deepEqual(store.tail(10).map((found) => found.event), [
    ...["debug", "info", "warn", "error"],
    ...["warn", "error"],
  ]);
});

Deno.test("isKept() says which lines a log keeps, as its level is at the moment", () => {
  const store = new LogStore();
  const log = store.logOf("host");
  assert.deepEqual([isKept(log, "debug"), isKept(log, "info")], [true, true]);
  store.level = "info";
  assert.deepEqual([isKept(log, "debug"), isKept(log, "info")], [false, true]);
  log("debug", "dropped");
  log("info", "kept", { answer: 42 });
  assert.deepEqual(store.tail(9).map(({ event, source, fields }) => ({ event, source, fields })), [
    { event: "kept", source: "host", fields: { answer: 42 } },
  ]);
  assert.equal(isKept(() => {}, "debug"), true);
  assert.equal(isKept(NO_LOG, "error"), false);
});

Deno.test("LogStore.tail() gives the newest lines of one source, oldest first", () => {
  const store = new LogStore();
  store.add(line("one"));
  store.add({ ...line("two"), source: "dockerd" });
  store.add(line("three"));
  assert.deepEqual(store.tail(10, { source: "host" }).map((found) => found.event), ["one", "three"]);
  assert.deepEqual(store.tail(1).map((found) => found.event), ["three"]);
  assert.deepEqual(store.tail(0), []);
});

Deno.test("LogStore.tail() keeps 2,000 lines", () => {
  const store = new LogStore();
  for (let number = 0; number < 2_005; number++) store.add(line(String(number)));
  assert.equal(store.tail(9_999).length, 2_000);
  assert.equal(store.tail(9_999)[0]?.event, "5");
});

Deno.test("LogStore.follow() hands out lines as they come and ends with its signal", async () => {
  const store = new LogStore();
  const end = new AbortController();
  const events: string[] = [];
  const following = (async () => {
    for await (const found of store.follow(end.signal)) {
      events.push(found.event);
      if (events.length === 2) end.abort();
    }
  })();
  store.logOf("agent")("warn", "first");
  store.add(line("second"));
  await following;
  assert.deepEqual(events, ["first", "second"]);
});

Deno.test("LogStore.follow() cuts a reader off that falls 5,000 lines behind", async () => {
  const store = new LogStore();
  const lines = store.follow(NEVER);
  store.add(line("before the reader"));
  const first = lines.next();
  for (let number = 0; number < 6_000; number++) store.add(line(String(number)));
  assert.equal((await first).value?.event, "0");
  let read = 1;
  await assert.rejects(async () => {
    for await (const _ of lines) read++;
  }, {
    code: "WL_API_READER_SLOW",
    message: "Cannot continue the log: the reader is more than 5000 lines behind",
  });
  assert.equal(read, 5_000);
});

Deno.test("LogStore.follow() begins with the newest lines and leaves none out after them", async () => {
  const store = new LogStore();
  for (const event of ["one", "two", "three"]) store.add(line(event));
  const end = new AbortController();
  const lines = store.follow(end.signal, 2);
  const events = [(await lines.next()).value?.event];
  store.add(line("four")); // while the reader still has the beginning to read
  for (let more = 0; more < 2; more++) events.push((await lines.next()).value?.event);
  assert.deepEqual(events, ["two", "three", "four"]);
  end.abort();
  assert.equal((await lines.next()).done, true);
});

Deno.test("LogStore.follow() and tail() hand out only what is wanted", async () => {
  const store = new LogStore();
  const end = new AbortController();
  const lines = store.follow(end.signal, 0, { source: "dockerd", level: "warn" });
  const first = lines.next();
  store.add({ ...line("other source"), level: "error" });
  store.add({ ...line("lower level"), source: "dockerd" });
  store.add({ ...line("wanted"), source: "dockerd", level: "error" });
  assert.equal((await first).value?.event, "wanted");
  assert.deepEqual(store.tail(10, { level: "error" }).map((found) => found.event), [
    "other source",
    "wanted",
  ]);
  end.abort();
  await lines.return(undefined);
});

Deno.test("LogFile rotates by size, and readLogTail() reads across the files", async () => {
  const directory = await Deno.makeTempDir();
  try {
    {
      using file = await LogFile.open(directory);
      const filler = "x".repeat(100_000);
      for (let number = 0; number < 100; number++) {
        file.append({ ...line(String(number)), fields: { filler } });
      }
    }
    const names = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
    assert.deepEqual(names, ["windlass.1.jsonl", "windlass.2.jsonl", "windlass.jsonl"]);
    assert.deepEqual((await readLogTail(directory, 60)).map((found) => Number(found.event)), [
      ...Array.from({ length: 60 }, (_, index) => 40 + index),
    ]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("LogFile continues its file where it cannot be rotated", async () => {
  const directory = await Deno.makeTempDir();
  try {
    for (const name of ["windlass.2.jsonl", "windlass.3.jsonl"]) {
      await Deno.mkdir(`${directory}/${name}/full`, { recursive: true });
    }
    {
      using file = await LogFile.open(directory);
      const filler = "x".repeat(100_000);
      for (let number = 0; number < 50; number++) {
        file.append({ ...line(String(number)), fields: { filler } });
      }
    }
    const text = await Deno.readTextFile(`${directory}/windlass.jsonl`);
    assert.equal(text.split("\n").flatMap(parseLine).length, 50);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("parseLine() leaves out what a power cut damaged", () => {
  assert.deepEqual(parseLine('{"time":"2026-01-01T00:0'), []);
  assert.deepEqual(parseLine(JSON.stringify(line("whole"))), [line("whole")]);
});

Deno.test("readLogTail() finds nothing where no log is", async () => {
  assert.deepEqual(await readLogTail("/nonexistent", 10), []);
});
