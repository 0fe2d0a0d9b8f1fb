import assert from "node:assert/strict";
import { NEVER } from "../../../src/timing/sleep.ts";
import { lockedDockerd } from "../release_checks.ts";
import { parseReleaseArguments, RELEASE_COMMANDS, releaseHelp } from "./command_table.ts";

function parse(line: string) {
  return parseReleaseArguments(line === "" ? [] : line.split(" "), NEVER);
}

Deno.test("parseReleaseArguments() finds commands of one word and of two", () => {
  assert.equal(parse("verify /srv/channel")?.command, RELEASE_COMMANDS.verify);
  assert.equal(parse("root sign root.json --key a --key b")?.command, RELEASE_COMMANDS["root sign"]);
  const { input } = parse("root sign root.json --key a --key=b") ?? assert.fail();
  assert.deepEqual([input.operands, input.many("key"), input.optional("key")], [
    ["root.json"],
    ["a", "b"],
    "b",
  ]);
  for (const help of ["", "help", "publish --help"]) assert.equal(parse(help), undefined);
});

Deno.test("parseReleaseArguments() refuses what it does not know", () => {
  const refused: [string, string][] = [
    ["anchor", "there is no command 'anchor'"],
    ["root", "there is no command 'root'"],
    ["root burn it", "there is no command 'root burn'"],
    ["verify . --fast", "'verify' has no flag '--fast'"],
    ["refresh --into", "the flag '--into' needs a value"],
    ["refresh --into a --into b", "the flag '--into' is given twice"],
    ["publish --no-undo=1", "the flag '--no-undo' takes no value"],
    ["refresh again", "unexpected argument 'again'"],
  ];
  for (const [line, state] of refused) {
    assert.throws(() => parse(line), { code: "WL_USAGE", message: `Cannot run 'release': ${state}` }, line);
  }
});

Deno.test("ReleaseInput checks values where they are asked for", () => {
  const { input } =
    parse("publish --rollout 101 --version 1.2 --channel anchor --platform vax --withdraw 1.0.0") ??
      assert.fail();
  const range = { least: 0, most: 100, usual: 100 };
  const refused: [() => unknown, string][] = [
    [() => input.whole("rollout", range), "'--rollout 101' is not a whole number from 0 to 100"],
    [() => input.version("version"), "'--version 1.2' is not a version such as 1.2.3"],
    [() => input.channel(), "there is no channel 'anchor'"],
    [() => input.platforms(), "there is no platform 'vax'"],
    [() => input.required("into"), "the flag '--into' is missing"],
  ];
  for (const [ask, state] of refused) assert.throws(ask, { message: `Cannot run 'release': ${state}` });
  assert.deepEqual(input.versions("withdraw"), ["1.0.0"]);
  assert.equal(input.whole("online-days", { least: 1, most: 9, usual: 7 }), 7);
  const both = parse("publish --platform windows-x64 --platform linux-x64")?.input.platforms();
  assert.deepEqual(both, ["linux-x64", "windows-x64"]);
  assert.deepEqual(parse("publish")?.input.platforms(), ["linux-x64", "windows-x64"]);
});

Deno.test("releaseHelp() shows every command", () => {
  for (const [name, { usage }] of Object.entries(RELEASE_COMMANDS)) {
    assert(releaseHelp().includes(`${name} ${usage}`));
  }
});

Deno.test("lockedDockerd() is what dockerd says of itself", () => {
  const lock = (version: string) => JSON.stringify({ packages: [{ package: "docker.io", version }] });
  assert.equal(lockedDockerd(lock("28.5.2+dfsg4-5")), "28.5.2+dfsg4");
  assert.equal(lockedDockerd(lock("1:29.0.0~rc-1+dfsg1-2")), "29.0.0~rc-1+dfsg1");
  assert.throws(() => lockedDockerd('{"packages":[]}'), {
    code: "WL_RELEASE_REFUSED",
    message: "Cannot publish: the image's lock file names no docker.io",
  });
});
