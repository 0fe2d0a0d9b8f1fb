import assert from "node:assert/strict";
import { parseAnswer } from "./docker_request.ts";

Deno.test("parseAnswer() takes status and body from an answer", () => {
  assert.deepEqual(parseAnswer("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\n\r\nOK"), {
    status: 200,
    body: "OK",
  });
  assert.deepEqual(parseAnswer("HTTP/1.1 503 Service Unavailable\r\n\r\n"), { status: 503, body: "" });
});

Deno.test("parseAnswer() gives status 0 to what is no whole answer", () => {
  for (const text of ["", "HTTP/1.1 20", "SSH-2.0"]) {
    assert.deepEqual(parseAnswer(text), { status: 0, body: "" });
  }
});
