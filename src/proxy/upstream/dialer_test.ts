import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import type { ProxyAddress, Target } from "../way.ts";
import { Dialer, type MachineServices, type TcpConnection } from "./dialer.ts";
import { NameLookups } from "./name_lookups.ts";
import { ProxyDown } from "./proxy_down.ts";

const NAMES: Readonly<Record<string, string[]>> = {
  "a.example": ["10.0.0.1"],
  "here.example": ["127.0.0.1"],
  "both.example": ["127.0.0.1", "10.0.0.1"],
  "own.example": ["192.168.1.5"],
  "blocked.example": ["0.0.0.0"],
};

const FORBIDDEN = new WindlassError("WL_SERVICE_FORBIDDEN", "Cannot connect: port 1 is not for containers");

/** A network in which every address answers, and whose machine is 192.168.1.5. */
function lab(services: Partial<MachineServices> = {}) {
  const events: string[] = [];
  const connect = ({ hostname, port }: { readonly hostname: string; readonly port: number }) => {
    events.push(`connect ${hostname}:${port}`);
    const addr = (hostname: string) => ({ transport: "tcp", hostname, port } as const);
    const isOwn = hostname === "192.168.1.5" || hostname.startsWith("127.");
    const connection = {
      remoteAddr: addr(hostname),
      localAddr: addr(isOwn ? hostname : "192.168.1.5"),
      setNoDelay: () => {},
      setKeepAlive: () => {},
      close: () => void events.push(`close ${hostname}:${port}`),
    };
    return Promise.resolve(connection as unknown as TcpConnection);
  };
  const dialer = new Dialer({
    connect,
    interfaces: () => [{ address: "127.0.0.1" }, { address: "192.168.1.5" }, { address: "fe80::1%eth0" }],
    lookups: new NameLookups((hostname) => {
      const addresses = NAMES[hostname];
      if (addresses === undefined) return Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" }));
      return Promise.resolve(addresses.map((address) => ({ address })));
    }),
    services: {
      open: (port) => {
        events.push(`service ${port}`);
        return Promise.reject(new Deno.errors.ConnectionRefused("refused"));
      },
      check: (port) => {
        events.push(`check ${port}`);
        return Promise.resolve();
      },
      isControlPort: () => Promise.resolve(false),
      ...services,
    },
  });
  return { events, dialer };
}

const UNUSED: MachineServices = {
  open: () => assert.fail("no service is used"),
  check: () => assert.fail("no service is used"),
  isControlPort: () => assert.fail("no service is used"),
};
const { signal } = new AbortController();
const OPTIONS = { client: "172.17.0.2", milliseconds: 60_000, signal };
const target = (hostname: string): Target => ({ scheme: "https", hostname, port: 443 });

Deno.test("Dialer.direct() connects to an address of the name", async () => {
  const { dialer, events } = lab();
  (await dialer.direct(target("a.example"), OPTIONS)).close();
  assert.deepEqual(events, ["connect 10.0.0.1:443", "close 10.0.0.1:443"]);
});

Deno.test("Dialer.direct() takes what leads to this machine for a service of it, without a connection of its own", async () => {
  for (const hostname of ["localhost", "127.0.0.1", "here.example", "blocked.example", "::ffff:127.0.0.1"]) {
    const { dialer, events } = lab();
    await assert.rejects(dialer.direct(target(hostname), OPTIONS), { code: "WL_PROXY_TARGET_UNREACHABLE" });
    assert.deepEqual(events, ["service 443"], hostname);
  }
});

Deno.test("Dialer.direct() prefers another machine where a name has both", async () => {
  const { dialer, events } = lab();
  (await dialer.direct(target("both.example"), OPTIONS)).close();
  assert.deepEqual(events, ["connect 10.0.0.1:443", "close 10.0.0.1:443"]);
});

Deno.test("Dialer.direct() judges a connection to this machine's own address, and closes one that is forbidden", async () => {
  const { dialer, events } = lab();
  (await dialer.direct(target("own.example"), OPTIONS)).close();
  assert.deepEqual(events, ["connect 192.168.1.5:443", "check 443", "close 192.168.1.5:443"]);
  const closed = lab({ check: () => Promise.reject(FORBIDDEN) });
  await assert.rejects(closed.dialer.direct(target("own.example"), OPTIONS), FORBIDDEN);
  assert.deepEqual(closed.events, ["connect 192.168.1.5:443", "close 192.168.1.5:443"]);
});

