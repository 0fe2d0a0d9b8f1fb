import assert from "node:assert/strict";
import { proxyText } from "../way.ts";
import { parsePacAnswer } from "./pac_answer.ts";

for (
  const [answer, ways] of [
    ["DIRECT", "direct"],
    ["direct", "direct"],
    ["PROXY p:8080", "http://p:8080"],
    ["PROXY a:1; PROXY b:2; DIRECT", "http://a:1 http://b:2 direct"],
    ["proxy  a:1 ;;PROXY b:2;", "http://a:1 http://b:2"],
    ["HTTP a:1; HTTPS b:2", "http://a:1 https://b:2"],
    ["SOCKS a:1; SOCKS4 b:2; SOCKS5 c:3", "socks5://a:1 socks4://a:1 socks4://b:2 socks5://c:3"],
    ["PROXY p; HTTPS p; SOCKS5 p", "http://p:80 https://p:443 socks5://p:1080"],
    ["PROXY [fd00::1]:3128", "http://[fd00::1]:3128"],
    ["PROXY a:1; PROXY a:1; DIRECT; DIRECT", "http://a:1 direct"],
    ["PROXY http.docker.internal:3128; DIRECT", "direct"],
    ["PROXY a:99999; PROXY a b:1; QUIC x:1; PROXY; nonsense; DIRECT", "http://a:80 direct"],
    ["", ""],
    ["null", ""],
    [";;;", ""],
    ["<html>", ""],
  ] as const
) {
  Deno.test(`parsePacAnswer() reads '${answer}'`, () => {
    const read = parsePacAnswer(answer).map((way) => way.kind === "direct" ? "direct" : proxyText(way.proxy));
    assert.equal(read.join(" "), ways);
  });
}

Deno.test("parsePacAnswer() takes 20 ways of an answer, and reads a long one no further", () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `PROXY p${index}:1`).join(";");
  assert.equal(parsePacAnswer(many).length, 20);
  assert.equal(parsePacAnswer(";".repeat(100_000) + "DIRECT").length, 0);
});
