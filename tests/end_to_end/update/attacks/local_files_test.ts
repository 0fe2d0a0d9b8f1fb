import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import { ChannelRepository, createChannelKeys } from "../../../support/channel_repository.ts";

const FILES = ["root.json", "timestamp.json", "snapshot.json", "targets.json", `release.${RELEASE}.json`];
const RECORD = "../tuf.versions.json";

/** Cuts a file in half, as a loss of power does. */
function truncate(path: string): void {
  Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2));
}

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  "cut in half": truncate,
  "empty": (path) => Deno.truncateSync(path, 0),
  "full of zeros": (path) => Deno.writeFileSync(path, new Uint8Array(Deno.statSync(path).size)),
  "gone": (path) => Deno.removeSync(path),
  "of another kind": (path) => Deno.writeTextFileSync(path, `{"signed":{"_type":"x"},"signatures":[]}`),
};

/** A lab whose client trusts version 3, of the release `three`. */
async function openTrusting(): Promise<ChannelLab> {
  const lab = await openChannelLab();
  for (const release of ["two", "three"]) lab.repository.publish({ [RELEASE]: release });
  assert.equal(await lab.latest(), "three");
  return lab;
}

/** Serves the first publication again, all of it validly signed. */
function replayFirst({ repository }: ChannelLab): void {
  repository.signTimestamp({ version: 1 });
}

for (const file of [...FILES, RECORD]) {
  for (const [damage, inflict] of Object.entries(DAMAGES)) {
    Deno.test(`a client whose ${file} is ${damage} continues, and not to what is older`, async () => {
      await using lab = await openTrusting();
      inflict(join(lab.trusted, file));
      replayFirst(lab);
      await assert.rejects(lab.latest(), { code: "WL_UPDATE_REJECTED" });
      lab.repository.publish({ [RELEASE]: "four" });
      assert.equal(await lab.latest(), "four");
    });
  }
}

Deno.test("a client whose tuf folder was deleted does not go to what is older", async () => {
  await using lab = await openTrusting();
  await Deno.remove(lab.trusted, { recursive: true });
  replayFirst(lab);
  await assert.rejects(lab.latest(), {
    code: "WL_UPDATE_REJECTED",
    message: `Cannot trust the update channel '${lab.server.url}': ` +
      "its timestamp has version 1, and version 3 was seen before",
  });
  lab.repository.publish({ [RELEASE]: "four" });
  assert.equal(await lab.latest(), "four");
});

Deno.test("a client without its root.json does not go back to a root that it has left", async () => {
  await using lab = await openChannelLab();
  const { repository } = lab;
  const old = repository.keys;
  repository.keys = createChannelKeys();
  repository.signRoot({
    version: 2,
    signers: [...old.root.slice(0, 2), ...repository.keys.root.slice(0, 2)],
  });
  repository.publish({ [RELEASE]: "two" });
  assert.equal(await lab.latest(), "two");

  truncate(join(lab.trusted, "root.json"));
  const hidden = repository.read("2.root.json");
  repository.remove("2.root.json");
  repository.keys = old;
  repository.publish({ [RELEASE]: "evil" });
  await assert.rejects(lab.latest(), {
    code: "WL_UPDATE_REJECTED",
    message: `Cannot trust the update channel '${lab.server.url}': ` +
      "its root has version 1, and version 2 was seen before",
  });
  repository.write("2.root.json", hidden);
});

Deno.test("a client forgets what it knew of another channel", async () => {
  await using lab = await openTrusting();
  const folder = join(lab.folder, "other");
  await Deno.mkdir(folder);
  const other = new ChannelRepository(folder);
  other.publish({ [RELEASE]: "other" });
  assert.equal(await lab.latest({ url: folder, root: other.root }), "other");
  assert.equal(await lab.latest({ url: folder, root: other.root }), "other");
  assert.ok(lab.lines.some(({ event }) => event === "update.metadata.other-channel"));
});

Deno.test("a client whose program carries a newer root of the same channel still knows what it saw", async () => {
  await using lab = await openTrusting();
  const root = lab.repository.signRoot({ version: 2 });
  replayFirst(lab);
  await assert.rejects(lab.latest({ root }), { code: "WL_UPDATE_REJECTED" });
  lab.repository.publish({ [RELEASE]: "four" });
  assert.equal(await lab.latest({ root }), "four");
  assert.equal(await lab.latest(), "four", "the program before, which carries the first root, as well");
});

Deno.test("a client leaves nothing but what it trusts, even of a check that was killed", async () => {
  await using lab = await openTrusting();
  await Deno.mkdir(join(lab.trusted, "scratch/old"), { recursive: true });
  await Deno.writeTextFile(join(lab.trusted, "scratch/root.json"), "{");
  lab.repository.publish({ [RELEASE]: "four" });
  assert.equal(await lab.latest(), "four");
  const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(names(lab.trusted), FILES.toSorted());
  assert.deepEqual(names(dirname(lab.trusted)), ["tuf", "tuf.versions.json"]);
});
