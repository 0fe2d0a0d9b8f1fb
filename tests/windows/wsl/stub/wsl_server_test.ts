import assert from "node:assert/strict";
import { serveWsl, type WslServer } from "./wsl_server.ts";

function serve(): WslServer {
  const unused = () => {
    throw new Error("a scripted call asks nobody");
  };
  return serveWsl({ attachStreams: "/none", environment: unused, toHost: unused, afterCall: unused });
}

/** A call of `wsl.exe --status` with all three streams, as the stub sends it. */
function callBytes(): Uint8Array<ArrayBuffer> {
  const texts = ["wsl.exe --status", "C:\\", ""].flatMap((text) => {
    const units = Uint16Array.from(text, (letter) => letter.charCodeAt(0));
    return [new Uint8Array(new Uint32Array([units.byteLength]).buffer), new Uint8Array(units.buffer)];
  });
  return new Uint8Array([7, ...texts.flatMap((bytes) => [...bytes])]);
}

async function connect(port: number): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname: "127.0.0.1", port });
}

async function readPort(control: Deno.TcpConn): Promise<number> {
  const message = new Uint8Array(5);
  for (let done = 0; done < message.length;) {
    done += await control.read(message.subarray(done)) ?? assert.fail();
  }
  return new DataView(message.buffer).getUint32(1, true);
}

for (const hangs of [true, false]) {
  const kind = hangs ? "that hangs" : "that ends";
  Deno.test(`a stub killed before it connected its streams ends its call ${kind}`, async () => {
    await using server = serve();
    server.script(() => ({ text: "wait\n", hangs }));
    {
      using control = await connect(server.port);
      await control.write(callBytes());
      await readPort(control);
    }
    assert.equal(server.calls.length, 1);
  });

  Deno.test(`a stub killed between two of its streams ends its call ${kind}`, async () => {
    await using server = serve();
    server.script(() => ({ text: "wait\n", hangs }));
    {
      using control = await connect(server.port);
      await control.write(callBytes());
      using output = await connect(await readPort(control));
      await output.write(new Uint8Array([1]));
      await output.read(new Uint8Array(1));
    }
    assert.equal(server.calls.length, 1);
  });
}

Deno.test("a server that is disposed ends the calls that wait for their streams", async () => {
  const server = serve();
  server.script(() => ({ hangs: true }));
  using control = await connect(server.port);
  await control.write(callBytes());
  await readPort(control);
  await server[Symbol.asyncDispose]();
  assert.equal(await control.read(new Uint8Array(1)), null);
});
