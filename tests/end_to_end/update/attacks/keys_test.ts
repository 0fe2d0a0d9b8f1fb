import assert from "node:assert/strict";
import { join } from "node:path";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import { createChannelKeys, createSigningKey } from "../../../support/channel_repository.ts";

const STOLEN = { code: "WL_UPDATE_REJECTED", message: /timestamp was signed by 0\/1 keys$/ };

/** Makes the online key useless to anyone who has it: a new root with another one, signed as it must be. */
function revokeOnlineKey({ repository }: ChannelLab): void {
  repository.keys = { ...repository.keys, online: [createSigningKey()] };
  repository.signRoot({ version: 2 });
}

/** The version of a file that the client trusts. */
function trustedVersion({ trusted }: ChannelLab, name: string): number {
  return JSON.parse(Deno.readTextFileSync(join(trusted, name))).signed.version;
}

Deno.test("a client refuses what is signed with a key that a newer root has taken back", async () => {
  await using lab = await openChannelLab();
  const stolen = lab.repository.keys.online;
  await lab.latest();
  revokeOnlineKey(lab);
  lab.repository.publish({ [RELEASE]: "evil" });
  lab.repository.signSnapshot({ version: 2, signers: stolen });
  lab.repository.signTimestamp({ version: 2, signers: stolen });
  await assert.rejects(lab.latest(), STOLEN);
});

Deno.test("a client that saw a key taken back refuses it also from a server that hides the newer root", async () => {
  await using lab = await openChannelLab();
  const stolen = lab.repository.keys.online;
  await lab.latest();
  revokeOnlineKey(lab);
  lab.server.break("metadata/timestamp.json", { kind: "status", status: 503 });
  await assert.rejects(lab.latest(), { code: "WL_UPDATE_UNREACHABLE" });
  assert.equal(trustedVersion(lab, "root.json"), 2);

  lab.server.mend();
  lab.repository.remove("2.root.json");
  lab.repository.publish({ [RELEASE]: "evil" });
  lab.repository.signSnapshot({ version: 2, signers: stolen });
  lab.repository.signTimestamp({ version: 2, signers: stolen });
  await assert.rejects(lab.latest(), STOLEN);
});

Deno.test("a client follows a change of all keys, and counters that start over with it", async () => {
  await using lab = await openChannelLab();
  const { repository } = lab;
  for (const release of ["two", "three"]) repository.publish({ [RELEASE]: release });
  assert.equal(await lab.latest(), "three");
  const old = repository.keys.root;
  repository.keys = createChannelKeys();
  repository.signRoot({ version: 2, signers: [...old.slice(0, 2), ...repository.keys.root.slice(0, 2)] });
  repository.version = 0;
  repository.publish({ [RELEASE]: "four" });
  assert.equal(await lab.latest(), "four");
  assert.deepEqual([trustedVersion(lab, "root.json"), trustedVersion(lab, "timestamp.json")], [2, 1]);
});

Deno.test("a client whose program carries an old root walks through all roots since", async () => {
  await using lab = await openChannelLab();
  const { repository } = lab;
  for (let version = 2; version <= 5; version++) {
    const old = repository.keys.root;
    repository.keys = createChannelKeys();
    repository.signRoot({ version, signers: [...old.slice(0, 2), ...repository.keys.root.slice(0, 2)] });
  }
  repository.publish({ [RELEASE]: "two" });
  assert.equal(await lab.latest(), "two");
  assert.equal(trustedVersion(lab, "root.json"), 5);
});
