import { networkReason } from "../../proxy/network_reason.ts";
import assert from "node:assert/strict";
import { contentLength, contentRange, isCompressed, isWebPage, validatorOf } from "./http_answer.ts";

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("contentRange() reads where a range begins, and what it is a range of", () => {
  assert.deepEqual(contentRange("bytes 5-9/10"), { start: 5, total: 10 });
  assert.deepEqual(contentRange("bytes 5-9/*"), { start: 5 });
  for (
    const header of [null, "", "bytes */10", "lines 5-9/10", "bytes -9/10", `bytes ${"9".repeat(16)}-1/1`]
  ) {
    assert.equal(contentRange(header), null, `${header}`);
  }
});

Deno.test("contentLength() believes in digits", () => {
  assert.equal(contentLength(new Headers({ "content-length": "10" })), 10);
  assert.equal(contentLength(new Headers({ "content-length": "-1" })), undefined);
  assert.equal(contentLength(new Headers()), undefined);
});

Deno.test("isCompressed() knows what was declined", () => {
  assert.equal(isCompressed(new Headers()), false);
  assert.equal(isCompressed(new Headers({ "content-encoding": "Identity" })), false);
  assert.equal(isCompressed(new Headers({ "content-encoding": "gzip" })), true);
});

Deno.test("validatorOf() prefers a strong ETag, and takes the date in place of a weak one", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  assert.equal(validatorOf(new Headers({ etag: '"a"', "last-modified": date })), '"a"');
  assert.equal(validatorOf(new Headers({ etag: 'W/"a"', "last-modified": date })), date);
  for (
    const headers of [{}, { etag: 'W/"a"' }, { etag: `"${"a".repeat(300)}"` }, { "last-modified": "<today>" }]
  ) {
    assert.equal(validatorOf(new Headers(headers as HeadersInit)), undefined);
  }
});

Deno.test("isWebPage() knows a page by its type and by how it begins", () => {
  assert.ok(isWebPage(new Headers({ "content-type": "Text/HTML; charset=utf-8" }), text("")));
  for (const page of ["<!DOCTYPE html>", "\r\n  <html lang=en>", "\uFEFF<head>", "<script>"]) {
    assert.ok(isWebPage(new Headers(), text(page)), page);
  }
  for (const other of ["", "{}", '{"a":"<html>"}', "<?xml?>", "<htmlx>"]) {
    assert.equal(isWebPage(new Headers({ "content-type": "application/json" }), text(other)), false, other);
  }
});

Deno.test("networkReason() leaves out the address that is named already", () => {
  const failed = (message: string) => new TypeError("fetch failed", { cause: new Error(message) });
  const reason = "tcp connect error: Connection refused (os error 111)";
  const connect = `error sending request for url (http://127.0.0.1:1/): client error (Connect): ${reason}`;
  const closed = "error sending request from 127.0.0.1:5 for http://127.0.0.1:1/ (127.0.0.1:1): " +
    "client error (SendRequest): connection closed before message completed";
  assert.equal(networkReason(failed(connect)), reason);
  assert.equal(networkReason(failed(closed)), "connection closed before message completed");
  assert.equal(networkReason(new TypeError("other")), "other");
  assert.equal(networkReason("text"), "text");
});
