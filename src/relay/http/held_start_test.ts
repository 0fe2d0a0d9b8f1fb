import assert from "node:assert/strict";
import { chunkedPost, GET, newTrial, post, textOf } from "../../../tests/fakes/scanner_trial.ts";

const ENCODER = new TextEncoder();
const START = "POST /v1.51/containers/web/start HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n";
const REASON = "Cannot start the container 'web': its workspace does not answer";

/** The containers that were asked about, and a scanner that refuses to start `web`. */
function trialOfStarts() {
  const asked: string[] = [];
  const trial = newTrial({
    beforeStart: (container) => {
      asked.push(container);
      return container === "web" ? REASON : undefined;
    },
  });
  return { ...trial, asked };
}

Deno.test("RequestScanner asks before each start of a container, in pieces of any size", () => {
  for (const size of [1, 7, START.length]) {
    const { asked, push } = trialOfStarts();
    const text = GET + START.replace("web", "db") + START + GET;
    const sent: string[] = [];
    for (let at = 0; at < text.length; at += size) sent.push(...push(text.slice(at, at + size)));
    assert.equal(sent.join(""), GET + START.replace("web", "db") + `[${REASON}]` + GET);
    assert.deepEqual(asked, ["db", "web"]);
  }
});

Deno.test("RequestScanner ends the connection with a refused start that has a body", () => {
  for (
    const [text, closes] of [
      [START, false],
      [START.replace("start", "restart?t=1"), false],
      [START.replace("Host: d", "Connection: close"), true],
      [post("/containers/web/start", "{}"), true],
      [chunkedPost("/containers/web/start", "{}"), true],
    ] as const
  ) {
    const { scanner, started } = trialOfStarts();
    const [piece] = scanner.push(ENCODER.encode(text));
    assert.ok(piece !== undefined && "rewrite" in piece);
    assert.deepEqual([piece.request, piece.closes, textOf(piece)], [started[0], closes, `[${REASON}]`]);
  }
});

Deno.test("RequestScanner sends the body after a start that is allowed", () => {
  for (const text of [post("/containers/db/start", "{}"), chunkedPost("/containers/db/start", "{}")]) {
    const { push } = trialOfStarts();
    assert.equal(push(text + GET).join(""), text + GET);
  }
});

Deno.test("RequestScanner holds nothing back where nobody wants to be asked", () => {
  assert.deepEqual(newTrial().push(GET + START + GET), [GET + START + GET]);
});
