import assert from "node:assert/strict";
import { formatDataStamp, isDataTooNew, parseDataStamp } from "./data_stamp.ts";

Deno.test("parseDataStamp() reads what formatDataStamp() writes, and what later versions add", () => {
  assert.deepEqual(parseDataStamp(formatDataStamp({ dockerd: "29.0.1" })), { dockerd: "29.0.1" });
  assert.deepEqual(parseDataStamp('{"format":2,"dockerd":"30.1.0","more":true}'), { dockerd: "30.1.0" });
});

for (const text of ["", "{", "null", "7", "{}", '{"dockerd":29}', '{"dockerd":"latest"}', '{"dockerd":""}']) {
  Deno.test(`parseDataStamp() takes '${text}' for no stamp`, () => {
    assert.equal(parseDataStamp(text), undefined);
  });
}

for (
  const [dockerd, writer, expected] of [
    ["27.1.0", "29.0.1", true],
    ["28.5.2+dfsg4", "29.0.0", true],
    ["29.0.0", "29.4.1", false],
    ["29.0.1", "29.0.1", false],
    ["30.0.0", "29.4.1", false],
    ["9.0.0", "10.0.0", true],
    ["unknown", "29.0.1", false],
  ] as const
) {
  Deno.test(`isDataTooNew() is ${expected} for dockerd ${dockerd} and data of ${writer}`, () => {
    assert.equal(isDataTooNew(dockerd, { dockerd: writer }), expected);
  });
}
