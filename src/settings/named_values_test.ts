import assert from "node:assert/strict";
import { parseNamedValues } from "./named_values.ts";

Deno.test("parseNamedValues() reads JSON values, lists without quotes, text and inner objects", () => {
  assert.deepEqual(
    parseNamedValues([
      "debug=true",
      "max-concurrent-downloads=6",
      "dns=[10.0.0.53, 10.0.0.54]",
      "insecure-registries=[registry.local:5000]",
      "labels=[]",
      "log-driver=local",
      "log-opts.max-size=10m",
      "log-opts.max-file=3",
      "builder.gc.enabled=true",
      'runtimes={"crun":{"path":"/usr/bin/crun"}}',
      "bip=",
    ]),
    {
      debug: true,
      "max-concurrent-downloads": 6,
      dns: ["10.0.0.53", "10.0.0.54"],
      "insecure-registries": ["registry.local:5000"],
      labels: [],
      "log-driver": "local",
      "log-opts": { "max-size": "10m", "max-file": "3" },
      builder: { gc: { enabled: true } },
      runtimes: { crun: { path: "/usr/bin/crun" } },
      bip: "",
    },
  );
  assert.deepEqual(parseNamedValues(["proxies.no-proxy=a=b,c"]), { proxies: { "no-proxy": "a=b,c" } });
});

Deno.test("parseNamedValues() refuses words without a name, and words that contradict each other", () => {
  for (
    const words of [
      ["{debug:true}"],
      ["debug"],
      ["=true"],
      [".a=1"],
      ["a.=1"],
      ["a=1", "a=2"],
      ["a=1", "a.b=2"],
      ["a.b=1", "a=2"],
    ]
  ) assert.equal(parseNamedValues(words), undefined, words.join(" "));
});

Deno.test("parseNamedValues() takes every name as a name", () => {
  const value = parseNamedValues(["__proto__.polluted=1", "constructor=2"])!;
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor"]);
  assert.equal("polluted" in {}, false);
});
