import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import { plainArchive } from "./plain_archive.ts";

const LARGE = new Uint8Array(1_500_000).map((_, index) => (index * 2_654_435_761) >>> 13);
const ARCHIVE = Buffer.concat([
  zstdCompressSync(LARGE),
  zstdCompressSync(new Uint8Array(0)),
  zstdCompressSync(new Uint8Array([1, 2, 3])),
]);
const PLAIN = Buffer.concat([LARGE, new Uint8Array([1, 2, 3])]);

function chunked(bytes: Uint8Array, length: number): ReadableStream<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += length) {
    chunks.push(new Uint8Array(bytes.subarray(offset, offset + length)));
  }
  return ReadableStream.from(chunks);
}

async function allOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(stream).arrayBuffer());
}

for (const length of [1_000, 65_536, ARCHIVE.length]) {
  Deno.test(`plainArchive() joins the content of all frames, read in chunks of ${length} bytes`, async () => {
    assert.ok((await allOf(plainArchive(chunked(ARCHIVE, length)))).equals(PLAIN));
  });
}

Deno.test("plainArchive() tells zstd from single bytes", async () => {
  const archive = zstdCompressSync(new Uint8Array([1, 2, 3]));
  assert.deepEqual([...await allOf(plainArchive(chunked(archive, 1)))], [1, 2, 3]);
});

for (const content of [[], [1], [0x1f, 0x8b, 8, 0, 1, 2], [0x28, 0xb5, 0x2f]]) {
  Deno.test(`plainArchive() leaves [${content}] as it is`, async () => {
    const archive = new Uint8Array(content);
    for (const length of [1, 2, 100]) {
      assert.deepEqual([...await allOf(plainArchive(chunked(archive, length)))], content);
    }
  });
}

Deno.test("plainArchive() fails where the archive is cut, and never takes it for complete", async () => {
  for (const length of [ARCHIVE.length - 1, ARCHIVE.length - 5, ARCHIVE.length >> 1]) {
    await assert.rejects(allOf(plainArchive(chunked(ARCHIVE.subarray(0, length), 65_536))), {
      code: "WL_ROOTFS_INVALID",
      message: "Cannot read the archive of a distro: it ends in the middle of a frame",
    });
  }
});

Deno.test("plainArchive() fails with what its source fails with", async () => {
  let chunks = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (chunks++ === 3) return controller.error(new Error("the disk is gone"));
      controller.enqueue(new Uint8Array(ARCHIVE.subarray((chunks - 1) * 1_000, chunks * 1_000)));
    },
  });
  await assert.rejects(allOf(plainArchive(source)), { message: "the disk is gone" });
});

for (const reads of [0, 1]) {
  Deno.test(`plainArchive() cancels its source when nobody reads on after ${reads} chunks`, async () => {
    let cancelled = false;
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(ARCHIVE.subarray(0, 500_000))),
      cancel: () => void (cancelled = true),
    });
    const reader = plainArchive(source).getReader();
    for (let read = 0; read < reads; read++) await reader.read();
    await reader.cancel();
    assert.equal(cancelled, true);
  });
}
