/** No way of writing a request gets a host path past the relay unread, and no failure of the engine is silent. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readText } from "../../fakes/relay_fakes.ts";
import { connectionDuplex } from "../../../src/streams/connection_duplex.ts";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

const LIMIT = { deadlineMilliseconds: 60_000 };
/** dockerd fails twice before its state is a failure. */
const FAILED_MILLISECONDS = 120_000;
/** Far above what a start of dockerd takes while other tests run. */
const RECOVERY_MILLISECONDS = 120_000;
/** The host checks what keeps the engine after each request; on a busy machine, this much later. */
const CHECK_MILLISECONDS = 30_000;

/** Writes text as it is, and returns all that comes until the end of the connection, in whichever way it ends. */
async function exchange(socketPath: string, text: string): Promise<string> {
  using connection = connectionDuplex(await Deno.connect({ transport: "unix", path: socketPath }));
  const sent = connection.write(new TextEncoder().encode(text)).catch(() => {});
  let answer = "";
  try {
    for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
      answer += new TextDecoder().decode(bytes);
    }
  } catch (error) {
    // The relay waits only for a time until a client whose request it refuses has sent all of it.
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  await sent;
  return answer;
}

Deno.test("The relay of a running engine", async (test) => {
  await using folder = await openTemporaryFolder("windlass-unread");
  await Deno.writeTextFile(join(folder.path, "file"), "seen");
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  const { socketPath } = instance;

  const body = JSON.stringify({ Image: TEST_IMAGE, HostConfig: { Binds: [`${folder.path}:/x`] } });
  const create = (name: string, headers = "", version = "1.1", sent = body) =>
    `POST /containers/create?name=${name} HTTP/${version}\r\nHost: docker\r\nContent-Type: application/json\r\n` +
    `${headers}Content-Length: ${sent.length}\r\n\r\n${sent}`;
  const close = "Connection: close\r\n";
  const forms: readonly (readonly [string, string])[] = [
    ["long-head", create("long-head", `${close}X-Long: ${"x".repeat(900_000)}\r\n`)],
    ["upgrade", create("upgrade", "Connection: close, Upgrade\r\nUpgrade: x\r\n")],
    ["version", create("version", close, "1.2")],
    [
      "behind-exec",
      "POST /exec/none/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" +
      create("behind-exec", close),
    ],
  ];
  for (const [name, text] of forms) {
    await test.step(`translates a create: ${name}`, async () => {
      assert.match(await exchange(socketPath, text), /HTTP\/1\.1 201 Created/);
      const binds = await docker.run(["inspect", "--format", "{{json .HostConfig.Binds}}", name]);
      assert.notEqual(binds, JSON.stringify([`${folder.path}:/x`]));
      assert.ok(JSON.parse(binds)[0].endsWith(`${folder.path}:/x`), binds);
    });
  }

  const refusals: readonly (readonly [string, string, string])[] = [
    ["compressed", create("x", "Content-Encoding: gzip\r\n"), "HTTP/1.1 415"],
    ["too large", create("x", "", "1.1", `{"X":"${"x".repeat(5 << 20)}"}`), "HTTP/1.1 413"],
    ["too long a head", create("x", `X: ${"x".repeat(2 << 20)}\r\n`), "HTTP/1.1 431"],
    ["another version", create("x", "", "2.0"), "HTTP/1.1 505"],
    ["chunks in HTTP/1.0", create("x", "Transfer-Encoding: chunked\r\n", "1.0"), "HTTP/1.1 400"],
  ];
  for (const [name, text, start] of refusals) {
    await test.step(`refuses with a sentence: ${name}`, async () => {
      const answer = await exchange(socketPath, text);
      assert.ok(answer.startsWith(start), answer);
      assert.match(answer, /\{"message":"Cannot (take|translate the host paths of) this request: .*"\}\n$/);
    });
  }

  await test.step("refuses a create whose client ends before its body does", async () => {
    using connection = connectionDuplex(await Deno.connect({ transport: "unix", path: socketPath }));
    const text = create("cut").replace(`Length: ${body.length}`, `Length: ${body.length + 9}`);
    await connection.write(new TextEncoder().encode(text));
    await connection.closeWrite();
    assert.match(await readText(connection, Infinity), /^HTTP\/1\.1 400 .*its body ends early"\}\n$/s);
    assert.notEqual((await docker.attempt(["inspect", "cut"])).code, 0);
  });

  await test.step("ends an exec for a client that only waits for the end, and frees its stream", async () => {
    await docker.run(["run", "--detach", "--name", "running", TEST_IMAGE, "sleep", "1000"]);
    const post = (path: string, headers: string, sent: string) =>
      `POST ${path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n${headers}` +
      `Content-Length: ${sent.length}\r\n\r\n${sent}`;
    const exec = '{"Cmd":["echo","hello"],"AttachStdout":true,"Tty":true}';
    for (let index = 0; index < 20; index++) {
      const made = await exchange(socketPath, post("/containers/running/exec", close, exec));
      const { Id: id } = JSON.parse(made.slice(made.indexOf("{")));
      using client = connectionDuplex(await Deno.connect({ transport: "unix", path: socketPath }));
      const start = post(
        `/exec/${id}/start`,
        "Connection: Upgrade\r\nUpgrade: tcp\r\n",
        '{"Detach":false,"Tty":true}',
      );
      await client.write(new TextEncoder().encode(start));
      assert.match(await readText(client, Infinity), /^HTTP\/1\.1 101 UPGRADED.*hello\r\n$/s);
      // Closed for good, and not only in one direction: a write fails.
      await eventually(() => assert.rejects(client.write(new Uint8Array(1))), CHECK_MILLISECONDS);
    }
    // The host looks at what keeps the engine a moment after a request has ended.
    await eventually(async () => {
      const { keptBy } = (await instance.status()).engine;
      assert.equal(keptBy.some(({ what }) => /exec/i.test(what)), false, JSON.stringify(keptBy));
    }, CHECK_MILLISECONDS);
  });

  await test.step("says why when dockerd has failed, on every connection", async () => {
    const { name } = (await instance.status()).distro;
    const inDistro = (line: string) =>
      instance.run(["wsl", "-d", name, "-u", "root", "--exec", "sh", "-c", line]);
    await inDistro("mv /usr/sbin/dockerd /usr/sbin/dockerd.away; kill -9 $(cat /run/docker.pid)");
    await eventually(async () => {
      const { code, stderr } = await docker.attempt(["ps"], LIMIT);
      assert.equal(code, 1);
      assert.match(stderr, /Error response from daemon: Cannot reach the Docker engine: Cannot .*dockerd/s);
    }, FAILED_MILLISECONDS);
    const answer = await exchange(socketPath, "GET /info HTTP/1.1\r\nHost: docker\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 503 .*\{"message":"Cannot reach the Docker engine: .*"\}\n$/s);
    const ping = await exchange(socketPath, "HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n");
    assert.match(ping, /^HTTP\/1\.1 503 .*\r\n\r\n$/s);
    await inDistro("mv /usr/sbin/dockerd.away /usr/sbin/dockerd");
    await eventually(() => docker.run(["ps"], LIMIT), RECOVERY_MILLISECONDS);
  });
});
