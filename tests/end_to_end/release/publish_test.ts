import assert from "node:assert/strict";
import { join } from "node:path";
import { openChannelFolder } from "../../../scripts/release/channel_folder.ts";
import { changeRollout, refreshChannel, withdrawRelease } from "../../../scripts/release/change_release.ts";
import { makeDelta } from "../../../scripts/release/make_delta.ts";
import { CHANGELOG, releaseNotes } from "../../../scripts/release/release_notes.ts";
import { blobPath } from "../../../src/update/release/release_document.ts";
import { VERSION } from "../../../src/version.ts";
import { setRenameTrap } from "../../support/kill_at_rename.ts";
import { failureOf, openReleaseLab, type ReleaseLab } from "./release_lab.ts";

/** The arguments that publish a build for both systems. */
function publishArguments(lab: ReleaseLab, dist: string, ...more: string[]): string[] {
  const keys = ["--targets-key", lab.keyFile("t1"), "--online-key", lab.keyFile("o1")];
  const what = ["--version", VERSION, "--channel", "stable", "--notes", join(lab.path, "notes.md")];
  return ["publish", ...what, "--into", lab.channel, "--dist", dist, "--no-code-signing", ...keys, ...more];
}

/** A folder in which 0.0.9 is published for both systems, and a build of the next version. */
async function openLabWithRelease(): Promise<ReleaseLab & { dist: string }> {
  const lab = await openReleaseLab();
  await Deno.writeTextFile(join(lab.path, "notes.md"), "Better.\n");
  const { linux, windows } = await lab.build("0.0.9");
  await lab.publish("0.0.9", { executables: { "linux-x64": linux, "windows-x64": windows } });
  return Object.assign(lab, { dist: (await lab.build(VERSION)).folder });
}

/** The notes in the release document of the published build for Linux. */
async function publishedNotes(lab: ReleaseLab): Promise<string> {
  const folder = join(lab.channel, "targets");
  for await (const { name } of Deno.readDir(folder)) {
    const document = JSON.parse(await Deno.readTextFile(join(folder, name)));
    if (document.version === VERSION && document.platform === "linux-x64") return document.notes;
  }
  assert.fail(`no release document of ${VERSION}`);
}

const OLD = ["stable linux-x64 0.0.9", "stable windows-x64 0.0.9"];
const NEW = [`stable linux-x64 ${VERSION}`, `stable windows-x64 ${VERSION}`];

Deno.test("release publish makes one release for both systems, with deltas, in one version of the metadata", async () => {
  await using lab = await openLabWithRelease();
  const before = await Array.fromAsync(Deno.readDir(join(lab.channel, "metadata")), ({ name }) => name);
  const [flag, file] = ["--notes", join(lab.path, "notes.md")];
  const command = publishArguments(lab, lab.dist, "--rollout", "5").filter((word) =>
    ![flag, file].includes(word)
  );
  const { code, stdout, stderr } = await lab.run(command);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    new RegExp(`^Published ${VERSION} in stable for linux-x64: executable [0-9a-f]{64}\n`),
  );
  assert.deepEqual([await lab.problems(), await lab.offers()], [[], NEW]);
  const changelog = await Deno.readTextFile(new URL(`../../../${CHANGELOG}`, import.meta.url));
  assert.equal(await publishedNotes(lab), releaseNotes(changelog, VERSION));
  const after = await Array.fromAsync(Deno.readDir(join(lab.channel, "metadata")), ({ name }) => name);
  assert.deepEqual(after.filter((name) => !before.includes(name)).sort(), [
    "2.snapshot.json",
    "2.targets.json",
  ]);

  const [document] = await lab.publish("0.2.0");
  assert.deepEqual(document?.components.map(({ name, deltas }) => [name, deltas.length]), [["deno", 2], [
    "app",
    0,
  ]]);
  const { full, deltas } = document?.components[0] ?? assert.fail();
  for (const { length } of deltas) assert(length * 10 < full.length, `${length} of ${full.length} bytes`);
});

