import assert from "node:assert/strict";
import { KeptNames, ownAddresses } from "./pac_network.ts";
import { PacSandbox } from "./pac_sandbox.ts";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  "intranet.example": ["10.1.2.3"],
  "six.example": ["fd00::5"],
  "both.example": ["fd00::6", "192.0.2.6"],
};

function open(text: string, options: { callMilliseconds?: number } = {}): Promise<PacSandbox> {
  return PacSandbox.open(text, {
    names: new KeptNames((name) => {
      const addresses = NAMES[name];
      return addresses === undefined ? Promise.reject(new Error("no such name")) : Promise.resolve(addresses);
    }),
    addresses: () =>
      ownAddresses([
        { name: "lo", address: "127.0.0.1" },
        { name: "docker0", address: "172.17.0.1" },
        { name: "eth0", address: "fd00::1" },
        { name: "eth0", address: "192.0.2.1" },
      ]),
    callMilliseconds: 300_000, // which no busy machine reaches
    ...options,
  });
}

/** What a file with this expression as its answer gives for a host. */
async function answerOf(expression: string, host = "www.example.com"): Promise<string> {
  using sandbox = await open(`function FindProxyForURL(url, host) { return String(${expression}); }`);
  return await sandbox.find(`https://${host}/`, host);
}

for (
  const [expression, answer] of [
    ["url + ' ' + host", "https://www.example.com/ www.example.com"],
    ["dnsResolve('intranet.example')", "10.1.2.3"],
    ["dnsResolve('six.example')", "null"],
    ["dnsResolve('both.example')", "192.0.2.6"],
    ["dnsResolve('10.0.0.1')", "10.0.0.1"],
    ["isResolvable('nowhere.example')", "false"],
    ["isResolvable('intranet.example')", "true"],
    ["isInNet('intranet.example', '10.1.0.0', '255.255.0.0')", "true"],
    ["isInNet('10.2.0.1', '10.1.0.0', '255.255.0.0')", "false"],
    ["isInNet('nowhere.example', '10.1.0.0', '255.255.0.0')", "false"],
    ["isInNet(myIpAddress(), '192.0.2.0', '255.255.255.0')", "true"],
    ["isInNet('10.0.0.1', 'junk', null)", "false"],
    ["isInNetEx('six.example', 'fd00::/8')", "true"],
    ["isInNetEx('10.1.1.1', '10.0.0.0/8')", "true"],
    ["isInNetEx('10.1.1.1', '10.0.0.0/99')", "false"],
    ["dnsResolveEx('both.example')", "fd00::6;192.0.2.6"],
    ["isResolvableEx('six.example')", "true"],
    ["myIpAddress()", "192.0.2.1"],
    ["myIpAddressEx()", "fd00::1;192.0.2.1;172.17.0.1"],
    ["shExpMatch(host, '*.example.com')", "true"],
    ["dnsDomainIs(host, '.example.com') && dnsDomainLevels(host) == 2", "true"],
    ["localHostOrDomainIs(host, 'www.example.com')", "true"],
    ["isPlainHostName(host)", "false"],
    ["weekdayRange('SUN', 'SAT') && timeRange(0, 23) && dateRange(1, 31)", "true"],
    ["shExpMatch('a(b+c', 'a(*+?')", "true"],
    ["shExpMatch('http://x.y/', '*/a*')", "false"],
    ["shExpMatch('a'.repeat(5000), '*a'.repeat(2000) + 'b')", "false"],
    ["alert('x')", "undefined"],
    ["typeof Deno + typeof process + typeof fetch + typeof require", "undefinedundefinedundefinedundefined"],
  ] as const
) {
  Deno.test(`a PAC file gets ${answer} for ${expression}`, async () => {
    assert.equal(await answerOf(expression), answer);
  });
}

Deno.test("a PAC file that throws, gives no text, or wants too much memory, gives that alone", async () => {
  await assert.rejects(answerOf("(() => { throw new Error('no rule') })()"), { message: "no rule" });
  using sandbox = await open("function FindProxyForURL() { }");
  assert.equal(await sandbox.find("http://a/", "a"), "undefined");
  await assert.rejects(answerOf("'x'.repeat(2 ** 28).length"), { message: "out of memory" });
});

Deno.test("a PAC file may be of today's language, and ask for names inside any function", async () => {
  assert.equal(
    await answerOf("['10.0.0.0', '10.1.0.0'].find((net) => isInNet('intranet.example', net, '255.255.0.0'))"),
    "10.1.0.0",
  );
  assert.equal(
    await answerOf("(() => { try { return dnsResolve('six.example') } catch { return 1 } })()"),
    "null",
  );
  assert.equal(await answerOf("({ a: 1 })?.b ?? `c`"), "c");
});

Deno.test("a PAC file that asks for names without end gets an answer", async () => {
  const text = `let asked = 0;
    function FindProxyForURL() {
      for (let i = 0; i < 100; i++) if (isResolvable("n" + asked++ + ".example")) return "PROXY p:1";
      return "DIRECT";
    }`;
  using sandbox = await open(text);
  assert.equal(await sandbox.find("http://a/", "a"), "DIRECT");
});

Deno.test("a PAC file that loops is interrupted, and answers the next call", async () => {
  const text = "function FindProxyForURL(url, host) { while (host === 'loop') {} return 'DIRECT'; }";
  using sandbox = await open(text, { callMilliseconds: 300 });
  await assert.rejects(sandbox.find("http://loop/", "loop"), { message: "it does not end" });
  assert.equal(await sandbox.find("http://a/", "a"), "DIRECT");
  await assert.rejects(open("try { while (true) {} } catch {}", { callMilliseconds: 300 }), {
    message: "it does not end",
  });
});

Deno.test("a PAC file of half a megabyte is loaded and answers", async () => {
  const rules = Array.from(
    { length: 10_000 },
    (_, index) => `if (shExpMatch(host, "*.n${index}.example")) return "PROXY p${index}:8080";`,
  );
  using sandbox = await open(
    `function FindProxyForURL(url, host) {\n${rules.join("\n")}\nreturn "DIRECT"; }`,
  );
  assert.equal(await sandbox.find("https://a.n9999.example/", "a.n9999.example"), "PROXY p9999:8080");
});

Deno.test("PacSandbox.open() refuses what is not a PAC file, with the reason", async () => {
  for (
    const [text, message] of [
      ["<html><body>Sign in</body></html>", "unexpected token in expression: '<'"],
      ["var x = 1;", "it has no function FindProxyForURL"],
      ["FindProxyForURL = 'DIRECT';", "it has no function FindProxyForURL"],
      ["function FindProxyForURL(", "missing formal parameter"],
      ["throw new Error('at load')", "at load"],
    ] as const
  ) {
    await assert.rejects(open(text), { message });
  }
});
