import { deepEqual, equal, rejects } from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openChildPipes } from "../../../src/platform/child_pipes.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";
import { processDuplex } from "../../../src/streams/process_duplex.ts";

/** More than pipe and child hold together. */
const MORE_THAN_FITS = 1024 * 1024;

function start(script: string): Deno.ChildProcess {
  const command = new Deno.Command("/bin/sh", { args: ["-c", script], stdin: "piped", stdout: "piped" });
  return command.spawn();
}

async function readAll(link: Duplex): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let bytes = await link.read(); bytes !== null; bytes = await link.read()) pieces.push(bytes.slice());
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

Deno.test("openChildPipes() reads and writes by the runtime's operations", async () => {
  const child = start("cat");
  const { link, access } = openChildPipes(child);
  equal(access, "operations");
  equal(child.stdin.locked && child.stdout.locked, true);
  link.close();
  await child.status;
});

Deno.test("openChildPipes() does not confuse children that were started at the same time", async () => {
  const children = Array.from({ length: 20 }, () => start("cat"));
  const links = children.map((child) => openChildPipes(child).link);
  await Promise.all(
    links.toReversed().map(async (link, index) => {
      await link.write(Uint8Array.of(index));
      await link.closeWrite();
      deepEqual(await readAll(link), Uint8Array.of(index));
      link.close();
    }),
  );
  await Promise.all(children.map((child) => child.status));
});

Deno.test("openChildPipes() keeps pipes open when only another process still has them", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc");
  const { link, status } = (() => {
    const child = start("exec 3<&0; cat <&3 &");
    return { link: openChildPipes(child).link, status: child.status };
  })();
  using _closed = link;
  await status;
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve, 0)); // finalizers run in a task of their own
    collectGarbage();
  }
  await link.write(Uint8Array.of(1));
  deepEqual(await link.read(), Uint8Array.of(1));
});

const WAYS: Readonly<Record<string, (child: Deno.ChildProcess) => Duplex>> = {
  "openChildPipes()": (child) => openChildPipes(child).link,
  "processDuplex()": processDuplex,
};

for (const [name, open] of Object.entries(WAYS)) {
  Deno.test(`${name} carries more than the pipes hold, unchanged, both ways at once`, async () => {
    const child = start("cat");
    using link = open(child);
    const bytes = randomBytes(16 * MORE_THAN_FITS);
    const [read] = await Promise.all([
      readAll(link),
      link.write(bytes.subarray(0, 1)).then(() => link.write(bytes.subarray(1))).then(() =>
        link.closeWrite()
      ),
    ]);
    deepEqual(read, bytes);
    equal((await child.status).code, 0);
  });

  Deno.test(`${name} reads after closeWrite(), which may be repeated, and refuses to write`, async () => {
    const child = start("cat >/dev/null; echo end");
    using link = open(child);
    await link.write(Uint8Array.of(1));
    await link.closeWrite();
    await link.closeWrite();
    await rejects(link.write(Uint8Array.of(2)));
    equal(new TextDecoder().decode(await readAll(link)), "end\n");
    equal(await link.read(), null);
    await child.status;
  });

  Deno.test(`${name} ends a pending read and a pending write at close(), which may be repeated`, async () => {
    const child = start("exec sleep 600");
    const link = open(child);
    const read = link.read();
    const write = rejects(link.write(new Uint8Array(MORE_THAN_FITS)));
    const later = new Promise((resolve) => setTimeout(resolve, 0)).then(() => link.close());
    equal(await read, null);
    await write;
    await later;
    link.close();
    equal(await link.read(), null);
    await rejects(link.write(Uint8Array.of(1)));
    child.kill("SIGKILL");
    equal((await child.status).signal, "SIGKILL");
  });

  Deno.test(`${name} shows the child both pipes as closed`, async () => {
    const child = start("cat >/dev/null; echo one; exec /bin/echo two");
    open(child).close();
    equal((await child.status).success, false);
  });

  Deno.test(`${name} delivers what a child wrote before its end, and fails to write to it`, async () => {
    const child = start("head -c 100000 /dev/zero");
    using link = open(child);
    let length = 0;
    for (let bytes = await link.read(); bytes !== null; bytes = await link.read()) length += bytes.length;
    equal(length, 100_000);
    equal((await child.status).code, 0);
    await rejects(link.write(Uint8Array.of(1)), Deno.errors.BrokenPipe);
    await rejects(link.write(Uint8Array.of(1)));
  });

  Deno.test(`${name} fails a pending write whose child is killed`, async () => {
    const child = start("exec sleep 600");
    using link = open(child);
    const write = rejects(link.write(new Uint8Array(MORE_THAN_FITS)), Deno.errors.BrokenPipe);
    child.kill("SIGKILL");
    await write;
    equal(await link.read(), null);
    await child.status;
  });

  Deno.test(`${name} uses one pipe on although the child has closed the other`, async () => {
    // It says the second line when it is told to: both would come in one read if that were late.
    const speaker = start("exec <&-; trap 'echo end; exit' USR1; echo; while :; do sleep 0.05; done");
    using speaks = open(speaker);
    await speaks.read();
    await rejects(speaks.write(Uint8Array.of(1)), Deno.errors.BrokenPipe);
    speaker.kill("SIGUSR1");
    equal(new TextDecoder().decode(await readAll(speaks)), "end\n");
    const listener = start("exec >&-; cat >/dev/null");
    using listens = open(listener);
    equal(await listens.read(), null);
    await listens.write(new Uint8Array(MORE_THAN_FITS));
    await listens.closeWrite();
    deepEqual([(await speaker.status).code, (await listener.status).code], [0, 0]);
  });

  Deno.test(`${name} does not wait at close() for others that have the pipes`, async () => {
    const child = start("sleep 600 & echo $!; exit 3");
    const link = open(child);
    const pid = Number(new TextDecoder().decode((await link.read())!));
    const read = link.read();
    equal((await child.status).code, 3);
    link.close();
    equal(await read, null);
    Deno.kill(pid, "SIGKILL");
  });

  Deno.test(`${name} loses nothing of a child that is stopped for a time, as by a machine that sleeps`, async () => {
    const child = start("exec cat");
    using link = open(child);
    Deno.kill(child.pid, "SIGSTOP");
    const bytes = randomBytes(MORE_THAN_FITS);
    const all = Promise.all([readAll(link), link.write(bytes).then(() => link.closeWrite())]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    Deno.kill(child.pid, "SIGCONT");
    deepEqual((await all)[0], bytes);
    await child.status;
  });

  Deno.test(`${name} finishes what was being written at closeWrite()`, async () => {
    const child = start("sleep 0.05; cat");
    using link = open(child);
    const bytes = randomBytes(MORE_THAN_FITS);
    const write = link.write(bytes);
    const closed = link.closeWrite();
    deepEqual(await readAll(link), bytes);
    await Promise.all([write, closed]);
    await child.status;
  });
}
