import assert from "node:assert/strict";
import { checkSetting } from "./settings_schema.ts";
import { parseNoProxyWords } from "./network_values.ts";

Deno.test("network.noProxy takes a list of names, addresses and ranges", () => {
  const value = [
    "example.com",
    ".corp.test",
    "*.a.test:8443",
    "10.0.0.0/8",
    "fd00::/8",
    "[::1]:80",
    "<local>",
  ];
  assert.deepEqual(checkSetting("network.noProxy", value), { value });
  assert.deepEqual(checkSetting("network.noProxy", ["a.test", "10.0.0.0/40"]), {
    invalid: "'10.0.0.0/40' is neither a name, an address nor a range such as '10.0.0.0/8'",
  });
  assert.deepEqual(checkSetting("network.noProxy", "a.test"), {
    invalid: "it must be a JSON array of texts",
  });
  assert.deepEqual(checkSetting("network.noProxy", Array(2_001).fill("a.test")), {
    invalid: "there are more than 2000",
  });
});

Deno.test("parseNoProxyWords() reads the words in every form that a shell may make of them", () => {
  const expected = ["a.test", "10.0.0.0/8", "[::1]:80"];
  for (
    const words of [
      ["a.test,10.0.0.0/8,[::1]:80"],
      ["a.test, 10.0.0.0/8, [::1]:80"],
      ["a.test", "10.0.0.0/8", "[::1]:80"],
      ['["a.test","10.0.0.0/8","[::1]:80"]'],
      ["[a.test,10.0.0.0/8,[::1]:80]"],
    ]
  ) assert.deepEqual(parseNoProxyWords(words), expected);
  assert.deepEqual(parseNoProxyWords(["[]"]), []);
  assert.deepEqual(parseNoProxyWords([""]), []);
  assert.deepEqual(parseNoProxyWords(["[fd00::1]"]), ["[fd00::1]"]);
});
