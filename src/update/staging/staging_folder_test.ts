import assert from "node:assert/strict";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { joinBytes, nameOf } from "../../../tests/fakes/sample_delta.ts";
import { SampleChannel, samplePayload, sampleRelease } from "../../../tests/fakes/sample_release.ts";
import { openTemporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { NEVER } from "../../timing/sleep.ts";
import { stageRelease } from "./stage_release.ts";

const APP = new TextEncoder().encode("the app");
const AGENT = new TextEncoder().encode("the agent");
const APP_FILE = `${nameOf(APP).id}-app`;
const AGENT_FILE = `${nameOf(AGENT).id}-agent.zst`;
const NONE = samplePayload("embedded", []);

Deno.test("a staged file is found again and not fetched", async () => {
  await using trial = await openTrial();
  await trial.stage();
  const before = trial.channel.fetched.length;
  await trial.stage();
  assert.equal(trial.channel.fetched.length, before);
});

/** What somebody may have put in place of the right files; each is replaced by what the channel has. */
const ATTACKS: readonly [string, (trial: Trial) => Promise<void>][] = [
  ["other bytes", async ({ path }) => await Deno.writeTextFile(path(APP_FILE), "the apq")],
  ["a file that is cut short", async ({ path }) => await Deno.truncate(path(APP_FILE), 3)],
  ["another frame", ({ path }) => Deno.writeFile(path(AGENT_FILE), frame(APP))],
  ["no frame", ({ path }) => Deno.writeFile(path(AGENT_FILE), AGENT)],
  ["a second frame behind the right one", async ({ path }) => {
    await Deno.writeFile(path(AGENT_FILE), joinBytes([frame(AGENT), frame(APP)]));
  }],
  ["a few bytes behind the right frame", async ({ path }) => {
    await Deno.writeFile(path(AGENT_FILE), joinBytes([frame(AGENT), new Uint8Array(3)]));
  }],
  ["a symbolic link to the right bytes", async ({ path, outside }) => {
    await Deno.rename(path(APP_FILE), outside("app"));
    await Deno.symlink(outside("app"), path(APP_FILE));
  }],
  ["a symbolic link that leads nowhere", async ({ path, outside }) => {
    await Deno.remove(path(APP_FILE));
    await Deno.symlink(outside("nothing"), path(APP_FILE));
  }],
  ["a symbolic link to the root of the file system", async ({ path }) => {
    await Deno.remove(path(APP_FILE));
    await Deno.symlink("/", path(APP_FILE));
  }],
  ["a second name of a file with the right bytes", async ({ path, outside }) => {
    await Deno.link(path(APP_FILE), outside("app"));
  }],
  ["a folder", async ({ path }) => {
    await Deno.remove(path(APP_FILE));
    await Deno.mkdir(path(`${APP_FILE}/inside`), { recursive: true });
  }],
  ["a file that everybody may write to", async ({ path }) => await Deno.chmod(path(APP_FILE), 0o666)],
  ["a file with a set-id bit", async ({ path }) => await Deno.chmod(path(AGENT_FILE), 0o4755)],
];

for (const [what, attack] of ATTACKS) {
  Deno.test(`staging replaces ${what}`, async () => {
    await using trial = await openTrial();
    await trial.stage();
    trial.channel.fetched.length = 0;
    await attack(trial);
    await trial.stage();
    assert.equal(trial.channel.fetched.length, 1);
    await trial.assertStaged();
  });
}

Deno.test("staging never writes through links that wait where it is about to write", async () => {
  await using trial = await openTrial();
  await trial.stage();
  await Deno.writeTextFile(trial.outside("target"), "untouched");
  const { full } = trial.release.components[0]!;
  for (
    const name of [
      APP_FILE,
      `${full.sha256}.blob`,
      `${full.sha256}.blob.part`,
      "result.partial",
      "base.partial",
    ]
  ) {
    await Deno.remove(trial.path(name)).catch(() => {});
    await Deno.symlink(trial.outside("target"), trial.path(name));
  }
  // And once more while the blob is on its way.
  trial.channel.onFetch = () => Deno.symlinkSync(trial.outside("target"), trial.path("result.partial"));
  await trial.stage();
  await trial.assertStaged();
  assert.equal(await Deno.readTextFile(trial.outside("target")), "untouched");
});

Deno.test("staging replaces a folder that is a link, or open to others, and leaves what the link led to", async () => {
  await using trial = await openTrial();
  await Deno.mkdir(trial.outside("elsewhere"), { recursive: true });
  await Deno.writeTextFile(trial.outside("elsewhere/kept"), "");
  await Deno.mkdir(trial.outside("update"));
  await Deno.symlink(trial.outside("elsewhere"), trial.directory);
  await trial.stage();
  assert.ok((await Deno.lstat(trial.directory)).isDirectory);
  assert.deepEqual(names(trial.outside("elsewhere")), ["kept"]);

  await Deno.chmod(trial.directory, 0o777);
  trial.channel.fetched.length = 0;
  await trial.stage();
  assert.equal((await Deno.stat(trial.directory)).mode! & 0o777, 0o700);
  assert.equal(trial.channel.fetched.length, 2);
});

Deno.test("staging removes what belongs to no release under way, and keeps parts of its own blobs", async () => {
  await using trial = await openTrial();
  await Deno.mkdir(trial.directory, { recursive: true, mode: 0o700 });
  const part = `${trial.release.components[0]!.full.sha256}.blob.part`;
  const foreign = [
    `${"ab".repeat(32)}-app`,
    `${"ab".repeat(32)}.blob.part`,
    "result.partial",
    "notes.txt",
    part,
  ];
  for (const name of foreign) await Deno.writeTextFile(trial.path(name), "");
  await Deno.mkdir(trial.path("folder/in/folder"), { recursive: true });
  let seen: readonly string[] = [];
  trial.channel.onFetch = () => {
    if (seen.length === 0) seen = names(trial.directory);
  };
  await trial.stage();
  assert.deepEqual(seen, [part]);
});

Deno.test("staging checks a blob of an earlier run before it uses it", async () => {
  await using trial = await openTrial();
  await Deno.mkdir(trial.directory, { recursive: true, mode: 0o700 });
  const { full } = trial.release.components[0]!;
  await Deno.writeFile(trial.path(`${full.sha256}.blob`), new Uint8Array(full.length));
  await trial.stage();
  assert.ok(trial.channel.fetched.includes(full.sha256));
  await trial.assertStaged();
});

Deno.test("staging refuses names that lead out of its folder", async () => {
  await using trial = await openTrial();
  const component = trial.release.components[0]!;
  const escapes = [
    { name: "../../x" },
    { name: "a/b" },
    { name: "a\\b" },
    { name: "a\0" },
    { id: "../x" },
    { full: { sha256: "../../x", length: 1 } },
  ];
  for (const escape of escapes) {
    const release = { ...trial.release, components: [{ ...component, ...escape }] };
    await assert.rejects(trial.stage(release), { code: "WL_UPDATE_RELEASE_INVALID" }, JSON.stringify(escape));
  }
  assert.deepEqual(names(trial.outside(".")).filter((name) => name !== "update"), []);
});

type Trial = Awaited<ReturnType<typeof openTrial>>;

function frame(content: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(zstdCompressSync(content));
}

function names(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

/** Stages a release of an app that is unpacked and an agent that is not, with nothing at hand. */
async function openTrial() {
  const folder = await openTemporaryFolder("windlass-staging");
  const directory = join(folder.path, "update", "staging");
  const channel = new SampleChannel();
  const release = sampleRelease(channel, [
    { name: "app", content: APP, unpack: true },
    { name: "agent", content: AGENT },
  ]);
  const path = (name: string) => join(directory, name);
  const common = { atHand: NONE, embedded: NONE, channel, directory, log: () => {} };
  return {
    channel,
    release,
    directory,
    path,
    outside: (name: string) => join(folder.path, name),
    stage: (other = release) => stageRelease({ ...common, release: other, signal: NEVER }),
    assertStaged: async () => {
      assert.deepEqual(names(directory), [APP_FILE, AGENT_FILE].sort());
      assert.deepEqual(await Deno.readFile(path(APP_FILE)), APP);
      assert.deepEqual(await Deno.readFile(path(AGENT_FILE)), frame(AGENT));
      for (const name of names(directory)) assert.ok((await Deno.lstat(path(name))).isFile);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