for (
  const [step, point] of [
    ["the first blob", { when: "before", pathEnd: "", text: "" }],
    ["a blob", { when: "after", pathEnd: "", text: "#!/bin/sh" }],
    ["a release document", { when: "after", pathEnd: ".stable.linux-x64.json", text: VERSION }],
    ["the targets", { when: "before", pathEnd: "/2.targets.json", text: "" }],
    ["the snapshot", { when: "before", pathEnd: "/2.snapshot.json", text: "" }],
    ["the timestamp", { when: "before", pathEnd: "/timestamp.json", text: "" }],
    ["the timestamp", { when: "after", pathEnd: "/timestamp.json", text: "" }],
  ] as const
) {
  Deno.test(`release publish that is killed right ${point.when} ${step} leaves one release, and finishes when repeated`, async () => {
    await using lab = await openLabWithRelease();
    await using trap = await setRenameTrap(point);
    const killed = await lab.run(publishArguments(lab, lab.dist), trap.env);
    assert.equal(await trap.hasKilled(), true, killed.stderr);
    assert.notEqual(killed.code, 0);
    const published = point.when === "after" && point.pathEnd === "/timestamp.json";
    assert.deepEqual([await lab.problems(), await lab.offers()], [[], published ? NEW : OLD]);

    const repeated = await lab.run(publishArguments(lab, lab.dist));
    assert.equal(repeated.code, 0, repeated.stderr);
    assert.deepEqual([await lab.problems(), await lab.offers()], [[], NEW]);
    assert.equal(await publishedNotes(lab), "Better.\n");
    const left = await Array.fromAsync(Deno.readDir(lab.channel), ({ name }) => name);
    assert.deepEqual(left.sort(), [".publish.lock", "blobs", "metadata", "targets"]);
  });
}

Deno.test("release publish refuses what must not be published, and writes no metadata", async () => {
  await using lab = await openLabWithRelease();
  const state = async () => (await Array.fromAsync(Deno.readDir(join(lab.channel, "metadata")))).length;
  const before = await state();
  const [first] = await lab.publish("1.0.0");
  await withdraw(lab, "1.0.0", "0.0.9");
  const afterwards = await state();
  const damaged = await lab.build("2.0.0");
  const other = await lab.build("other");
  const bytes = await Deno.readFile(damaged.linux);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(damaged.linux, bytes);
  const refused: [string, () => Promise<unknown>][] = [
    ["WL_RELEASE_REFUSED: Cannot publish 0.0.8: stable has 0.0.9 for linux-x64", () => lab.publish("0.0.8")],
    ["WL_RELEASE_REFUSED: Cannot publish 1.0.0: it has been withdrawn", () => lab.publish("1.0.0")],
    [
      "WL_RELEASE_REFUSED: Cannot publish 0.0.9: stable has another 0.0.9 for linux-x64",
      () => lab.publish("0.0.9", { executables: { "linux-x64": other.linux } }),
    ],
    [
      `WL_RELEASE_REFUSED: Cannot publish '${damaged.linux}': Cannot trust component 'deno': its stored bytes are damaged`,
      () => lab.publish("2.0.0", { executables: { "linux-x64": damaged.linux } }),
    ],
    [
      "WL_RELEASE_SIGNATURES_MISSING: Cannot sign the targets metadata: it needs 1 of the 2 keys that root version 1 names, and 0 of them were given",
      () => lab.publish("2.0.0", { commit: lab.commit("o1", "o1") }),
    ],
    [
      "WL_RELEASE_SIGNATURES_MISSING: Cannot sign the timestamp metadata: it needs 1 of the 1 keys that root version 1 names, and 0 of them were given",
      () => lab.publish("2.0.0", { commit: lab.commit("t1", "t2") }),
    ],
  ];
  for (const [expected, work] of refused) {
    assert.equal((await failureOf(work())).replace(/'[^']*work-[^']*'/, `'${damaged.linux}'`), expected);
  }
  assert.equal(await state(), afterwards);
  assert(afterwards > before && first !== undefined);
  const wrong = await lab.run(publishArguments(lab, lab.dist).with(2, "9.9.9"));
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^Cannot publish 9\.9\.9: src\/version\.ts says /);
});

Deno.test("release publish of another major of dockerd has no way back, and says so", async () => {
  await using lab = await openReleaseLab();
  const lines: string[] = [];
  const publish = async (version: string, dockerd: string) =>
    (await lab.publish(version, { dockerd, progress: (line) => lines.push(line) }))[0]?.undo;
  assert.equal(await publish("1.0.0", "28.5.2"), true);
  assert.equal(await publish("1.1.0", "29.0.0"), false);
  assert.equal(await publish("1.2.0", "29.1.0"), true);
  assert.deepEqual(lines.filter((line) => line.startsWith("No way back")), [
    "No way back from this release for linux-x64: dockerd 29.0.0 follows 28.5.2",
  ]);
});

