import assert from "node:assert/strict";
import { headForBody } from "./head_for_body.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

Deno.test("headForBody() changes the lines about the body and no other", () => {
  const head =
    "POST /x HTTP/1.1\r\nhost:d\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nX-Odd:  a\tb \r\n\r\n";
  assert.equal(
    DECODER.decode(headForBody(ENCODER.encode(head), 42)),
    "POST /x HTTP/1.1\r\nhost:d\r\nContent-Length: 42\r\nX-Odd:  a\tb \r\n\r\n",
  );
});
