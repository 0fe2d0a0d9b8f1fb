import assert from "node:assert/strict";
import { settled } from "../../../tests/fakes/settled.ts";
import { NEVER } from "../../timing/sleep.ts";
import { type ChangeContainer, rewriteRequest } from "./request_rewriter.ts";

const ENCODER = new TextEncoder();
const BODY = '{"HostConfig":{"Binds":["/home/x:/y"]}}';

function request(head: string, body: string) {
  const bytes = ENCODER.encode(head + body);
  const chunked = head.includes("chunked");
  return { bytes, headLength: head.length, chunked, continued: false };
}

function textOf(result: unknown): string {
  assert.ok(result instanceof Uint8Array);
  return new TextDecoder().decode(result);
}

const translatePath = (source: string) => source.startsWith("/home") ? `/mnt/c${source}` : undefined;
const changeContainer: ChangeContainer = (body) =>
  ENCODER.encode(new TextDecoder().decode(body).replace("}}", '},"A":1}'));

Deno.test("rewriteRequest() changes a container after its paths are translated, and says how long it has become", () => {
  const head = `POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: ${BODY.length}\r\n\r\n`;
  const result = rewriteRequest(request(head, BODY), "container", { translatePath, changeContainer }, NEVER);
  const [newHead, newBody] = textOf(settled(result)).split("\r\n\r\n");
  assert.equal(newBody, '{"HostConfig":{"Binds":["/mnt/c/home/x:/y"]},"A":1}');
  assert.match(newHead!, new RegExp(`^Content-Length: ${newBody!.length}$`, "m"));
});

Deno.test("rewriteRequest() changes a container that comes in chunks", async () => {
  const head = "POST /containers/create HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n";
  const chunks = '6\r\n{"a":{\r\n2\r\n}}\r\n0\r\n\r\n';
  const later: ChangeContainer = (body, signal) => Promise.resolve(changeContainer(body, signal));
  const result = await rewriteRequest(request(head, chunks), "container", {
    translatePath,
    changeContainer: later,
  }, NEVER);
  assert.match(textOf(result), /\r\n\r\n\{"a":\{\},"A":1\}$/);
});

Deno.test("rewriteRequest() leaves a container as it came that is not to be changed, and volumes alone", () => {
  const head = `POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n`;
  const given = request(head, "{}");
  const rewriting = { translatePath, changeContainer: (body: Uint8Array) => body };
  assert.equal(rewriteRequest(given, "container", rewriting, NEVER), given.bytes);
  assert.equal(rewriteRequest(given, "volume", { translatePath, changeContainer }, NEVER), given.bytes);
});

Deno.test("rewriteRequest() asks for no change of a container that is refused", () => {
  const head = `POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: ${BODY.length}\r\n\r\n`;
  const refusing = {
    translatePath: () => ({ refused: "it is elsewhere" }),
    changeContainer: () => assert.fail("it was asked"),
  };
  const result = settled(rewriteRequest(request(head, BODY), "container", refusing, NEVER));
  assert.ok("refusal" in result);
});
