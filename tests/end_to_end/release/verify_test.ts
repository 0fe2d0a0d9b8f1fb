import assert from "node:assert/strict";
import { join } from "node:path";
import { verifyChannel } from "../../../scripts/release/verify_channel.ts";
import { publishBuild } from "../../support/publish_build.ts";
import { createSignedChannel } from "../../support/signed_channel.ts";
import { runChecked } from "../../support/run_command.ts";
import { flipByte } from "../executable/small_executable.ts";
import { openReleaseLab } from "./release_lab.ts";

async function filesOf(folder: string, base = ""): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(folder, base)));
  const nested = entries.map(({ name, isDirectory }) =>
    isDirectory ? filesOf(folder, join(base, name)) : Promise.resolve([join(base, name)])
  );
  return (await Promise.all(nested)).flat().filter((name) => name !== ".publish.lock").sort();
}

Deno.test("release verify finds each single damage: a byte, a missing end, a file that is gone", async () => {
  await using lab = await openReleaseLab();
  const { linux, windows } = await lab.build("1.0.0");
  await lab.publish("1.0.0", { executables: { "linux-x64": linux, "windows-x64": windows } });
  await lab.publish("1.1.0");
  const files = await filesOf(lab.channel);
  assert(files.length > 15, files.join(" "));
  const missed: string[] = [];
  for (const name of files) {
    const path = join(lab.channel, name);
    const bytes = await Deno.readFile(path);
    const damages: [string, () => Promise<void>][] = [
      ["first byte", () => flipByte(path, 0)],
      ["middle byte", () => flipByte(path, bytes.length >> 1)],
      ["cut", () => Deno.truncate(path, bytes.length - 3)],
    ];
    for (const [damage, apply] of damages) {
      await apply();
      const { problems } = await verifyChannel(lab.channel);
      if (problems.length === 0) missed.push(`${name}: ${damage}`);
      await Deno.writeFile(path, bytes);
    }
  }
  assert.deepEqual(missed, []);
  assert.deepEqual((await verifyChannel(lab.channel)).problems, []);
});

Deno.test("release verify finds what is missing, what does not belong there, and another root than the client's", async () => {
  await using lab = await openReleaseLab();
  const [document] = await lab.publish("1.0.0");
  const component = document?.components[0] ?? assert.fail();
  const blob = `blobs/sha256/${component.full.sha256.slice(0, 2)}/${component.full.sha256}`;
  const bytes = await Deno.readFile(join(lab.channel, blob));
  await Deno.remove(join(lab.channel, blob));
  assert.deepEqual(await lab.problems(), [{
    path: blob,
    message: "Cannot use component 'deno' of 1.0.0: No such file or directory (os error 2)",
  }]);
  await Deno.writeFile(join(lab.channel, blob), bytes);
  await Deno.writeTextFile(join(lab.channel, "targets/notes.txt"), "");
  assert.deepEqual(await lab.problems(), [{
    path: "targets/notes.txt",
    message: "Cannot use 'targets/notes.txt': its bytes do not fit its name",
  }]);
  await Deno.remove(join(lab.channel, "targets/notes.txt"));
  await using stranger = await createSignedChannel();
  const { problems } = await verifyChannel(lab.channel, { root: stranger.root });
  assert.equal(problems.length, 1);
  assert.match(problems[0]?.message ?? "", /^Cannot trust /);
});

Deno.test("publishBuild() publishes executables in a test's own channel, as the release script does", async () => {
  await using lab = await openReleaseLab();
  await using channel = await createSignedChannel();
  const [first, second] = [await lab.build("1.0.0"), await lab.build("1.1.0")];
  await publishBuild(channel, { version: "1.0.0", executables: { "linux-x64": first.linux } });
  const [document] = await publishBuild(channel, {
    version: "1.1.0",
    executables: { "linux-x64": second.linux },
    rollout: 30,
  });
  assert.deepEqual([document?.rollout.percent, document?.components[0]?.deltas.length], [30, 1]);
  const { releases, problems } = await verifyChannel(channel.folder, { root: channel.root });
  assert.deepEqual([releases, problems], [[document], []]);
});

Deno.test("release bundle holds all that one platform needs, and nothing else; a folder of it verifies", async () => {
  await using lab = await openReleaseLab();
  const { linux, windows } = await lab.build("1.0.0");
  await lab.publish("1.0.0", { executables: { "linux-x64": linux, "windows-x64": windows } });
  const [document] = await lab.publish("1.1.0");
  const output = join(lab.path, "windlass.bundle");
  const platform = ["--channel", "stable", "--platform", "linux-x64"];
  const made = await lab.run(["bundle", ...platform, "--from", lab.channel, "--output", output]);
  assert.equal(made.stdout, `Wrote 1.1.0 to ${output}\n`, made.stderr);
  const folder = join(lab.path, "unpacked");
  await Deno.mkdir(folder);
  await runChecked(["tar", "-xf", output, "-C", folder]);
  const blobs = (document?.components ?? []).flatMap(({ full, deltas }) => [full, ...deltas]);
  const expected = [
    ...["1.root.json", "2.snapshot.json", "2.targets.json", "timestamp.json"].map((name) =>
      `metadata/${name}`
    ),
    ...blobs.map(({ sha256 }) => `blobs/sha256/${sha256.slice(0, 2)}/${sha256}`),
  ];
  const found = await filesOf(folder);
  assert.deepEqual(found.filter((name) => !name.startsWith("targets/")), expected.sort());
  assert.equal(found.filter((name) => name.startsWith("targets/")).length, 1);
  const missing = await lab.run([
    "bundle",
    "--channel",
    "beta",
    "--platform",
    "linux-x64",
    "--from",
    lab.channel,
    "--output",
    output,
  ]);
  assert.equal(
    missing.stderr.split("\n")[0],
    "Cannot bundle 'beta.linux-x64': the channel has no such release",
  );
});