Deno.test("Two publishes at once: the second one is refused", async () => {
  await using lab = await openReleaseLab();
  using _first = await openChannelFolder(lab.channel);
  const { code, stderr } = await lab.run([
    "refresh",
    "--into",
    lab.channel,
    "--online-key",
    lab.keyFile("o1"),
  ]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^Cannot publish into '${lab.channel}': another process does so now\n`));
});

Deno.test("release rollout and release refresh change what they should, and nothing else", async () => {
  await using lab = await openReleaseLab();
  const [before] = await lab.publish("1.0.0", { rollout: 10 });
  const choice = {
    folder: lab.channel,
    channel: "stable",
    platforms: ["linux-x64"] as const,
    commit: lab.commit(),
  } as const;
  const [after] = await changeRollout(choice, 50);
  assert.deepEqual(after, { ...before, rollout: { percent: 50, salt: "stable-1.0.0" } });
  assert.equal(
    await failureOf(changeRollout({ ...choice, platforms: ["windows-x64"] }, 50)),
    "WL_RELEASE_REFUSED: Cannot change the channel: 'stable.windows-x64' has no release",
  );
  const metadata = async () =>
    JSON.parse(await Deno.readTextFile(join(lab.channel, "metadata/timestamp.json"))).signed;
  const old = await metadata();
  const now = new Date(Date.now() + 5 * 86_400_000);
  await refreshChannel(lab.channel, { ...lab.commit(), now });
  const renewed = await metadata();
  assert.equal(renewed.version, old.version + 1);
  assert.equal(Date.parse(renewed.expires), Math.floor(now.getTime() / 1000) * 1000 + 14 * 86_400_000);
  assert.deepEqual([await lab.problems(), await lab.offers()], [[], ["stable linux-x64 1.0.0"]]);
});

Deno.test("release withdraw leads back to an older release, with deltas, and later releases still name the withdrawn one", async () => {
  await using lab = await openReleaseLab();
  const [old] = await lab.publish("1.0.0");
  await lab.publish("1.1.0", { rollout: 20 });
  const [back] = await withdraw(lab, "1.1.0", "1.0.0");
  assert.deepEqual(
    [
      back?.version,
      back?.withdrawn,
      back?.rollout.percent,
      back?.executable,
      back?.components[0]?.deltas.length,
    ],
    ["1.0.0", ["1.1.0"], 100, old?.executable, 1],
  );
  assert.deepEqual([await lab.problems(), await lab.offers()], [[], ["stable linux-x64 1.0.0"]]);
  const [next] = await lab.publish("1.2.0", { withdrawn: ["0.9.0"] });
  assert.deepEqual(next?.withdrawn, ["0.9.0", "1.1.0"]);
  assert.equal(
    await failureOf(withdraw(lab, "1.1.0", "1.0.0")),
    "WL_RELEASE_REFUSED: Cannot change the channel: 'stable.linux-x64' offers 1.2.0, not 1.1.0",
  );
  assert.equal(
    await failureOf(withdraw(lab, "1.2.0", "0.5.0")),
    "WL_RELEASE_REFUSED: Cannot change the channel: the folder has no 0.5.0 of 'stable.linux-x64'",
  );
});

Deno.test("release publish continues without a delta when the folder has lost the old blob", async () => {
  await using lab = await openReleaseLab();
  const [old] = await lab.publish("1.0.0");
  await Deno.remove(join(lab.channel, blobPath(old?.components[0]?.full.sha256 ?? "")));
  const said: string[] = [];
  const [document] = await lab.publish("1.1.0", { progress: (line) => said.push(line) });
  assert.equal(document?.components[0]?.deltas.length, 0);
  assert.match(said.join("\n"), /^No delta of deno from [0-9a-f]{12}: the folder has its blob no more$/m);
  assert.deepEqual(await lab.problems(), []);
});

Deno.test("release publish refuses a delta that does not make the component", async () => {
  await using lab = await openReleaseLab();
  const [old] = await lab.publish("1.0.0");
  const failure = await failureOf(lab.publish("1.1.0", {
    makeDelta: async (options) => {
      const made = await makeDelta(options);
      const bytes = await Deno.readFile(options.output);
      bytes[bytes.length - 2]! ^= 1;
      await Deno.writeFile(options.output, bytes);
      return made;
    },
  }));
  const from = old?.components[0]?.id.slice(0, 12);
  assert.match(failure, new RegExp(`^WL_RELEASE_REFUSED: Cannot publish the delta of 'deno' from ${from}: `));
  assert.deepEqual(await lab.offers(), ["stable linux-x64 1.0.0"]);
});

async function withdraw(lab: ReleaseLab, version: string, backTo: string) {
  return await withdrawRelease({
    folder: lab.channel,
    channel: "stable",
    platforms: ["linux-x64"],
    commit: lab.commit(),
    version,
    backTo,
    makeDelta,
    workDirectory: await Deno.makeTempDir({ dir: lab.path, prefix: "work-" }),
    progress: () => {},
  });
}
