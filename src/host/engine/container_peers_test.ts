import assert from "node:assert/strict";
import type { Duplex } from "../../streams/duplex.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { ContainerPeers, type ListedContainer, peerAddress } from "./container_peers.ts";

function container(
  name: string,
  networks: Record<string, string>,
  more: ListedContainer = {},
): ListedContainer {
  return {
    Id: `${name}-0123456789abcdef`,
    Names: [`/${name}`],
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(networks).map((
          [network, address],
        ) => [network, { NetworkID: `id-${network}`, IPAddress: address }]),
      ),
    },
    ...more,
  };
}

const CONTAINERS = [
  container("web", { shop: "172.18.0.2" }),
  container("shop-api-1", { shop: "172.18.0.3", back: "172.19.0.3" }, {
    Labels: { "com.docker.compose.service": "api" },
  }),
  container("db", { back: "172.19.0.4" }),
  container("alone", { bridge: "172.17.0.2" }),
  container("beside", { bridge: "172.17.0.3" }),
];

Deno.test("peerAddress() finds a container by its name, its service and its short id", () => {
  for (const name of ["api", "API", "shop-api-1", "shop-api-1-0"]) {
    const id = name === "shop-api-1-0" ? "shop-api-1-0123456789abcdef".slice(0, 12) : name;
    assert.equal(peerAddress(CONTAINERS, "172.18.0.2", id), "172.18.0.3");
  }
  assert.equal(peerAddress(CONTAINERS, "172.19.0.4", "api"), "172.19.0.3");
});

Deno.test("peerAddress() finds aliases where Docker lists them", () => {
  const aliased: ListedContainer = {
    NetworkSettings: {
      Networks: {
        shop: { NetworkID: "id-shop", IPAddress: "172.18.0.9", Aliases: ["cache"], DNSNames: ["kv"] },
      },
    },
  };
  for (const name of ["cache", "kv"]) {
    assert.equal(peerAddress([...CONTAINERS, aliased], "172.18.0.2", name), "172.18.0.9");
  }
});

Deno.test("peerAddress() finds nothing outside of the client's networks, and no names where Docker serves none", () => {
  assert.equal(peerAddress(CONTAINERS, "172.18.0.2", "db"), undefined);
  assert.equal(peerAddress(CONTAINERS, "172.17.0.2", "beside"), undefined);
  assert.equal(peerAddress(CONTAINERS, "172.18.0.99", "api"), undefined);
  assert.equal(peerAddress(CONTAINERS, "", "api"), undefined);
  assert.equal(
    peerAddress([{}, { Names: null, Labels: null, NetworkSettings: null }], "172.18.0.2", ""),
    undefined,
  );
});

/** A dockerd that answers each path with a body, and keeps the paths that it was asked for. */
function dockerd(bodies: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const connectInside = (): Promise<Duplex> => {
    const [ours, theirs] = createMemoryDuplexPair();
    const answer = async () => {
      const request = new TextDecoder().decode(await theirs.read() ?? new Uint8Array());
      const path = /^GET (\S+) HTTP\/1\.0\r\n/.exec(request)?.[1] ?? "";
      asked.push(path);
      await theirs.write(new TextEncoder().encode(`HTTP/1.0 200 OK\r\n\r\n${bodies[path]}`));
      await theirs.closeWrite();
    };
    void answer();
    return Promise.resolve(ours);
  };
  return { asked, engine: { connectInside, connectContainer: () => undefined } };
}

for (const body of [JSON.stringify(CONTAINERS), "", "{", "null", '{"message":"no"}']) {
  Deno.test(`ContainerPeers.find() reads dockerd's list of containers: ${body.slice(0, 20)}`, async () => {
    const { asked, engine } = dockerd({ "/containers/json": body, "/networks": "[]" });
    const found = await new ContainerPeers(engine).find("172.18.0.2", "api");
    assert.equal(found, body.startsWith("[") ? "172.18.0.3" : undefined);
    assert.deepEqual(asked.sort(), ["/containers/json", "/networks"]);
  });
}

for (
  const [networks, expected] of [
    ['[{"Id":"id-shop","Options":{"com.docker.network.bridge.enable_icc":"false"}}]', undefined],
    ['[{"Id":"id-shop","Options":{"com.docker.network.bridge.enable_icc":"0"}}]', undefined],
    ['[{"Id":"id-shop","Options":{"com.docker.network.bridge.enable_icc":"true"}}]', "172.18.0.3"],
    ['[{"Id":"id-back","Options":{"com.docker.network.bridge.enable_icc":"false"}}]', "172.18.0.3"],
    ['[{"Id":"id-shop","Options":null},{}]', "172.18.0.3"],
    ['{"message":"no"}', undefined],
  ] as const
) {
  Deno.test(`ContainerPeers.find() finds ${expected ?? "nobody"} in networks such as ${networks}`, async () => {
    const { engine } = dockerd({ "/containers/json": JSON.stringify(CONTAINERS), "/networks": networks });
    assert.equal(await new ContainerPeers(engine).find("172.18.0.2", "api"), expected);
  });
}

Deno.test("ContainerPeers.find() asks dockerd once in a second, however many ask", async () => {
  let time = 0;
  const { asked, engine } = dockerd({ "/containers/json": JSON.stringify(CONTAINERS), "/networks": "[]" });
  const peers = new ContainerPeers(engine, () => time);
  const ask = () => Promise.all(Array.from({ length: 50 }, () => peers.find("172.18.0.2", "api")));
  assert.deepEqual(new Set(await ask()), new Set(["172.18.0.3"]));
  time = 900;
  await ask();
  assert.equal(asked.length, 2, "for both lists");
  time = 1_100;
  await ask();
  assert.equal(asked.length, 4);
});

Deno.test("ContainerPeers.find() finds nothing without an engine, and connect() says so", async () => {
  const peers = new ContainerPeers({
    connectInside: () => Promise.reject(new Error("stopped")),
    connectContainer: () => undefined,
  });
  assert.equal(await peers.find("172.18.0.2", "api"), undefined);
  assert.throws(() => peers.connect("172.18.0.3", 80), {
    code: "WL_ENGINE_FAILED",
    message: "Cannot reach the container: the engine is not running",
  });
});
