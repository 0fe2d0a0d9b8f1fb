import assert from "node:assert/strict";
import { clientProof, hostProof, newNonce } from "../client/host_proof.ts";
import { localOnly } from "./local_only.ts";
import { pageLink } from "./page_entry.ts";
import { PageSessions } from "./page_sessions.ts";

const TOKEN = "0123456789abcdef".repeat(4);
const ACCESS = { port: 4000, token: TOKEN, pid: 42, sessions: new PageSessions() };

/** What is asked, and whether the handler saw it. */
async function ask(
  headers: Record<string, string>,
  path = "/v1/status",
  method = "GET",
): Promise<{ response: Response; reached: boolean }> {
  let reached = false;
  const handler = localOnly({
    fetch: () => {
      reached = true;
      return new Response("reached");
    },
  }, ACCESS);
  const all = { host: "127.0.0.1:4000", authorization: `Bearer ${TOKEN}`, ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  const response = await handler.fetch(
    new Request(`http://127.0.0.1:4000${path}`, { method, headers: sent }),
  );
  return { response, reached };
}

for (
  const [what, headers] of [
    ["the token, by number", {}],
    ["the token, by name", { host: "localhost:4000" }],
    ["the token, from its own origin", {
      origin: "http://127.0.0.1:4000",
      referer: "http://127.0.0.1:4000/x",
    }],
    ["the token, from its own origin by name", { host: "localhost:4000", origin: "http://localhost:4000" }],
    ["the token, from the address bar", { "sec-fetch-site": "none" }],
  ] as const
) {
  Deno.test(`localOnly() lets in a request with ${what}`, async () => {
    const { response, reached } = await ask(headers);
    assert.deepEqual([response.status, reached], [200, true]);
  });
}

const forbidden = (state: string) => ({
  type: "about:blank",
  title: "Forbidden",
  status: 403,
  detail: `Cannot answer: ${state}`,
  code: "WL_API_FORBIDDEN",
  remedy: "Open the page with 'windlass open'; programs find the address in the file api.json of the home.",
});

for (
  const [what, headers, state] of [
    [
      "a name that somebody lets point here",
      { host: "evil.test:4000" },
      "the request is meant for 'evil.test:4000'",
    ],
    ["another port", { host: "127.0.0.1:4001" }, "the request is meant for '127.0.0.1:4001'"],
    ["no port", { host: "127.0.0.1" }, "the request is meant for '127.0.0.1'"],
    ["no Host", { host: "" }, "the request is meant for ''"],
    [
      "a name that begins like ours",
      { host: "127.0.0.1:4000.evil.test" },
      "the request is meant for '127.0.0.1:4000.evil.test'",
    ],
    ["a foreign Origin", { origin: "https://evil.test" }, "the request comes from 'https://evil.test'"],
    ["the Origin of a sandboxed page", { origin: "null" }, "the request comes from 'null'"],
    [
      "the Origin of another port",
      { origin: "http://127.0.0.1:4001" },
      "the request comes from 'http://127.0.0.1:4001'",
    ],
    [
      "the Origin of our other name",
      { origin: "http://localhost:4000" },
      "the request comes from 'http://localhost:4000'",
    ],
    [
      "a foreign Referer",
      { referer: "https://evil.test/http://127.0.0.1:4000/" },
      "the request comes from 'https://evil.test'",
    ],
    [
      "a page of another site",
      { "sec-fetch-site": "cross-site" },
      "a page of another origin made the request (cross-site)",
    ],
    [
      "a page of another port",
      { "sec-fetch-site": "same-site" },
      "a page of another origin made the request (same-site)",
    ],
  ] as const
) {
  Deno.test(`localOnly() refuses ${what}, whatever the token, before any route`, async () => {
    const { response, reached } = await ask(headers);
    assert.equal(reached, false);
    assert.deepEqual(await response.json(), forbidden(state));
  });
}

for (
  const [what, authorization, sentence] of [
    ["no token", "", "Cannot answer: the request carries no token"],
    ["a wrong token", `Bearer ${"f".repeat(64)}`, "Cannot answer: the token is not that of the running host"],
    [
      "half of the token",
      `Bearer ${TOKEN.slice(0, 32)}`,
      "Cannot answer: the token is not that of the running host",
    ],
    ["the token and more", `Bearer ${TOKEN}0`, "Cannot answer: the token is not that of the running host"],
    ["an empty token", "Bearer ", "Cannot answer: the token is not that of the running host"],
    [
      "the token by another scheme",
      `Basic ${TOKEN}`,
      "Cannot answer: the token is not that of the running host",
    ],
  ] as const
) {
  Deno.test(`localOnly() refuses ${what} before any route`, async () => {
    const { response, reached } = await ask({ authorization }, "/v1/no-such-route");
    assert.equal(reached, false);
    assert.equal(response.headers.get("www-authenticate"), "Bearer");
    assert.deepEqual(await response.json(), {
      type: "about:blank",
      title: "Unauthorized",
      status: 401,
      detail: sentence,
      code: "WL_API_UNAUTHORIZED",
      remedy: "Send the token from the file api.json of the home; it changes each time the host starts.",
    });
  });
}

Deno.test("localOnly() refuses an address that is longer than any route needs", async () => {
  const { response, reached } = await ask({}, `/v1/logs?source=${"x".repeat(3_000)}`);
  assert.deepEqual([response.status, reached], [413, false]);
  assert.equal(
    (await response.json()).detail,
    "Cannot answer: the address of the request has 3037 characters, the limit is 2048",
  );
});

for (const [what, headers] of [["an answer", {}], ["a refusal", { authorization: "" }]] as const) {
  Deno.test(`localOnly() forbids a browser to do anything with ${what}`, async () => {
    const { headers: got } = (await ask(headers)).response;
    assert.equal(got.get("content-security-policy")?.split(";")[0], "default-src 'none'");
    assert.equal(got.get("x-content-type-options"), "nosniff");
    assert.equal(got.get("referrer-policy"), "no-referrer");
    assert.equal(got.get("cache-control"), "no-store");
    assert.equal(got.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(got.get("access-control-allow-origin"), null);
    assert.equal(got.get("windlass-pid"), "42");
  });
}

Deno.test("localOnly() answers a preflight of another origin like any foreign request", async () => {
  const { response, reached } = await ask({
    origin: "https://evil.test",
    "access-control-request-method": "POST",
  });
  assert.deepEqual([response.status, reached, response.headers.get("access-control-allow-methods")], [
    403,
    false,
    null,
  ]);
});

/** The two secrets of a page that was opened by its link: the cookie, and the key that only its origin has. */
async function openPage(): Promise<{ cookie: string; key: string }> {
  const { pathname, search } = new URL(pageLink(ACCESS));
  const { response, reached } = await ask({ authorization: "" }, pathname + search);
  const [, key = ""] = /^\/#key=([0-9a-f]{64})$/.exec(response.headers.get("location") ?? "") ?? [];
  assert.deepEqual([response.status, key.length, reached], [303, 64, false]);
  return { cookie: response.headers.get("set-cookie") ?? "", key };
}

const page = (cookie: string, key = "") => ({
  authorization: "",
  cookie: `theme=dark; ${cookie.split(";")[0]}`,
  "windlass-page-key": key,
});

Deno.test("localOnly() turns the code of a page link into a cookie that no script and no other site gets", async () => {
  assert.match(
    (await openPage()).cookie,
    /^windlass_4000=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/,
  );
});

Deno.test("localOnly() accepts a page link once", async () => {
  const { search } = new URL(pageLink(ACCESS));
  const first = await ask({ authorization: "" }, `/${search}`);
  const second = await ask({ authorization: "" }, `/${search}`);
  assert.deepEqual([first.response.status, second.response.status, second.reached], [303, 401, false]);
  assert.equal(second.response.headers.get("set-cookie"), null);
  assert.match(await second.response.text(), /Run <code>windlass open<\/code> to open it again/);
});

Deno.test("localOnly() removes a used code from the address of a browser that has the cookie", async () => {
  const { cookie } = await openPage();
  const { response, reached } = await ask(page(cookie), "/?code=used");
  assert.deepEqual([response.status, response.headers.get("location"), reached], [303, "/", false]);
});

Deno.test("localOnly() shows a browser without a cookie how to open the page, and nothing of the page", async () => {
  for (const headers of [{ authorization: "" }, page("windlass_4000=0"), page("windlass_4001=0")]) {
    const { response, reached } = await ask(headers, "/");
    assert.deepEqual([response.status, reached], [401, false]);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  }
});

Deno.test("localOnly() requires more of a page than its cookie, which browsers send to every port of a machine", async () => {
  const [first, second] = [await openPage(), await openPage()];
  assert.deepEqual((await ask(page(first.cookie), "/")).reached, true, "the page itself holds no secret");
  for (const key of ["", "0".repeat(64), second.key, first.cookie.split(/[=;]/)[1]!]) {
    for (const own of [{}, { "sec-fetch-site": "same-origin" }]) {
      const { response, reached } = await ask(
        { ...page(first.cookie, key), ...own },
        "/v1/settings",
        "PATCH",
      );
      assert.deepEqual([response.status, reached], [401, false]);
      assert.equal(
        (await response.json()).detail,
        "Cannot answer: the request carries the cookie of a page, but not its key",
      );
    }
  }
  assert.deepEqual((await ask({ authorization: "", "windlass-page-key": first.key })).response.status, 401);
  assert.deepEqual((await ask(page(first.cookie, first.key))).response.status, 200);
});

Deno.test("localOnly() lets a page read with its secrets, and act only if the browser reports our origin", async () => {
  const { cookie: opened, key } = await openPage();
  const cookie = page(opened, key);
  const own = { origin: "http://127.0.0.1:4000" };
  const status = async (headers: Record<string, string>, method: string) =>
    (await ask({ ...cookie, ...headers }, "/v1/stop", method)).response.status;
  assert.equal(await status({}, "GET"), 200);
  assert.equal(await status(own, "POST"), 200);
  assert.equal(await status({ "sec-fetch-site": "same-origin" }, "POST"), 200);
  assert.equal(await status({}, "POST"), 403);
  assert.equal(await status({ "sec-fetch-site": "none" }, "POST"), 403);
  assert.equal(await status({ origin: "null" }, "POST"), 403);
  assert.equal(await status({ origin: "http://127.0.0.1:4001" }, "POST"), 403);
});

Deno.test("localOnly() accepts a code only for the page itself", async () => {
  const { search } = new URL(pageLink(ACCESS));
  for (const [path, method] of [[`/v1/status${search}`, "GET"], [`/${search}`, "POST"]] as const) {
    assert.deepEqual((await ask({ authorization: "" }, path, method)).response.status, 401);
  }
});

Deno.test("localOnly() accepts a proof of the token for the request that it was made for, and returns one", async () => {
  const nonce = newNonce();
  const proof = await clientProof(TOKEN, nonce, { method: "GET", target: "/v1/logs?lines=1" });
  const authorization = `Windlass ${nonce} ${proof}`;
  const { response, reached } = await ask({ authorization }, "/v1/logs?lines=1");
  assert.deepEqual([response.status, reached], [200, true]);
  assert.equal(response.headers.get("windlass-proof"), await hostProof(TOKEN, nonce));
  for (
    const [path, method, text] of [
      ["/v1/logs?lines=2", "GET", authorization],
      ["/v1/stop", "POST", authorization],
      ["/v1/logs?lines=1", "GET", `Windlass ${newNonce()} ${proof}`],
      ["/v1/logs?lines=1", "GET", `Windlass ${nonce} ${await hostProof(TOKEN, nonce)}`],
      ["/v1/logs?lines=1", "GET", `Windlass ${nonce}`],
      ["/v1/logs?lines=1", "GET", `Bearer ${proof}`],
    ] as const
  ) {
    const refused = await ask({ authorization: text }, path, method);
    assert.deepEqual([refused.response.status, refused.reached], [401, false]);
    assert.equal(
      refused.response.headers.get("windlass-proof"),
      null,
      "nor is its proof anybody's for the asking",
    );
  }
});
