import assert from "node:assert/strict";
import fc from "fast-check";
import {
  chunkedPost,
  CREATE_BODY,
  GET,
  newTrial,
  post,
  textOf,
  TRANSLATED_BODY,
} from "../../../tests/fakes/scanner_trial.ts";
import { settled } from "../../../tests/fakes/settled.ts";
import { NEVER } from "../../timing/sleep.ts";

const ENCODER = new TextEncoder();

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

Deno.test("RequestScanner finds the create behind what clients of other languages send", () => {
  const requests = {
    "an empty body in chunks, as Portainer sends it": "POST /containers/a/start HTTP/1.1\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a GET with a body": "GET /containers/json HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
    "a length and chunks": "POST /build HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "2;a=b\r\nab\r\n0\r\nDigest: x\r\n\r\n",
    "a socket's path as the host": "GET /version HTTP/1.1\r\nHost: /var/run/docker.sock\r\n\r\n",
    "letters beyond ASCII in a header": "GET /version HTTP/1.1\r\nUser-Agent: J\u00fcrgen\r\n\r\n",
    "an absolute target": "GET http://%2Fvar%2Frun%2Fdocker.sock/v1.51/info HTTP/1.1\r\n\r\n",
    "an authorization of 8 KiB": `POST /images/create HTTP/1.1\r\nX-Registry-Auth: ${
      "e".repeat(8192)
    }\r\n\r\n`,
  };
  for (const [what, text] of Object.entries(requests)) {
    const sent = ENCODER.encode(text + post("/containers/create", CREATE_BODY));
    const expected = new TextDecoder("latin1").decode(ENCODER.encode(text)) +
      post("/containers/create", TRANSLATED_BODY);
    for (const cut of [0, 1, text.length >> 1, text.length]) {
      const { scanner } = newTrial();
      const pieces = [sent.subarray(0, cut), sent.subarray(cut)].flatMap((bytes) => scanner.push(bytes));
      assert.equal(pieces.map(textOf).join(""), expected, what);
    }
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
  const bytes = ENCODER.encode(GET + post("/containers/a/attach", '{"stream":true}'));
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

Deno.test("RequestScanner holds back what follows an attach or exec until that is answered", () => {
  const create = post("/containers/create", CREATE_BODY);
  const translated = post("/containers/create", TRANSLATED_BODY);
  for (
    const first of [
      "POST /containers/a/attach HTTP/1.1\r\nUpgrade: tcp\r\n\r\n",
      post("/exec/a/start", "{}"),
      "GET /x HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
      // As Docker.DotNet ends its lines.
      "POST /containers/a/attach HTTP/1.1\nConnection: Upgrade\nUpgrade: tcp\nContent-Length: 0\n\n",
    ]
  ) {
    for (const raw of [false, true]) {
      const { push, scanner, started } = newTrial();
      assert.deepEqual(push(first + create), [first]);
      assert.deepEqual([scanner.holdsBack, scanner.undecided, scanner.atRest], [true, true, false]);
      if (raw) scanner.turnRaw();
      else scanner.answered(started[0]!);
      assert.deepEqual(scanner.resume().map(textOf), [raw ? create : translated]);
      assert.deepEqual([scanner.holdsBack, scanner.undecided, scanner.raw], [false, false, raw]);
    }
  }
});

Deno.test("RequestScanner translates a create whatever it says about upgrading or its version", () => {
  for (const headers of ["Upgrade: x\r\n", "Connection: Upgrade\r\nUpgrade: h2c\r\n"]) {
    assert.deepEqual(newTrial().push(post("/containers/create", CREATE_BODY, headers) + GET), [
      post("/containers/create", TRANSLATED_BODY, headers),
      GET,
    ]);
  }
  for (const version of ["1.0", "1.2", "1.9"]) {
    const sent = (body: string) => post("/containers/create", body).replace("HTTP/1.1", `HTTP/${version}`);
    assert.deepEqual(newTrial().push(sent(CREATE_BODY)), [sent(TRANSLATED_BODY)]);
  }
});

Deno.test("RequestScanner continues with requests once an exec was refused", () => {
  const { push, scanner, started } = newTrial();
  push(post("/exec/a/start", '{"Tty":true}', "Upgrade: tcp\r\n"));
  scanner.answered(started[0]!);
  assert.deepEqual(push(post("/containers/create", CREATE_BODY)), [
    post("/containers/create", TRANSLATED_BODY),
  ]);
});

Deno.test("RequestScanner continues with requests when an exec is refused before its body has ended", () => {
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

Deno.test("RequestScanner reports of a refused request whether its connection is to last", () => {
  const requests: readonly (readonly [string, boolean])[] = [
    [post("/containers/create", REFUSED_BODY), false],
    [post("/containers/create", REFUSED_BODY, "Connection: keep-alive\r\n"), false],
    [post("/containers/create", REFUSED_BODY, "Connection: TE, Close\r\n"), true],
    [post("/containers/create", REFUSED_BODY).replace("HTTP/1.1", "HTTP/1.0"), true],
  ];
  for (const [text, closes] of requests) {
    const { scanner, started } = newTrial();
    const [piece] = scanner.push(ENCODER.encode(text));
    assert.ok(piece !== undefined && "rewrite" in piece);
    assert.deepEqual([piece.request, piece.closes], [started[0], closes]);
    assert.deepEqual(settled(piece.rewrite(NEVER)), {
      refusal: { status: "400 Bad Request", message: REFUSAL.slice(1, -1) },
    });
  }
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
