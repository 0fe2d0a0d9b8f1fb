import assert from "node:assert/strict";
import { proxyText, type Target } from "../way.ts";
import { environmentAnswer } from "./environment_proxies.ts";

const HTTP: Target = { scheme: "http", hostname: "a.test", port: 80 };
const HTTPS: Target = { scheme: "https", hostname: "a.test", port: 443 };

/** The answer as one text. */
function answer(target: Target, environment: Readonly<Record<string, string>>): string {
  const found = environmentAnswer(target, (name) => environment[name]);
  if (found.kind === "unset") return "unset";
  return `${found.kind === "proxy" ? proxyText(found.proxy) : "direct"} by ${found.source}`;
}

Deno.test("environmentAnswer() keeps http and https apart, and prefers small letters", () => {
  const environment = {
    HTTP_PROXY: "http://upper:1",
    http_proxy: "http://lower:1",
    HTTPS_PROXY: "http://secure:2",
  };
  assert.equal(answer(HTTP, environment), "http://lower:1 by the variable http_proxy");
  assert.equal(answer(HTTPS, environment), "http://secure:2 by the variable HTTPS_PROXY");
});

Deno.test("environmentAnswer() takes ALL_PROXY for what has no proxy of its own, and a proxy without a scheme", () => {
  const environment = { ALL_PROXY: "socks5h://all:1", HTTPS_PROXY: "secure:2" };
  assert.equal(answer(HTTP, environment), "socks5://all:1 by the variable ALL_PROXY");
  assert.equal(answer(HTTPS, environment), "http://secure:2 by the variable HTTPS_PROXY");
});

Deno.test("environmentAnswer() is unset without a proxy, whatever else is set", () => {
  assert.equal(answer(HTTP, { PATH: "/bin", HTTPS_PROXY: "", HTTP_PROXY: " ", NO_PROXY: "*" }), "unset");
});

Deno.test("environmentAnswer() goes directly to what has no proxy for its scheme", () => {
  assert.equal(
    answer(HTTPS, { HTTP_PROXY: "p:1" }),
    "direct by the variable HTTP_PROXY, which is for HTTP only",
  );
});

Deno.test("environmentAnswer() follows NO_PROXY in both spellings", () => {
  const environment = { HTTP_PROXY: "p:1", NO_PROXY: "a.test" };
  assert.equal(answer(HTTP, environment), "direct by the variable NO_PROXY");
  assert.equal(answer(HTTP, { ...environment, no_proxy: "*" }), "direct by the variable no_proxy");
  assert.equal(
    answer(HTTP, { ...environment, no_proxy: "b.test" }),
    "http://p:1 by the variable HTTP_PROXY",
  );
});

Deno.test("environmentAnswer() takes quotes and line ends away, and leaves out what is not an address", () => {
  assert.equal(answer(HTTP, { http_proxy: '"http://p:1"\n' }), "http://p:1 by the variable http_proxy");
  assert.equal(
    answer(HTTP, { http_proxy: "ftp://p:1" }),
    "direct by the variable http_proxy, which is not the address of a proxy",
  );
});
