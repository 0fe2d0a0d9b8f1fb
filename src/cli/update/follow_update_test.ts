import assert from "node:assert/strict";
import { STATUS } from "../../../tests/fakes/api_fakes.ts";
import { UPDATE_OFFER, UPDATE_STATUS } from "../../../tests/fakes/fake_updates.ts";
import type { Problem } from "../../api/resources/problems.ts";
import type { UpdateStatus } from "../../api/resources/updates.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";
import { followSwitch, followWork, type UpdateFollower } from "./follow_update.ts";

const PROBLEM: Problem = { code: "WL_NO_SPACE", message: "Cannot download: x", remedy: "Free some." };

/** A host whose statuses are given: first those that it sends, then those that it answers one after another. */
function followerOf(sent: Partial<UpdateStatus>[], answered: Partial<UpdateStatus>[] = []) {
  const shown: (string | undefined)[] = [];
  const follower: UpdateFollower = {
    client: {
      async *statusChanges() {
        for (const changes of sent) yield { ...STATUS, update: { ...UPDATE_STATUS, ...changes } };
      },
      update: { status: () => Promise.resolve({ ...UPDATE_STATUS, ...answered.shift() }) },
    },
    line: { show: ({ stage }) => void shown.push(stage) },
    signal: NEVER,
  };
  return { follower, shown };
}

const DOWNLOADING: UpdateStatus = {
  ...UPDATE_STATUS,
  step: "downloading",
  stage: "Downloading",
  offer: UPDATE_OFFER,
};

Deno.test("followWork() shows a download until it is ready", async () => {
  const { follower, shown } = followerOf([
    { step: "downloading", stage: "Downloading" },
    { step: "preparing", stage: "Preparing the new engine" },
    { step: "ready" },
  ]);
  const { outcome, status } = await followWork(follower, DOWNLOADING, "ready");
  assert.deepEqual([outcome, status.step], ["ready", "ready"]);
  assert.deepEqual(shown, ["Downloading", "Downloading", "Preparing the new engine", undefined]);
});

Deno.test("followWork() goes past what is ready to where an installation waits or switches", async () => {
  for (const step of ["waiting-for-idle", "switching"] as const) {
    const { follower } = followerOf([{ step: "ready" }, { step }, { step: "idle" }]);
    assert.equal((await followWork(follower, DOWNLOADING, "switch")).outcome, step);
  }
});

Deno.test("followWork() takes the end of the host for the switch that it was asked for", async () => {
  const { follower } = followerOf([{ step: "ready" }]);
  assert.equal((await followWork(follower, DOWNLOADING, "switch")).outcome, "switching");
});

Deno.test("followWork() throws what the work has failed with", async () => {
  const { follower } = followerOf([{ step: "idle", problem: PROBLEM }]);
  await assert.rejects(followWork(follower, DOWNLOADING, "switch"), PROBLEM);
  const { follower: gone } = followerOf([]);
  await assert.rejects(followWork(gone, DOWNLOADING, "ready"), {
    code: "WL_HOST_NOT_RUNNING",
    message: "Cannot continue the update: the host has ended",
  });
});

const FROM = UPDATE_STATUS.current;
const NEXT: UpdateStatus["current"] = { version: "1.2.0", id: "a".repeat(64), trial: false };

Deno.test("followSwitch() ends when the new version runs for good", async () => {
  const { follower } = followerOf([], [{ step: "idle", current: NEXT }]);
  assert.equal((await followSwitch(follower, FROM)).current.version, "1.2.0");
});

Deno.test("followSwitch() ends when something has begun to run before the switch", async () => {
  const { follower } = followerOf([], [{ step: "waiting-for-idle" }]);
  assert.equal((await followSwitch(follower, FROM)).step, "waiting-for-idle");
});

Deno.test("followSwitch() throws why the previous version runs again", async () => {
  const bad = [{ version: "1.2.0", reason: "dockerd did not answer within 180 s" }];
  const { follower } = followerOf([], [{ step: "idle", bad }]);
  await assert.rejects(followSwitch(follower, FROM), {
    code: "WL_UPDATE_UNDONE",
    message: "Cannot leave Windlass 1.1.0: dockerd did not answer within 180 s",
  });
  const { follower: told } = followerOf([], [{ step: "idle", bad, problem: PROBLEM }]);
  await assert.rejects(followSwitch(told, FROM), PROBLEM);
});

Deno.test("followSwitch() has a dead host revived, and says what keeps it from starting", async () => {
  const { follower } = followerOf([]);
  const problem = new WindlassError("WL_SOCKET_BUSY", "Cannot listen: it is taken");
  const dead: UpdateFollower = {
    ...follower,
    client: {
      ...follower.client,
      update: {
        status: () =>
          Promise.reject(new WindlassError("WL_HOST_NOT_RUNNING", "Cannot reach the host: nobody listens")),
      },
    },
    revive: (silent) => {
      assert.ok(silent >= 0);
      return Promise.reject(problem);
    },
  };
  await assert.rejects(followSwitch(dead, FROM), problem);
});
