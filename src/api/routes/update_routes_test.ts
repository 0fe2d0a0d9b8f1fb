import assert from "node:assert/strict";
import { fakeDependencies } from "../../../tests/fakes/api_fakes.ts";
import { FakeUpdates, UPDATE_OFFER, UPDATE_STATUS } from "../../../tests/fakes/fake_updates.ts";
import { createApi } from "../create_api.ts";
import { UpdateStatus } from "../resources/updates.ts";

async function post(updates: FakeUpdates, verb: string, body?: unknown): Promise<Response> {
  const api = createApi(fakeDependencies({ updates }));
  return await api.fetch(
    new Request(`http://127.0.0.1:4000/v1/update/${verb}`, {
      method: "POST",
      ...body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } },
    }),
  );
}

async function answer(updates: FakeUpdates, verb: string, body?: unknown): Promise<UpdateStatus> {
  const response = await post(updates, verb, body);
  assert.equal(response.status, 200);
  return UpdateStatus.parse(await response.json());
}

Deno.test("GET /v1/update answers as its schema describes", async () => {
  const api = createApi(fakeDependencies({ updates: new FakeUpdates() }));
  const response = await api.fetch(new Request("http://127.0.0.1:4000/v1/update"));
  assert.deepEqual(UpdateStatus.parse(await response.json()), UPDATE_STATUS);
});

Deno.test("POST /v1/update/check and download answer with the new status", async () => {
  const updates = new FakeUpdates();
  assert.deepEqual((await answer(updates, "check")).offer, UPDATE_OFFER);
  assert.equal((await answer(updates, "download")).step, "ready");
  assert.deepEqual(updates.asked, ["check", "download"]);
});

Deno.test("POST /v1/update/install waits until the engine is idle by default", async () => {
  const updates = new FakeUpdates();
  const { step, waitsFor } = await answer(updates, "install", {});
  assert.deepEqual([step, waitsFor], ["waiting-for-idle", [{ what: "container web", since: null }]]);
  assert.equal((await answer(updates, "install", { when: "now" })).step, "switching");
  await answer(updates, "install", { version: "1.0.9", from: "/media/usb/windlass.bundle" });
  assert.deepEqual(updates.asked, [
    'install {"when":"idle"}',
    'install {"when":"now"}',
    'install {"when":"idle","version":"1.0.9","from":"/media/usb/windlass.bundle"}',
  ]);
});

Deno.test("POST /v1/update/install refuses a bundle in a network folder", async () => {
  const updates = new FakeUpdates();
  const response = await post(updates, "install", { from: "\\\\evil\\share\\windlass.bundle" });
  const { code, detail } = await response.json();
  assert.deepEqual([response.status, code, detail], [
    409,
    "WL_UPDATE_BUNDLE_INVALID",
    "Cannot read the bundle '\\\\evil\\share\\windlass.bundle': it is in a network folder",
  ]);
  assert.deepEqual(updates.asked, []);
});

Deno.test("POST /v1/update/rollback, pin and skip do what they promise", async () => {
  const updates = new FakeUpdates();
  await answer(updates, "rollback", {});
  await answer(updates, "rollback", { when: "now" });
  assert.deepEqual(updates.asked, ["rollback idle", "rollback now"]);
  assert.equal((await answer(updates, "pin", { version: "1.2" })).pinned, "1.2");
  assert.equal((await answer(updates, "pin", { version: null })).pinned, null);
  assert.deepEqual((await answer(updates, "skip", { version: "1.2.0" })).skipped, ["1.2.0"]);
});

const REFUSED: readonly (readonly [string, unknown, number, string])[] = [
  ["install", { when: "soon" }, 400, 'when: Invalid option: expected one of "idle"|"now"'],
  ["install", { force: true }, 400, 'Unrecognized key: "force"'],
  ["rollback", { version: "1.0.0" }, 400, 'Unrecognized key: "version"'],
  ["pin", {}, 400, "version: Invalid input: expected string, received undefined"],
  ["skip", { version: "" }, 400, "version: not a version such as '1.2.7'"],
  ["skip", { version: "1.2" }, 400, "version: not a version such as '1.2.7'"],
  [
    "pin",
    { version: "banana" },
    400,
    "version: not a version such as '1.2.7', nor the first numbers of one such as '1.2'",
  ],
];

for (const [verb, body, status, issue] of REFUSED) {
  Deno.test(`POST /v1/update/${verb} refuses ${JSON.stringify(body)}`, async () => {
    const updates = new FakeUpdates();
    const response = await post(updates, verb, body);
    const { code, detail } = await response.json();
    assert.deepEqual([response.status, code, detail], [status, "WL_API_INVALID", `Cannot answer: ${issue}`]);
    assert.deepEqual(updates.asked, []);
  });
}

Deno.test("POST /v1/update/download returns the host's reason for a refusal", async () => {
  const response = await post(new FakeUpdates(), "download");
  const { code, detail } = await response.json();
  assert.deepEqual([response.status, code, detail], [
    409,
    "WL_UPDATE_NOTHING",
    "Cannot download: nothing is offered",
  ]);
});

Deno.test("a host without its records of updates refuses every request about them", async () => {
  const api = createApi(fakeDependencies({ updates: undefined }));
  const asked = ["GET /v1/update", "POST /v1/update/check", "POST /v1/update/download"].map(
    async (request) => {
      const [method = "", path = ""] = request.split(" ");
      const response = await api.fetch(new Request(`http://127.0.0.1:4000${path}`, { method }));
      const { code, detail } = await response.json();
      return [response.status, code, detail];
    },
  );
  const refused = [
    409,
    "WL_UPDATE_UNAVAILABLE",
    "Cannot update: the folder 'update' of the home could not be used when Windlass started",
  ];
  assert.deepEqual(await Promise.all(asked), [refused, refused, refused]);
});
