import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { executableUnderTest } from "../support/windlass_instance.ts";

/** Places in the file, as parts of its length, where one byte is flipped. */
const PLACES = [0.1, 0.3, 0.5, 0.7, 0.9, 0.98];

Deno.test("a byte flipped anywhere in the executable is found, or changes nothing", async (test) => {
  await using folder = await openTemporaryFolder("windlass-corrupt");
  const executable = join(folder.path, "windlass");
  await Deno.copyFile(executableUnderTest(), executable);
  await Deno.chmod(executable, 0o755);
  const { size } = await Deno.stat(executable);
  for (const place of PLACES) {
    await test.step(`at ${place * 100} % of the file`, async () => {
      const offset = Math.floor(size * place);
      await flip(executable, offset);
      try {
        // Each with a new home: nothing unpacked before may hide the damage.
        const home = join(folder.path, `home-${place}`);
        const { code, stderr, stdout } = await runCommand([executable, "self", "verify"], {
          env: { WINDLASS_HOME: home },
        });
        assert.notEqual(code, 0, stdout);
        assert.match(stderr, /Cannot .*(component|executable|index)[^]*(Download|replace)/);
        assert.ok(stderr.includes(executable), "the sentence names the file");
      } finally {
        await flip(executable, offset);
      }
    });
  }
});

Deno.test("an executable that is cut short says what is wrong with it", async () => {
  await using folder = await openTemporaryFolder("windlass-corrupt");
  const executable = join(folder.path, "windlass");
  await Deno.copyFile(executableUnderTest(), executable);
  await Deno.chmod(executable, 0o755);
  await Deno.truncate(executable, Math.floor((await Deno.stat(executable)).size / 2));
  const { code, stderr } = await runCommand([executable, "start"], {
    env: { WINDLASS_HOME: join(folder.path, "home") },
  });
  assert.notEqual(code, 0);
  assert.match(stderr, /Cannot /);
  assert.ok(stderr.includes(executable));
});

async function flip(path: string, offset: number): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  const byte = new Uint8Array(1);
  await file.seek(offset, Deno.SeekMode.Start);
  await file.read(byte);
  byte[0]! ^= 0xff;
  await file.seek(offset, Deno.SeekMode.Start);
  await file.write(byte);
}
