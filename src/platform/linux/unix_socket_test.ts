import assert from "node:assert/strict";
import { eventually } from "../../../tests/support/eventually.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { ClientConnection } from "../listener.ts";
import { listenUnixSocket } from "./unix_socket.ts";

const PERMISSION_BITS = 0o777;

/** A new folder, removed with all that is in it. */
class TemporaryFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "windlass-socket-" });

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

async function assertRefused(path: string, code: ErrorCode, message: string): Promise<void> {
  await assert.rejects(listenUnixSocket(path), (error) => {
    assert.ok(isWindlassError(error, code), String(error));
    assert.equal(error.message, message);
    return true;
  });
}

/**
 * Leaves a socket file behind as a killed process does. A child that another test is just starting has what is open here until
 * its program runs: the socket is dead only then.
 */
async function leaveStaleSocket(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.first` });
  Deno.renameSync(`${path}.first`, path);
  listener.close();
  await eventually(() =>
    assert.rejects(
      Deno.connect({ transport: "unix", path }).then((connection) => connection.close()),
      Deno.errors.ConnectionRefused,
    )
  );
}

/** Waits until the kernel knows that the client has closed, as above. */
async function assertGone(connection: ClientConnection): Promise<void> {
  await eventually(async () => assert.equal(await connection.isGone(), true));
}

Deno.test("listenUnixSocket() accepts clients and removes the socket at its close", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  const listener = await listenUnixSocket(path);
  assert.equal(listener.address, path);
  assert.equal(Deno.lstatSync(path).mode! & PERMISSION_BITS, 0o600);
  using client = await Deno.connect({ transport: "unix", path });
  using accepted = (await listener.accept())!;
  await client.write(new TextEncoder().encode("hello"));
  assert.equal(new TextDecoder().decode((await accepted.read())!), "hello");
  const waiting = listener.accept();
  listener.close();
  listener.close();
  assert.deepEqual([await waiting, await listener.accept()], [null, null]);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("listenUnixSocket() sets the mode that it is given", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  using _ = await listenUnixSocket(path, { mode: 0o660 });
  assert.equal(Deno.lstatSync(path).mode! & PERMISSION_BITS, 0o660);
});

Deno.test("listenUnixSocket() takes the place of a socket that a dead process left", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  await leaveStaleSocket(path);
  using listener = await listenUnixSocket(path);
  using _client = await Deno.connect({ transport: "unix", path });
  (await listener.accept())!.close();
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["docker.sock"]);
});

Deno.test("listenUnixSocket() leaves a socket alone where somebody answers", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  using listener = await listenUnixSocket(path);
  await assertRefused(path, "WL_SOCKET_BUSY", `Cannot listen on ${path}: another process is listening there`);
  (await listener.accept())!.close(); // the check by the second
  using _client = await Deno.connect({ transport: "unix", path });
  (await listener.accept())!.close();
});

Deno.test("listenUnixSocket() lets one of many win that find the same dead socket", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  await leaveStaleSocket(path);
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => listenUnixSocket(path)));
  const winners = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  assert.equal(winners.length, 1);
  for (const result of results) {
    if (result.status === "rejected") {
      assert.ok(isWindlassError(result.reason, "WL_SOCKET_BUSY"), result.reason);
    }
  }
  (await Deno.connect({ transport: "unix", path })).close();
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["docker.sock"]);
  winners[0]!.close();
});

Deno.test("listenUnixSocket() refuses a path that the system cannot hold", async () => {
  const path = `/tmp/${"é".repeat(60)}`;
  const message = `Cannot listen on ${path}: its path has 125 bytes, the limit is 107`;
  await assertRefused(path, "WL_SOCKET_PATH_TOO_LONG", message);
});

Deno.test("listenUnixSocket() refuses a place where a socket cannot be", async () => {
  using folder = new TemporaryFolder();
  const missing = `${folder.path}/none/docker.sock`;
  await assertRefused(
    missing,
    "WL_SOCKET_UNUSABLE",
    `Cannot listen on ${missing}: its folder does not exist`,
  );
  const file = `${folder.path}/file`;
  Deno.writeTextFileSync(file, "kept");
  await assertRefused(
    file,
    "WL_SOCKET_UNUSABLE",
    `Cannot listen on ${file}: the path is taken by a file that is not a socket`,
  );
  assert.equal(Deno.readTextFileSync(file), "kept");
});

Deno.test("UnixListener.close() leaves a file alone that has taken the socket's place", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  const listener = await listenUnixSocket(path);
  Deno.removeSync(path);
  Deno.writeTextFileSync(path, "kept");
  listener.close();
  assert.equal(Deno.readTextFileSync(path), "kept");
});

Deno.test("ClientConnection.isGone() tells a half-close from an end", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  using listener = await listenUnixSocket(path);
  const client = await Deno.connect({ transport: "unix", path });
  using accepted = (await listener.accept())!;
  assert.equal(await accepted.isGone(), false);
  await client.closeWrite();
  assert.equal(await accepted.read(), null);
  assert.equal(await accepted.isGone(), false);
  client.close();
  await assertGone(accepted);
  accepted.close();
  assert.equal(await accepted.isGone(), true);
});

Deno.test("ClientConnection.isGone() sees the end behind bytes that nobody has read", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/docker.sock`;
  using listener = await listenUnixSocket(path);
  const client = await Deno.connect({ transport: "unix", path });
  using accepted = (await listener.accept())!;
  await client.write(new TextEncoder().encode("left behind"));
  client.close();
  await assertGone(accepted);
  assert.equal(new TextDecoder().decode((await accepted.read())!), "left behind");
});
