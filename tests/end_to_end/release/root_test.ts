import assert from "node:assert/strict";
import { join } from "node:path";
import { readAsClient } from "../../../scripts/release/read_as_client.ts";
import { NEVER } from "../../../src/timing/sleep.ts";
import { failureOf, openReleaseLab, type ReleaseLab } from "./release_lab.ts";

/** Writes the next root with that command and lets holders sign it; the file. */
async function signedRoot(
  lab: ReleaseLab,
  command: readonly string[],
  holders: readonly string[],
): Promise<string> {
  const file = join(lab.path, "next-root.json");
  const written = await lab.run(["root", ...command, "--from", lab.channel, "--output", file]);
  assert.equal(written.code, 0, written.stderr);
  for (const holder of holders) {
    const signed = await lab.run(["root", "sign", file, "--key", lab.keyFile(holder)]);
    assert.equal(signed.code, 0, signed.stderr);
  }
  return file;
}

async function publishRoot(lab: ReleaseLab, files: readonly string[], targetsKey = "t1", onlineKey = "o1") {
  const keys = ["--targets-key", lab.keyFile(targetsKey), "--online-key", lab.keyFile(onlineKey)];
  return await lab.run(["root", "publish", ...files, "--into", lab.channel, ...keys]);
}

/** Names in the folder of the metadata, sorted. */
async function metadataFiles(lab: ReleaseLab): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(join(lab.channel, "metadata")), ({ name }) => name)).sort();
}

Deno.test("A root that too few holders have signed is not published", async () => {
  await using lab = await openReleaseLab();
  await lab.publish("1.0.0");
  const before = await metadataFiles(lab);
  const needs = (version: number) =>
    `Cannot accept the root metadata: it needs valid signatures of 2 of the 3 keys that root version ${version} names\n`;

  const one = await signedRoot(lab, ["rotate"], ["r1"]);
  const tooFew = await publishRoot(lab, [one]);
  assert.equal(tooFew.code, 1);
  assert.equal(tooFew.stderr.split("\n")[0], needs(1).trim());

  // Enough new holders do not make up for the old ones, nor old ones for the new.
  for (const name of ["n1", "n2", "n3"]) await lab.addKey(name);
  const added = ["n1", "n2", "n3"].flatMap((name) => ["--root", lab.publicFile(name)]);
  const ids = ["r1", "r2", "r3"].map((name) => lab.keys[name]?.keyId.slice(0, 12) ?? "");
  const strangers = await signedRoot(lab, ["revoke", ...ids, ...added], ["n1", "n2", "n3"]);
  assert.equal((await publishRoot(lab, [strangers])).stderr.split("\n")[0], needs(1).trim());
  const old = await signedRoot(lab, ["revoke", ...ids, ...added], ["r1", "r2", "r3"]);
  assert.equal((await publishRoot(lab, [old])).stderr.split("\n")[0], needs(2).trim());
  assert.deepEqual([await metadataFiles(lab), await lab.problems()], [before, []]);
});

Deno.test("Holders sign copies of a root one by one, also by an agent; clients of the first root follow every rotation", async () => {
  await using lab = await openReleaseLab();
  await lab.publish("1.0.0");
  const first = await Deno.readFile(join(lab.channel, "metadata/1.root.json"));

  // All root keys and the online key change; two holders sign copies, the new ones another.
  for (const name of ["n1", "n2", "n3", "o2"]) await lab.addKey(name);
  const added = ["n1", "n2", "n3"].flatMap((name) => ["--root", lab.publicFile(name)]);
  const ids = ["r1", "r2", "r3", "o1"].map((name) => lab.keys[name]?.keyId ?? "");
  const file = await signedRoot(lab, ["revoke", ...ids, ...added, "--online", lab.publicFile("o2")], []);
  const copies: string[] = [];
  for (const holder of ["r1", "n2", "n3"]) {
    const copy = join(lab.path, `root-of-${holder}.json`);
    await Deno.copyFile(file, copy);
    assert.equal((await lab.run(["root", "sign", copy, "--key", lab.keyFile(holder)])).code, 0);
    copies.push(copy);
  }
  const agent = join(lab.path, "agent.json");
  await Deno.writeTextFile(agent, JSON.stringify(await makeAgent(lab, "r2")));
  const signed = await lab.run(["root", "sign", copies[0] ?? "", "--key", agent]);
  assert.equal(
    signed.stdout.trim().split("\n").at(-1),
    `Signed by ${lab.keys.r2?.keyId.slice(0, 12)}`,
    signed.stderr,
  );

  const wrongKey = await publishRoot(lab, copies, "t1", "o1");
  assert.match(
    wrongKey.stderr,
    /^Cannot accept the snapshot metadata: it needs valid signatures of 1 of the 1 keys/,
  );
  assert.deepEqual([await lab.problems(), (await metadataFiles(lab)).includes("2.root.json")], [[], false]);
  const published = await publishRoot(lab, copies, "t1", "o2");
  assert.equal(published.stdout, "Published root version 2\n", published.stderr);

  // Another rotation, of the time alone; a client that has only ever seen the first root gets there.
  const later = await signedRoot(lab, ["rotate", "--days", "900"], ["n1", "n3"]);
  assert.equal((await publishRoot(lab, [later], "t1", "o2")).stdout, "Published root version 3\n");
  assert.equal((await publishRoot(lab, [later], "t1", "o2")).code, 0, "the same once more");
  assert.deepEqual([...(await readAsClient(lab.channel, first, NEVER)).keys()], ["stable.linux-x64"]);
  await lab.publish("1.1.0", { commit: lab.commit("t1", "o2") });
  assert.deepEqual([await lab.problems(), await lab.offers()], [[], ["stable linux-x64 1.1.0"]]);
});

