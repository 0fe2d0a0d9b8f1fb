import assert from "node:assert/strict";
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

for (const body of [JSON.stringify(CONTAINERS), "", "{", "null", '{"message":"no"}']) {
  Deno.test(`ContainerPeers.find() reads dockerd's answer: ${body.slice(0, 20)}`, async () => {
    const [ours, theirs] = createMemoryDuplexPair();
    const peers = new ContainerPeers({
      connectInside: () => Promise.resolve(ours),
      connectContainer: () => undefined,
    });
    const found = peers.find("172.18.0.2", "api");
    const request = new TextDecoder().decode(await theirs.read() ?? new Uint8Array());
    assert.match(request, /^GET \/containers\/json HTTP\/1\.0\r\n/);
    const answer = theirs.write(new TextEncoder().encode(`HTTP/1.0 200 OK\r\n\r\n${body}`));
    await answer.then(() => theirs.closeWrite());
    assert.equal(await found, body.startsWith("[") ? "172.18.0.3" : undefined);
  });
}

Deno.test("ContainerPeers.find() asks dockerd once in a second, however many ask", async () => {
  let [time, lists] = [0, 0];
  const connectInside = () => {
    lists++;
    const [ours, theirs] = createMemoryDuplexPair();
    theirs.read().then(() =>
      theirs.write(new TextEncoder().encode(`HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(CONTAINERS)}`))
    )
      .then(() => theirs.closeWrite());
    return Promise.resolve(ours);
  };
  const peers = new ContainerPeers({ connectInside, connectContainer: () => undefined }, () => time);
  const ask = () => Promise.all(Array.from({ length: 50 }, () => peers.find("172.18.0.2", "api")));
  assert.deepEqual(new Set(await ask()), new Set(["172.18.0.3"]));
  time = 900;
  await ask();
  assert.equal(lists, 1);
  time = 1_100;
  await ask();
  assert.equal(lists, 2);
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
