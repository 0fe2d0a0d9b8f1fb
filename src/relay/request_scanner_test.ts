import assert from "node:assert/strict";
import fc from "fast-check";
import type { PendingRequest } from "./pending_request.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";
import { RequestScanner } from "./request_scanner.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("latin1");

interface Trial {
  readonly scanner: RequestScanner;
  readonly started: PendingRequest[];
  readonly allowed: { count: number };
  /** Sends text; returns the pieces to hand on. */
  push(text: string): string[];
}

function newTrial(options: { readonly allowBody?: boolean } = {}): Trial {
  const started: PendingRequest[] = [];
  const allowed = { count: 0 };
  const scanner = new RequestScanner({
    translatePath: (source) => {
      if (source.startsWith("/secret")) return { refused: "it is kept back" };
      return source.startsWith("/home") ? `/mnt/c${source}` : undefined;
    },
    started: (request) => started.push(request),
    allowBody: () => {
      allowed.count++;
      return options.allowBody ?? true;
    },
  });
  const push = (text: string) =>
    scanner.push(ENCODER.encode(text)).map((piece) =>
      piece instanceof Uint8Array ? DECODER.decode(piece) : `[${piece.refusal}]`
    );
  return { scanner, started, allowed, push };
}

function post(target: string, body: string, headers = ""): string {
  return `POST ${target} HTTP/1.1\r\nHost: d\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function chunkedPost(target: string, body: string, headers = ""): string {
  const half = body.length >> 1;
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  return `POST ${target} HTTP/1.1\r\nHost: d\r\n${headers}Transfer-Encoding: chunked\r\n\r\n` +
    `${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`;
}

const GET = "GET /v1.51/info HTTP/1.1\r\nHost: d\r\n\r\n";
const CREATE_BODY = '{"HostConfig":{"Binds":["/home/x:/y"]}}';
const TRANSLATED_BODY = '{"HostConfig":{"Binds":["/mnt/c/home/x:/y"]}}';

const REFUSED_BODY = '{"HostConfig":{"Binds":["/home/x:/y","/secret/a:/z"]}}';
const REFUSAL = "[Cannot mount '/secret/a': it is kept back]";

/** Requests as sent, and as the engine is to get them. */
const SAMPLES: readonly (readonly [string, string])[] = [
  [GET, GET],
  [post("/build", "tar"), post("/build", "tar")],
  [
    chunkedPost("/images/load", "GET / HTTP/1.1\r\n\r\n"),
    chunkedPost("/images/load", "GET / HTTP/1.1\r\n\r\n"),
  ],
  [post("/containers/create", CREATE_BODY), post("/containers/create", TRANSLATED_BODY)],
  [
    chunkedPost("/v1.51/containers/create?name=n", CREATE_BODY),
    post("/v1.51/containers/create?name=n", TRANSLATED_BODY),
  ],
  [chunkedPost("/containers/create", "{}"), chunkedPost("/containers/create", "{}")],
  [post("/containers/create", "not JSON"), post("/containers/create", "not JSON")],
  [post("/volumes/create", ""), post("/volumes/create", "")],
  [post("/containers/create", REFUSED_BODY), REFUSAL],
  [chunkedPost("/containers/create", REFUSED_BODY), REFUSAL],
  [
    post("/containers/create", CREATE_BODY, "Content-Type: application/json; charset=utf-8\r\n"),
    post("/containers/create", TRANSLATED_BODY, "Content-Type: application/json; charset=utf-8\r\n"),
  ],
];

Deno.test("RequestScanner hands on the same bytes wherever they are cut", () => {
  const sent = SAMPLES.map(([text]) => text).join("");
  const expected = SAMPLES.map(([, text]) => text).join("");
  for (let cut = 0; cut <= sent.length; cut++) {
    const { push, scanner, started } = newTrial();
    const got = [...push(sent.slice(0, cut)), ...push(sent.slice(cut))].join("");
    assert.equal(got, expected, `cut at ${cut}`);
    assert.equal(scanner.atRest, true);
    assert.equal(started.length, SAMPLES.length);
  }
});

Deno.test("RequestScanner hands on the same bytes in pieces of any size", () => {
  const samples = fc.array(fc.constantFrom(...SAMPLES), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(samples, fc.array(fc.integer({ min: 1, max: 60 })), (chosen, sizes) => {
    const sent = chosen.map(([text]) => text).join("");
    const { push } = newTrial();
    let got = "";
    let at = 0;
    for (const size of [...sizes, sent.length]) {
      got += push(sent.slice(at, at + size)).join("");
      at += size;
    }
    assert.equal(got, chosen.map(([, text]) => text).join(""));
  }));
});

Deno.test("RequestScanner.push() returns head and body that came together as one piece, uncopied", () => {
  const bytes = ENCODER.encode(post("/containers/a/attach", '{"stream":true}') + "raw bytes");
  const pieces = newTrial().scanner.push(bytes);
  assert.equal(pieces.length, 1);
  assert.equal(pieces[0], bytes);
});

Deno.test("RequestScanner.push() returns a rewritten head and body as one piece", () => {
  const { push } = newTrial();
  assert.deepEqual(push(GET + post("/containers/create", CREATE_BODY) + GET), [
    GET,
    post("/containers/create", TRANSLATED_BODY),
    GET,
  ]);
});

Deno.test("RequestScanner.push() does not wait for the end of a body that stays as it is", () => {
  const { push, scanner } = newTrial();
  const start = "POST /build HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nsome";
  assert.deepEqual(push(start), [start]);
  assert.deepEqual(push(" more"), [" more"]);
  assert.equal(scanner.atRest, false);
});

Deno.test("RequestScanner takes what follows an attach for raw bytes until it is answered", () => {
  const { push, scanner, started } = newTrial();
  push("POST /containers/a/attach HTTP/1.1\r\nUpgrade: tcp\r\n\r\n");
  assert.deepEqual(push(post("/containers/create", CREATE_BODY)), [post("/containers/create", CREATE_BODY)]);
  scanner.answered(started[0]!);
  assert.equal(scanner.raw, true); // where the next request begins can no longer be told
});

Deno.test("RequestScanner goes on with requests once an exec was refused", () => {
  const { push, scanner, started } = newTrial();
  push(post("/exec/a/start", '{"Tty":true}', "Upgrade: tcp\r\n"));
  scanner.answered(started[0]!);
  assert.deepEqual(push(post("/containers/create", CREATE_BODY)), [
    post("/containers/create", TRANSLATED_BODY),
  ]);
});

Deno.test("RequestScanner goes on with requests when an exec is refused before its body has ended", () => {
  const { push, scanner, started } = newTrial();
  const exec = post("/exec/a/start", '{"Tty":true}');
  push(exec.slice(0, -3));
  scanner.answered(started[0]!);
  assert.deepEqual(push(exec.slice(-3) + post("/containers/create", CREATE_BODY)), [
    exec.slice(-3),
    post("/containers/create", TRANSLATED_BODY),
  ]);
});

Deno.test("RequestScanner.turnRaw() ends all reading, in the middle of an unfinished body too", () => {
  const { push, scanner } = newTrial();
  push("POST /exec/a/start HTTP/1.1\r\nUpgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n");
  scanner.turnRaw();
  const text = post("/containers/create", CREATE_BODY);
  assert.deepEqual(push(text), [text]);
});

Deno.test("RequestScanner passes on what is not HTTP/1 at once", () => {
  for (
    const text of [
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01",
      "\r\n",
      "GET /\r\n\r\n",
      "SSH-2.0-a\r\n",
      " ",
    ]
  ) {
    const { push, scanner, started } = newTrial();
    assert.deepEqual(
      [push(text).join(""), scanner.raw, started.length],
      [text, true, 0],
      JSON.stringify(text),
    );
    assert.deepEqual(push(GET), [GET]);
  }
});

Deno.test("RequestScanner passes on a head that is longer than any request's", () => {
  const { push, scanner } = newTrial();
  const head = `GET / HTTP/1.1\r\nX: ${"x".repeat(RELAY_LIMITS.headBytes)}`;
  assert.deepEqual([push(head).join("").length, scanner.raw], [head.length, true]);
});

Deno.test("RequestScanner passes on broken chunks as they are", () => {
  for (const target of ["/build", "/containers/create"]) {
    const { push, scanner } = newTrial();
    const text = `POST ${target} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${GET}`;
    assert.deepEqual([push(text).join(""), scanner.raw], [text, true]);
  }
});

Deno.test("RequestScanner passes on a body past the limit unread", () => {
  const body = `{"HostConfig":{"Binds":["/home/x:/y"]},"Env":["${
    "x".repeat(RELAY_LIMITS.rewrittenBodyBytes)
  }"]}`;
  for (const text of [post("/containers/create", body), chunkedPost("/containers/create", body)]) {
    const { push } = newTrial();
    let got = "";
    for (let at = 0; at < text.length; at += 1 << 20) got += push(text.slice(at, at + (1 << 20))).join("");
    assert.equal(got === text, true);
    assert.deepEqual(push(post("/containers/create", CREATE_BODY)), [
      post("/containers/create", TRANSLATED_BODY),
    ]);
  }
});

Deno.test("RequestScanner tells of a refused request whether its connection is to last", () => {
  const requests: readonly (readonly [string, boolean])[] = [
    [post("/containers/create", REFUSED_BODY), false],
    [post("/containers/create", REFUSED_BODY, "Connection: keep-alive\r\n"), false],
    [post("/containers/create", REFUSED_BODY, "Connection: TE, Close\r\n"), true],
    [post("/containers/create", REFUSED_BODY).replace("HTTP/1.1", "HTTP/1.0"), true],
  ];
  for (const [text, closes] of requests) {
    const { scanner, started } = newTrial();
    assert.deepEqual(scanner.push(ENCODER.encode(text)), [
      { request: started[0]!, refusal: REFUSAL.slice(1, -1), closes },
    ]);
  }
});

Deno.test("RequestScanner passes on a compressed body unread", () => {
  const text = post("/containers/create", CREATE_BODY, "Content-Encoding: gzip\r\n");
  assert.deepEqual(newTrial().push(text), [text]);
});

Deno.test("RequestScanner asks for the body that it must have first, and takes the question away", () => {
  const { push, allowed } = newTrial();
  const text = post("/containers/create", "{}", "Expect: 100-continue\r\n");
  const head = text.slice(0, -2);
  assert.deepEqual([push(head), allowed.count], [[], 1]);
  assert.deepEqual(push("{}"), [post("/containers/create", "{}")]);
});

Deno.test("RequestScanner leaves the question to the engine where it may not ask", () => {
  const text = post("/containers/create", "{}", "Expect: 100-continue\r\n");
  assert.deepEqual(newTrial({ allowBody: false }).push(text), [text]);
  const build = post("/build", "", "Expect: 100-continue\r\n");
  const { push, allowed } = newTrial();
  assert.deepEqual([push(build), allowed.count], [[build], 0]);
});

Deno.test("RequestScanner.end() gives back what was kept", () => {
  for (const part of ["GET /info HT", post("/containers/create", CREATE_BODY).slice(0, -1)]) {
    const { push, scanner } = newTrial();
    assert.deepEqual(push(part), []);
    assert.equal(DECODER.decode(scanner.end()), part);
    assert.equal(scanner.end().length, 0);
  }
});

Deno.test("RequestScanner hands on every byte that is no request, in order", () => {
  const pieces = fc.array(
    fc.oneof(fc.string({ unit: "binary-ascii" }), fc.constantFrom(GET, "POST /build HTTP/1.1\r\n")),
  );
  fc.assert(fc.property(pieces, (texts) => {
    const { push, scanner } = newTrial();
    const got = texts.flatMap((text) => push(text)).join("") + DECODER.decode(scanner.end());
    assert.equal(got, texts.join(""));
  }));
});