Deno.test("What a revoked targets key has signed is signed again, and what it signs afterwards is refused", async () => {
  await using lab = await openReleaseLab();
  await lab.publish("1.0.0");
  await lab.addKey("t3");
  const id = lab.keys.t1?.keyId.slice(0, 12) ?? "";
  const root = await signedRoot(lab, ["revoke", id, "--targets", lab.publicFile("t3")], ["r2", "r3"]);
  const revoked = await publishRoot(lab, [root], "t1");
  assert.match(
    revoked.stderr,
    /^Cannot accept the targets metadata: it needs valid signatures of 1 of the 2 keys/,
  );
  assert.equal((await metadataFiles(lab)).includes("2.root.json"), false);
  const published = await publishRoot(lab, [root], "t3");
  assert.equal(published.code, 0, published.stderr);
  assert.deepEqual([await lab.problems(), await lab.offers()], [[], ["stable linux-x64 1.0.0"]]);
  assert.equal(
    await failureOf(lab.publish("6.6.6")),
    "WL_RELEASE_SIGNATURES_MISSING: Cannot sign the targets metadata: it needs 1 of the 2 keys that root version 2 names, and 0 of them were given",
  );
  await lab.publish("1.1.0", { commit: lab.commit("t2") });
  assert.deepEqual(await lab.offers(), ["stable linux-x64 1.1.0"]);
});

Deno.test("root publish that was cut off between root and timestamp is finished by repeating it", async () => {
  await using lab = await openReleaseLab();
  await lab.publish("1.0.0");
  for (const name of ["t3", "o2"]) await lab.addKey(name);
  const ids = [lab.keys.t1?.keyId ?? "", lab.keys.o1?.keyId ?? ""];
  const added = ["--targets", lab.publicFile("t3"), "--online", lab.publicFile("o2")];
  const root = await signedRoot(lab, ["revoke", ...ids, ...added], ["r1", "r2"]);
  await Deno.copyFile(root, join(lab.channel, "metadata/2.root.json")); // all that the cut left behind
  assert.match((await lab.problems())[0]?.message ?? "", /^Cannot trust /);
  const repeated = await publishRoot(lab, [root], "t3", "o2");
  assert.equal(repeated.code, 0, repeated.stderr);
  assert.deepEqual([await lab.problems(), await lab.offers()], [[], ["stable linux-x64 1.0.0"]]);
});

Deno.test("Roots that make no sense are refused when they are written", async () => {
  await using lab = await openReleaseLab();
  const id = lab.keys.o1?.keyId ?? "";
  const output = join(lab.path, "refused.json");
  const refused: [readonly string[], string][] = [
    [["revoke", id], "Cannot make root version 2: 1 of 0 online keys cannot sign"],
    [["revoke", "0123456789ab"], "Cannot revoke key '0123456789ab': root version 1 names 0 of that id"],
    [
      ["revoke", "zz", "--days", "0"],
      "Cannot run 'release': '--days 0' is not a whole number from 1 to 3650",
    ],
    [["rotate", "--root-threshold", "4"], "Cannot make root version 2: 4 of 3 root keys cannot sign"],
    [
      ["rotate", "--online", lab.publicFile("r1")],
      `Cannot make root version 2: key ${lab.keys.r1?.keyId.slice(0, 12)} is for root alone`,
    ],
  ];
  for (const [command, message] of refused) {
    const { code, stderr } = await lab.run(["root", ...command, "--from", lab.channel, "--output", output]);
    assert.deepEqual([code, stderr.split("\n")[0]], [1, message]);
  }
});

/** An agent that signs with a key of the lab, as its description is written in a file. */
async function makeAgent(lab: ReleaseLab, name: string): Promise<{ public: string; command: string[] }> {
  const program = join(lab.path, "agent.sh");
  const sign = 'cat > "$1.in"; openssl pkeyutl -sign -rawin -inkey "$1" -in "$1.in" | base64 -w0; rm "$1.in"';
  await Deno.writeTextFile(program, `#!/bin/sh\n${sign}\n`, { mode: 0o755 });
  return { public: lab.keys[name]?.publicHex ?? "", command: [program, lab.keyFile(name)] };
}
