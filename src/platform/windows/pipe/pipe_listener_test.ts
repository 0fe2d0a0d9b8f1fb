import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { FakePipeInstance } from "../../../../tests/fakes/fake_pipe_instance.ts";
import { NT_STATUS } from "../nt_status.ts";
import { PipeListener } from "./pipe_listener.ts";

const WAITING = 256;
const UNACCEPTED = 256;

/** A listener whose instances a test can see. */
class Pipe {
  readonly instances: FakePipeInstance[] = [new FakePipeInstance()];
  refusal: number | null = null;
  released = 0;
  readonly listener = new PipeListener(
    "\\\\.\\pipe\\test",
    this.instances[0]!,
    () => this.refusal ?? this.#create(),
    () => this.released++,
  );

  get open(): number {
    return this.instances.filter((instance) => !instance.closed).length;
  }

  #create(): FakePipeInstance {
    const instance = new FakePipeInstance();
    this.instances.push(instance);
    return instance;
  }
}

/** Lets what was resolved be dealt with. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("PipeListener replaces an instance before it hands out its client", async () => {
  const pipe = new Pipe();
  strictEqual(pipe.open, WAITING);
  const accepted = pipe.listener.accept().then((client) => ({ client, open: pipe.open }));
  pipe.instances[3]!.connect();
  const { client, open } = await accepted;
  ok(client !== null);
  strictEqual(open, WAITING + 1);
  pipe.instances[3]!.send(Uint8Array.of(7));
  deepStrictEqual(await client.read(), Uint8Array.of(7));
  client.close();
  pipe.listener.close();
});

Deno.test("PipeListener keeps clients in order, and replaces no more while 256 are not accepted", async () => {
  const pipe = new Pipe();
  for (let index = 0; index < UNACCEPTED; index++) pipe.instances[index]!.connect();
  await settle();
  strictEqual(pipe.open, UNACCEPTED + WAITING);
  for (let index = 0; index < 10; index++) pipe.instances[UNACCEPTED + index]!.connect();
  await settle();
  strictEqual(pipe.open, UNACCEPTED + WAITING);
  pipe.instances[0]!.send(Uint8Array.of(1));
  deepStrictEqual(await (await pipe.listener.accept())?.read(), Uint8Array.of(1));
  for (let index = 0; index < 10; index++) ok(await pipe.listener.accept() !== null);
  await pipe.listener.accept();
  strictEqual(pipe.open, UNACCEPTED + WAITING + 10);
  pipe.listener.close();
});

Deno.test("PipeListener hands out clients that connected before it listened, and those that have left", async () => {
  const pipe = new Pipe();
  pipe.instances[0]!.connect(NT_STATUS.PIPE_CONNECTED);
  pipe.instances[1]!.connect(NT_STATUS.PIPE_CLOSING);
  ok(await pipe.listener.accept() !== null);
  ok(await pipe.listener.accept() !== null);
  pipe.listener.close();
});

Deno.test("PipeListener.accept() reports an instance that fails, and continues with another", async () => {
  const pipe = new Pipe();
  const failed = rejects(pipe.listener.accept(), {
    name: "ConnectionReset",
    message: "Cannot accept a client: the pipe reports 0xc000009a",
  });
  pipe.instances[0]!.connect(0xc000_009a);
  await failed;
  strictEqual(pipe.instances[0]!.closed, true);
  strictEqual(pipe.open, WAITING);
  const accepted = pipe.listener.accept();
  pipe.instances.at(-1)!.connect();
  ok(await accepted !== null);
  pipe.listener.close();
});

Deno.test("PipeListener.accept() reports that there is no further instance, and tries again", async () => {
  const pipe = new Pipe();
  pipe.refusal = 0xc000_009a;
  for (const instance of pipe.instances) instance.connect();
  for (const _ of pipe.instances) ok(await pipe.listener.accept() !== null);
  await rejects(pipe.listener.accept(), {
    name: "Busy",
    message:
      "Cannot wait for another client: Windows cannot create another instance of the pipe (0xc000009a)",
  });
  pipe.refusal = null;
  const accepted = pipe.listener.accept();
  strictEqual(pipe.open, WAITING + WAITING);
  pipe.instances.at(-1)!.connect();
  ok(await accepted !== null);
  pipe.listener.close();
});

Deno.test("PipeListener.close() ends accept() and what nobody accepted, and leaves what was accepted", async () => {
  const pipe = new Pipe();
  pipe.instances[0]!.connect();
  const client = await pipe.listener.accept();
  pipe.instances[1]!.connect();
  await settle();
  pipe.instances[2]!.connect(); // its end is still to be dealt with when the listener closes
  pipe.listener.close();
  pipe.listener[Symbol.dispose]();
  await settle();
  strictEqual(await pipe.listener.accept(), null);
  deepStrictEqual([pipe.open, pipe.released], [1, 1]);
  strictEqual(await client?.isGone(), false);

  const other = new Pipe();
  const waiting = other.listener.accept();
  other.listener.close();
  strictEqual(await waiting, null);
});
