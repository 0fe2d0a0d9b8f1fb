import assert from "node:assert/strict";
import { shownPath } from "./shown_path.ts";

Deno.test("shownPath() shows a path and the parameters that say what a request waits for", () => {
  const path = "/v1.51/containers/web/logs?follow=1&stdout=1&tail=10";
  assert.equal(shownPath(path), path);
  assert.equal(
    shownPath("/images/create?fromImage=alpine&tag=3.20"),
    "/images/create?fromImage=alpine&tag=3.20",
  );
  assert.equal(shownPath("/_ping"), "/_ping");
  assert.equal(shownPath(""), "");
});

Deno.test("shownPath() leaves out values that may be secret", () => {
  const build =
    '/build?t=web&buildargs={"TOKEN":"hunter2"}&remote=https://me:hunter2@example.com/a.git&hunter2';
  assert.equal(shownPath(build), "/build?t=web&buildargs=…&remote=…&…");
  assert.equal(shownPath("http://me:hunter2@docker/info"), "http://docker/info");
});

Deno.test("shownPath() cuts long targets", () => {
  assert.equal(shownPath(`/${"x".repeat(1_000_000)}`).length, 200);
  const query = shownPath(`/info?follow=${"y".repeat(1_000_000)}`);
  assert.equal(query.length, 200);
  assert.equal(query.at(-1), "…");
});
