import assert from "node:assert/strict";
import { join } from "node:path";
import { NO_LOG } from "../../logging/log.ts";
import { claimData } from "./claim_data.ts";

interface Data extends AsyncDisposable {
  readonly folder: string;
  readonly stamp: string;
  readonly events: string[];
  claim(dockerd: string | undefined): Promise<void>;
}

async function openData(text?: string): Promise<Data> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-data-" });
  const stamp = join(folder, "engine-version.json");
  if (text !== undefined) await Deno.writeTextFile(stamp, text);
  const events: string[] = [];
  return {
    folder,
    stamp,
    events,
    claim: (dockerd) => claimData({ folder, dockerd, log: (_, event) => events.push(event) }),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const text = (dockerd: string) => `{\n  "format": 1,\n  "dockerd": "${dockerd}"\n}\n`;

Deno.test("claimData() writes the version where none is, and nothing else", async () => {
  await using data = await openData();
  await data.claim("29.0.1");
  assert.equal(await Deno.readTextFile(data.stamp), text("29.0.1"));
  assert.deepEqual([...Deno.readDirSync(data.folder)].map(({ name }) => name), ["engine-version.json"]);
});

Deno.test("claimData() refuses a dockerd of an older major version, and leaves the stamp", async () => {
  await using data = await openData(text("29.0.1"));
  await assert.rejects(data.claim("27.1.0"), {
    name: "WindlassError",
    code: "WL_DATA_TOO_NEW",
    message: "Cannot start dockerd 27.1.0: the data was last written by 29.0.1",
    remedy:
      "Update Windlass again ('windlass update check'), or start over with empty data: 'windlass reset --data'.",
  });
  assert.equal(await Deno.readTextFile(data.stamp), text("29.0.1"));
});

for (const dockerd of ["29.0.0", "29.4.0", "30.1.0"]) {
  Deno.test(`claimData() lets dockerd ${dockerd} have data of 29.0.1, and says who had it last`, async () => {
    await using data = await openData(text("29.0.1"));
    await data.claim(dockerd);
    assert.equal(await Deno.readTextFile(data.stamp), text(dockerd));
  });
}

Deno.test("claimData() writes nothing when the stamp is right", async () => {
  await using data = await openData('{"dockerd":"29.0.1"}');
  await data.claim("29.0.1");
  assert.equal(await Deno.readTextFile(data.stamp), '{"dockerd":"29.0.1"}');
});

Deno.test("claimData() replaces a damaged stamp and says so", async () => {
  await using data = await openData('{"dock');
  await data.claim("29.0.1");
  assert.deepEqual(data.events, ["agent.data.stamp_damaged"]);
  assert.equal(await Deno.readTextFile(data.stamp), text("29.0.1"));
});

Deno.test("claimData() continues after a write that was killed half-way", async () => {
  await using data = await openData(text("28.0.0"));
  await Deno.writeTextFile(`${data.stamp}.partial`, "{ much longer than what is written now ".repeat(9));
  await data.claim("29.0.1");
  assert.equal(await Deno.readTextFile(data.stamp), text("29.0.1"));
});

Deno.test("claimData() claims nothing for a dockerd that does not report its version", async () => {
  await using data = await openData(text("29.0.1"));
  await data.claim(undefined);
  assert.deepEqual(data.events, ["agent.data.version_unknown"]);
  assert.equal(await Deno.readTextFile(data.stamp), text("29.0.1"));
});

Deno.test("claimData() lets Docker start when it cannot write, except on data of an older major version", async () => {
  await using data = await openData(text("29.0.1"));
  await Deno.mkdir(`${data.stamp}.partial`); // nothing can be written there
  await data.claim("29.4.0");
  assert.deepEqual(data.events, ["agent.data.stamp_failed"]);
  await assert.rejects(data.claim("30.0.0"), Deno.errors.IsADirectory);
  assert.equal(await Deno.readTextFile(data.stamp), text("29.0.1"));
  await assert.rejects(claimData({ folder: "/nowhere/x\0", dockerd: "29.0.1", log: NO_LOG }));
});
