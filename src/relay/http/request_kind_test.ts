import assert from "node:assert/strict";
import { classifyRequest, type RequestKind } from "./request_kind.ts";

Deno.test("classifyRequest() finds the requests whose body may hold host paths", () => {
  for (
    const [target, subject] of [
      ["/containers/create", "container"],
      ["/v1.51/containers/create?name=a%2Fb", "container"],
      ["/v1.24/containers/cr%65ate", "container"],
      ["/%76%31.40/containers/create", "container"],
      ["http://localhost/v1.51/containers/create", "container"],
      ["http://%2Fvar%2Frun%2Fdocker.sock/containers/create", "container"],
      ["/volumes/create", "volume"],
      ["/v1.51/services/create", "service"],
      ["/v1.51/services/abc%2fdef/update?version=1", undefined],
      ["/services/abc/update?version=1", "service"],
      ["/containers/create/", undefined],
      ["/containers/x/create", undefined],
      ["/v1.51x/containers/create", undefined],
      ["/x/containers/create", undefined],
      ["/containers/%zzcreate", undefined],
      ["*", undefined],
      ["", undefined],
    ] as const
  ) {
    assert.equal(classifyRequest("POST", target).subject, subject, target);
    assert.equal(classifyRequest("GET", target).subject, undefined, target);
  }
});

Deno.test("classifyRequest() knows which requests can be hijacked", () => {
  for (
    const [method, target, hijackable] of [
      ["POST", "/v1.51/containers/abc/attach?stream=1", true],
      ["POST", "/exec/abc/start", true],
      ["GET", "/containers/abc/attach/ws", false],
      ["GET", "/containers/abc/attach", false],
      ["POST", "/containers/abc/start", false],
      ["GET", "/containers/abc/logs?follow=1", false],
    ] as const
  ) {
    assert.equal(classifyRequest(method, target).hijackable, hijackable, target);
  }
});

Deno.test("classifyRequest() finds the container that a request starts", () => {
  for (
    const [target, starts] of [
      ["/containers/abc/start", "abc"],
      ["/v1.51/containers/my%2Dweb/start?detachKeys=x", "my-web"],
      ["/v1.51/containers/abc/restart?t=5", "abc"],
      ["http://localhost/containers/abc/st%61rt", "abc"],
      ["/containers/parent/alias/start", "parent/alias"], // as dockerd's router reads it
      ["/containers/abc/stop", undefined],
      ["/exec/abc/start", undefined],
      ["/containers/abc/start/", undefined],
    ] as const
  ) {
    assert.equal(classifyRequest("POST", target).starts, starts, target);
    assert.equal(classifyRequest("GET", target).starts, undefined, target);
  }
});

Deno.test("classifyRequest() names what a request keeps busy", () => {
  const kinds: readonly (readonly [string, string, RequestKind])[] = [
    ["POST", "/containers/a/attach", "attach"],
    ["GET", "/containers/a/attach/ws", "attach"],
    ["POST", "/exec/a/start", "exec"],
    ["GET", "/exec/a/json", "other"],
    ["POST", "/v1.51/build?t=x", "build"],
    ["POST", "/build/prune", "other"],
    ["POST", "/session", "build"],
    ["POST", "/grpc", "build"],
    ["GET", "/events", "events"],
    ["GET", "/containers/a/logs", "logs"],
    ["GET", "/services/a/logs", "logs"],
    ["GET", "/tasks/a/logs", "logs"],
    ["GET", "/containers/a/stats", "stats"],
    ["POST", "/containers/a/wait", "wait"],
    ["POST", "/images/create?fromImage=x", "image"],
    ["POST", "/images/registry/name/push", "image"],
    ["POST", "/images/load", "image"],
    ["GET", "/images/get?names=x", "image"],
    ["GET", "/images/json", "other"],
    ["PUT", "/containers/a/archive", "copy"],
    ["GET", "/containers/a/export", "copy"],
    ["HEAD", "/_ping", "other"],
  ];
  for (const [method, target, kind] of kinds) {
    assert.equal(classifyRequest(method, target).kind, kind, target);
  }
});
