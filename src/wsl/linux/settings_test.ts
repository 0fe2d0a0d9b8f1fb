import assert from "node:assert/strict";
import { parseDistroSettings, parseIdleLimits } from "./settings.ts";

Deno.test("parseIdleLimits() has the defaults of the real one", () => {
  assert.deepEqual(parseIdleLimits(""), { distroMilliseconds: 15_000, sharedMilliseconds: 60_000 });
});

Deno.test("parseIdleLimits() reads numbers, negative ones as never, and nothing else", () => {
  const text = (value: string) =>
    `[General]\ninstanceIdleTimeout = ${value}\n[wsl2]\nvmIdleTimeout=${value} # ms\n`;
  assert.deepEqual(parseIdleLimits(text("20")), { distroMilliseconds: 20, sharedMilliseconds: 20 });
  assert.deepEqual(parseIdleLimits(text("-1")), { distroMilliseconds: null, sharedMilliseconds: null });
  assert.deepEqual(parseIdleLimits(text("soon")), { distroMilliseconds: 15_000, sharedMilliseconds: 60_000 });
});

Deno.test("parseDistroSettings() has the defaults of the real one", () => {
  assert.deepEqual(parseDistroSettings("# nothing\n[boot]\nnonsense\n"), {
    automount: true,
    automountRoot: "/mnt/",
    generateHosts: true,
    generateResolvConf: true,
    hostname: null,
    defaultUser: null,
    interop: true,
    bootCommand: null,
  });
});

Deno.test("parseDistroSettings() reads every key that it knows", () => {
  const text = [
    "[automount]",
    "enabled = false",
    'root = "/win"',
    "[network]",
    "hostname=box",
    "generateHosts=FALSE",
    "generateResolvConf = 0",
    "[user]",
    "default=jo",
    "[interop]",
    "enabled = false",
    "[boot]",
    "command = service x start && echo a=b",
  ].join("\r\n");
  assert.deepEqual(parseDistroSettings(text), {
    automount: false,
    automountRoot: "/win/",
    generateHosts: false,
    generateResolvConf: false,
    hostname: "box",
    defaultUser: "jo",
    interop: false,
    bootCommand: "service x start && echo a=b",
  });
});

Deno.test("parseDistroSettings() keeps the root of drives within the distro", () => {
  assert.equal(parseDistroSettings("[automount]\nroot=/../..//a/").automountRoot, "/a/");
  assert.equal(parseDistroSettings("[automount]\nroot=/").automountRoot, "/");
});
