import assert from "node:assert/strict";
import type { ClientConnection, Listener } from "../../../src/platform/listener.ts";
import { listenNamedPipe } from "../../../src/platform/windows/pipe/named_pipe.ts";
import { runClient, startClient } from "./clients/run_client.ts";
import { holdMany, leaveNothingBehind } from "./pipe_numbers.ts";
import { describeDescriptor } from "./pipe_security.ts";
import { readToEnd, runEcho, uniqueName } from "./pipe_servers.ts";

const ANSWER = new Uint8Array(300_000).fill(65);
/** What a client of ours sends to have an answer. */
const CLIENT_BYTES = 100_000;
const ECHO_BYTES = 8_000_000;
const BURST_CLIENTS = 200;
/** Docker.DotNet gives a connection 100 ms in all; Go programs look every 10. */
const BUSY_MILLISECONDS = 100;

/** Each with what it proves as its name. */
export const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  "a go-winio client ends its direction and reads the answer": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_WINIO", "answer", listener.address);
    using connection = await acceptOne(listener);
    assert.equal(await readToEnd(connection), CLIENT_BYTES);
    assert.equal(await connection.read(), null);
    assert.equal(await connection.isGone(), false);
    await connection.write(ANSWER);
    await connection.closeWrite();
    assert.equal(await client.output(), `${ANSWER.length} bytes\n`);
  },

  "a go-winio client sees our end and still sends": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_WINIO", "late", listener.address);
    using connection = await acceptOne(listener);
    await connection.write(ANSWER);
    await connection.closeWrite();
    await connection.closeWrite();
    await assert.rejects(connection.write(ANSWER), {
      message: "Cannot write to the client: this direction is closed",
    });
    assert.equal(await readToEnd(connection), CLIENT_BYTES);
    assert.equal(await client.output(), `${ANSWER.length} bytes\n`);
  },

  "a libuv client in byte mode is served and its close is seen": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_NODE", Deno.env.get("PIPE_NODE_SCRIPT")!, listener.address);
    using connection = await acceptOne(listener);
    const first = await connection.read();
    await connection.write(first!);
    await connection.write(ANSWER);
    assert.equal(await readToEnd(connection), 0);
    assert.equal(await connection.isGone(), true);
    assert.equal(await client.output(), `${first!.length + ANSWER.length} bytes\n`);
  },

  "bytes arrive whole and in order both ways at once": async () => {
    using echo = await runEcho();
    assert.equal(
      await runClient("PIPE_CLIENT", "echo", echo.address, `${ECHO_BYTES}`),
      `${ECHO_BYTES} bytes\n`,
    );
  },

  "a slow client gets all that was written before closeWrite() and close()": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_CLIENT", "slow", listener.address, "300");
    const connection = await acceptOne(listener);
    await connection.read();
    await connection.write(ANSWER);
    await connection.closeWrite();
    connection.close();
    assert.equal(await client.output(), `${ANSWER.length} bytes, then the end\n`);
  },

  "a slow client gets all that was written before close() alone": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_CLIENT", "slow", listener.address, "300");
    const connection = await acceptOne(listener);
    await connection.read();
    await connection.write(ANSWER);
    connection.close();
    assert.equal(await client.output(), `${ANSWER.length} bytes, then closed\n`);
  },

  "a client that never reads stops nobody else, and its end is seen": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_CLIENT", "ignore", listener.address);
    using connection = await acceptOne(listener);
    await connection.read();
    const failed = assert.rejects(connection.write(ANSWER), {
      message: "Cannot write to the client: it is gone",
    });
    assert.equal(await connection.isGone(), false);
    using other = await runEcho();
    await runClient("PIPE_CLIENT", "echo", other.address, "100000");
    client.process.kill("SIGKILL");
    await failed;
    assert.equal(await connection.isGone(), true);
    await client.process.status;
  },

  "a client that vanishes in the middle of a request is gone before its bytes are read": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_CLIENT", "vanish", listener.address);
    using connection = await acceptOne(listener);
    assert.equal((await client.process.status).code, 3);
    assert.equal(await connection.isGone(), true);
    await assert.rejects(connection.write(ANSWER), { message: "Cannot write to the client: it is gone" });
    const request = new TextDecoder().decode((await connection.read())!);
    assert.equal(request, "POST /images/load HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc");
    assert.equal(await connection.read(), null);
    assert.equal(await connection.read(), null);
  },

  "close() ends a read and a write that wait": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const client = startClient("PIPE_CLIENT", "ignore", listener.address);
    const connection = await acceptOne(listener);
    await connection.read();
    const read = connection.read();
    const write = assert.rejects(connection.write(ANSWER), {
      message: "Cannot write to the client: the connection is closed",
    });
    connection.close();
    connection.close();
    assert.equal(await read, null);
    await write;
    assert.equal(await connection.isGone(), true);
    await client.output();
  },

  "close() of the listener ends accept(), leaves connections, and takes the name away": async () => {
    const name = uniqueName();
    const listener = await listenNamedPipe(name);
    const client = startClient("PIPE_WINIO", "late", listener.address);
    using connection = await acceptOne(listener);
    const waiting = listener.accept();
    listener.close();
    assert.equal(await waiting, null);
    assert.equal(await listener.accept(), null);
    await connection.write(ANSWER);
    await connection.closeWrite();
    assert.equal(await readToEnd(connection), CLIENT_BYTES);
    assert.equal(await client.output(), `${ANSWER.length} bytes\n`);
    connection.close();
    (await listenNamedPipe(name)).close();
  },

  "a name that is taken is refused, with its owner": async () => {
    const name = uniqueName();
    using owner = await listenNamedPipe(name);
    const message =
      `Cannot listen on '${owner.address}': another program owns it, ${Deno.execPath()} (${Deno.pid})`;
    await assert.rejects(listenNamedPipe(name.toUpperCase()), {
      code: "WL_SOCKET_BUSY",
      message: message.replace(name, name.toUpperCase()),
      remedy: "End that program, or stop it from serving this pipe.",
    });
    await assert.rejects(listenNamedPipe(name, { findOwner: false }), {
      message: `Cannot listen on '${owner.address}': another program owns it`,
    });
    // The look at the owner was a client that came and left.
    using visitor = await acceptOne(owner);
    assert.equal(await visitor.read(), null);
    owner.close();
    visitor.close();
    using taken = await listenNamedPipe(name);
    assert.equal(taken.address, owner.address);
  },

  "names that no pipe can have are refused": async () => {
    for (const name of ["", "a\\b", "x".repeat(248)]) {
      await assert.rejects(listenNamedPipe(name), {
        code: "WL_SOCKET_UNUSABLE",
        message: `Cannot listen on '\\\\.\\pipe\\${name}': the name is not valid`,
      });
    }
    (await listenNamedPipe("x".repeat(247))).close();
  },

  "nobody but SYSTEM, the administrators and the user has any right": async () => {
    using listener = await listenNamedPipe(uniqueName());
    const { dacl, userSid } = describeDescriptor(listener.address);
    // Windows keeps GA as FA, what it means for a file or pipe.
    const said = dacl.replaceAll(";FA;", ";GA;");
    assert.equal(said, `D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;${userSid})`);
  },

  "a burst of 200 clients finds an instance in time": async () => {
    using echo = await runEcho();
    const output = await runClient("PIPE_CLIENT", "burst", echo.address, `${BURST_CLIENTS}`);
    const wait = Number(/longest wait (\d+) ms/.exec(output)?.[1]);
    console.log(output.trim());
    assert.ok(wait < BUSY_MILLISECONDS, output);
  },

  "1,000 connections are open at once": () => holdMany(1_000),

  "connections leave no handle, memory or operation behind": () =>
    leaveNothingBehind(Number(Deno.env.get("PIPE_CONNECTIONS"))),
};

async function acceptOne(listener: Listener): Promise<ClientConnection> {
  const connection = await listener.accept();
  assert.ok(connection);
  return connection;
}
