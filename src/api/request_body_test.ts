import assert from "node:assert/strict";
import { Hono } from "hono";
import { jsonBodiesOnly } from "./request_body.ts";

const api = new Hono().use(jsonBodiesOnly).post("/", async ({ req, json }) => json(await req.json()));

function post(type: string | undefined, body: Uint8Array<ArrayBuffer> | string) {
  const headers = { "content-length": String(body.length), ...type ? { "content-type": type } : {} };
  return api.request("/", { method: "POST", headers, body: typeof body === "string" ? utf8(body) : body });
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What PowerShell 5 sends for a file that it has written. */
const UTF_16 = new Uint8Array([0xff, 0xfe, ...[..."{}"].flatMap((letter) => [letter.charCodeAt(0), 0])]);

Deno.test("jsonBodiesOnly passes JSON in UTF-8, however its type is written", async () => {
  for (
    const type of ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF8"']
  ) {
    const response = await post(type, '{"ü":1}');
    assert.deepEqual([response.status, await response.json()], [200, { "ü": 1 }], type);
  }
});

Deno.test("jsonBodiesOnly answers 415 for another type, and names it", async () => {
  const messages = {
    "text/plain": "Cannot answer: the body of the request is 'text/plain', not application/json in UTF-8",
    "application/json; charset=utf-16":
      "Cannot answer: the body of the request is 'application/json; charset=utf-16', not application/json in UTF-8",
  };
  for (const [type, message] of Object.entries(messages)) {
    const response = await post(type, "{}");
    const { code, detail } = await response.json();
    assert.deepEqual([response.status, code, detail], [415, "WL_API_INVALID", message]);
  }
  const response = await post(undefined, utf8("{}"));
  assert.equal(response.status, 415);
  assert.match((await response.json()).detail, /does not state the media type of its body/);
});

Deno.test("jsonBodiesOnly answers 400 for a body that is not UTF-8, though it is declared so", async () => {
  const response = await post("application/json", UTF_16);
  const { code, detail } = await response.json();
  assert.deepEqual([response.status, code, detail], [
    400,
    "WL_API_INVALID",
    "Cannot answer: the body of the request is not valid JSON in UTF-8",
  ]);
});

Deno.test("jsonBodiesOnly lets a request without a body pass, whatever type it states", async () => {
  const response = await new Hono().use(jsonBodiesOnly).post("/", ({ text }) => text("done"))
    .request("/", { method: "POST", headers: { "content-length": "0", "content-type": "text/plain" } });
  assert.equal(await response.text(), "done");
});
