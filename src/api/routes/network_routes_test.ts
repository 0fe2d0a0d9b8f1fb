import assert from "node:assert/strict";
import { fakeDependencies, NETWORK_REPORT } from "../../../tests/fakes/api_fakes.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createApi } from "../create_api.ts";
import { NetworkCheck, NetworkReport } from "../resources/network.ts";
import { ProblemDetails } from "../resources/problems.ts";

const CHECK: NetworkCheck = {
  host: "registry.example.com",
  port: 5000,
  reached: false,
  steps: [{
    step: "connect",
    result: "failed",
    message: "Cannot connect",
    problem: { code: "WL_PROXY_UNREACHABLE", message: "Cannot connect", remedy: "Start it." },
    milliseconds: 12,
  }],
};

async function check(body: unknown, changes: Parameters<typeof fakeDependencies>[0] = {}): Promise<Response> {
  return await createApi(fakeDependencies(changes)).fetch(
    new Request("http://127.0.0.1:4000/v1/network/check", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

Deno.test("GET /v1/network answers as its schema describes", async () => {
  const response = await createApi(fakeDependencies()).fetch(new Request("http://127.0.0.1:4000/v1/network"));
  assert.deepEqual(NetworkReport.parse(await response.json()), NETWORK_REPORT);
});

Deno.test("POST /v1/network/check passes on the host, and a step that failed does not fail the request", async () => {
  const asked: string[] = [];
  const response = await check({ host: "registry.example.com:5000" }, {
    checkNetwork: (host) => {
      asked.push(host);
      return Promise.resolve(CHECK);
    },
  });
  assert.equal(response.status, 200);
  assert.deepEqual(NetworkCheck.parse(await response.json()), CHECK);
  assert.deepEqual(asked, ["registry.example.com:5000"]);
});

Deno.test("POST /v1/network/check refuses what cannot be a host", async () => {
  const invalid = new WindlassError(
    "WL_NETWORK_HOST_INVALID",
    "Cannot check 'a b': it is not the name of a host",
  );
  const refused = await check({ host: "a b" }, { checkNetwork: () => Promise.reject(invalid) });
  assert.equal(refused.status, 400);
  assert.equal(ProblemDetails.parse(await refused.json()).code, "WL_NETWORK_HOST_INVALID");
  for (const body of [{}, { host: "" }, { host: 1 }, { host: "x".repeat(301) }]) {
    const response = await check(body);
    assert.deepEqual([response.status, ProblemDetails.parse(await response.json()).code], [
      400,
      "WL_API_INVALID",
    ]);
  }
});