Deno.test("Dialer.direct() says where a name leads that is blocked", async () => {
  await assert.rejects(lab().dialer.direct(target("blocked.example"), OPTIONS), {
    code: "WL_PROXY_TARGET_UNREACHABLE",
    message: "Cannot connect to blocked.example:443: nothing listens at port 443 of this machine",
    remedy:
      "The name 'blocked.example' leads to 0.0.0.0, which is this machine: check its hosts file and its name server.",
  });
});

Deno.test("Dialer.direct() thinks of a container where a container asks for a short name", async () => {
  const message = "Cannot connect to api:443: this machine does not know its name";
  await assert.rejects(lab().dialer.direct(target("api"), OPTIONS), {
    message,
    remedy: "If 'api' is a container, add it to the variable NO_PROXY of the program that asks for it.",
  });
  await assert.rejects(lab().dialer.direct(target("api"), { ...OPTIONS, client: "engine" }), {
    message,
    remedy:
      "Check the name and the network of this machine; 'windlass network check HOST' shows at which step it fails.",
  });
});

const PROXY: ProxyAddress = { scheme: "http", hostname: "127.0.0.1", port: 3128 };

Deno.test("Dialer.upstream() connects to a proxy of this machine", async () => {
  const { dialer, events } = lab();
  (await dialer.upstream(PROXY, OPTIONS)).close();
  assert.deepEqual(events, ["connect 127.0.0.1:3128", "close 127.0.0.1:3128"]);
});

Deno.test("Dialer.upstream() says that a proxy is down which cannot be connected to", async () => {
  const failing = lab().dialer.upstream({ ...PROXY, hostname: "unknown.example" }, OPTIONS);
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof ProxyDown);
    assert.equal(
      error.message,
      "Cannot connect to the proxy http://unknown.example:3128: this machine does not know its name",
    );
    return true;
  });
});

Deno.test("Dialer.upstream() never connects to this proxy itself", async () => {
  await assert.rejects(lab().dialer.upstream({ ...PROXY, hostname: "http.docker.internal" }, OPTIONS), {
    code: "WL_PROXY_UNREACHABLE",
    message: "Cannot connect to the proxy http://http.docker.internal:3128: that is this proxy itself",
  });
});

/** Whether a target may be asked for through a proxy. */
async function judge(services: Partial<MachineServices>, hostname: string, proxy = PROXY): Promise<boolean> {
  const { dialer } = lab(services);
  const connection = await dialer.upstream(proxy, OPTIONS);
  return await dialer.judgeThrough(connection, target(hostname), OPTIONS).then(() => true, (error) => {
    assert.equal(error, FORBIDDEN);
    return false;
  });
}

Deno.test("Dialer.judgeThrough() lets no proxy of this machine lead to what is closed", async () => {
  const check = () => Promise.reject(FORBIDDEN);
  const isControlPort = () => Promise.resolve(true);
  assert.equal(await judge({ check, isControlPort }, "unknown.example"), false);
  assert.equal(await judge({ check }, "here.example"), false);
  for (const own of ["own.example", "192.168.1.5", "::ffff:c0a8:105", "fe80::1"]) {
    assert.equal(await judge({ check }, own), false, own);
  }
  assert.equal(await judge({ check }, "a.example"), true);
  assert.equal(await judge({ check }, "unknown.example"), true);
  assert.equal(await judge({}, "here.example"), true);
  assert.equal(
    await judge({ check, isControlPort }, "here.example", { ...PROXY, hostname: "10.0.0.1" }),
    true,
  );
});

Deno.test("Dialer.direct() connects to a container that the name means to the client, and looks nothing up", async () => {
  const [ours] = createMemoryDuplexPair();
  const connected: string[] = [];
  const dialer = new Dialer({
    connect: () => assert.fail("nothing else is connected to"),
    lookups: new NameLookups(() => assert.fail("no name is looked up")),
    services: UNUSED,
    peers: {
      connect: (address, port) => {
        connected.push(`${address}:${port}`);
        return ours;
      },
    },
  });
  assert.equal(await dialer.direct(target("api"), { ...OPTIONS, peer: "172.18.0.3" }), ours);
  assert.deepEqual(connected, ["172.18.0.3:443"]);
});
