import assert from "node:assert/strict";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import type { ChannelSource } from "./channel_source.ts";
import { Mirrors } from "./mirrors.ts";

const { signal } = new AbortController();

function named(name: string): ChannelSource {
  return { name, open: () => Promise.resolve(null) };
}

/** Mirrors a, b and c, of which each answers with the code, or with its name. */
function opened(codes: Record<string, ErrorCode>, log = NO_LOG) {
  const mirrors = new Mirrors(["a", "b", "c"].map(named), log);
  const asked: string[] = [];
  const ask = () =>
    mirrors.firstThat(({ name }) => {
      asked.push(name);
      const code = codes[name];
      if (code !== undefined) return Promise.reject(new WindlassError(code, `Cannot ask ${name}: ${code}`));
      return Promise.resolve(name);
    }, signal);
  return { mirrors, asked, ask, codes };
}

Deno.test("Mirrors ask one source as long as it does", async () => {
  const { ask, asked } = opened({});
  assert.deepEqual([await ask(), await ask(), asked], ["a", "a", ["a", "a"]]);
});

Deno.test("Mirrors continue after a source that does not answer, and ask it last from then on", async () => {
  const { ask, asked, codes } = opened({ a: "WL_UPDATE_UNREACHABLE", b: "WL_UPDATE_STALLED" });
  assert.equal(await ask(), "c");
  assert.equal(await ask(), "c");
  assert.deepEqual(asked, ["a", "b", "c", "c"]);
  delete codes.a;
  codes.c = "WL_UPDATE_UNREACHABLE";
  assert.equal(await ask(), "a");
});

Deno.test("Mirrors do not ask a source that lied again before the next run", async () => {
  const lines: unknown[] = [];
  const { ask, asked, mirrors } = opened(
    { a: "WL_UPDATE_BLOB_INVALID" },
    (level, event, fields) => lines.push([level, event, fields?.source]),
  );
  assert.deepEqual([await ask(), await ask(), asked], ["b", "b", ["a", "b", "b"]]);
  assert.deepEqual(lines, [["warn", "update.source.distrusted", "a"]]);
  mirrors.forgive();
  await ask();
  assert.deepEqual(asked, ["a", "b", "b", "a", "b"]);
});

Deno.test("Mirrors fail with the gravest failure and name all of them", async () => {
  const { ask, asked } = opened({
    a: "WL_UPDATE_UNREACHABLE",
    b: "WL_UPDATE_REJECTED",
    c: "WL_UPDATE_EXPIRED",
  });
  const expected = { code: "WL_UPDATE_REJECTED", message: "Cannot ask b: WL_UPDATE_REJECTED" };
  await assert.rejects(ask(), (error: WindlassError) => {
    assert.deepEqual({ code: error.code, message: error.message }, expected);
    assert.equal((error.cause as AggregateError).errors.length, 3);
    return true;
  });
  await assert.rejects(ask(), expected);
  assert.deepEqual(asked, ["a", "b", "c", "a", "c"]);
});

Deno.test("Mirrors report what is missing before what did not answer", async () => {
  const { ask } = opened({
    a: "WL_UPDATE_STALLED",
    b: "WL_UPDATE_BLOB_MISSING",
    c: "WL_UPDATE_UNREACHABLE",
  });
  const expected = { code: "WL_UPDATE_BLOB_MISSING", message: "Cannot ask b: WL_UPDATE_BLOB_MISSING" };
  await assert.rejects(ask(), expected);
});

Deno.test("Mirrors ask no other source after a failure that is not the source's", async () => {
  const { ask, asked } = opened({ a: "WL_NO_SPACE" });
  await assert.rejects(ask(), { code: "WL_NO_SPACE" });
  assert.deepEqual(asked, ["a"]);
});

Deno.test("Mirrors end with the reason of the signal", async () => {
  const mirrors = new Mirrors([named("a"), named("b")], NO_LOG);
  const controller = new AbortController();
  const asking = mirrors.firstThat(() => {
    controller.abort(new Error("enough"));
    return Promise.reject(new WindlassError("WL_UPDATE_UNREACHABLE", "Cannot reach 'a': x"));
  }, controller.signal);
  await assert.rejects(asking, { message: "enough" });
});
