import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { NT_STATUS } from "../nt_status.ts";
import { OperationPool, type OverlappedOperation } from "./overlapped_operation.ts";

/** What the kernel does at the end of an operation. */
function complete(operation: OverlappedOperation, status: number, bytes: number): void {
  const { buffer, byteOffset } = operation.block;
  const block = new DataView(buffer, byteOffset);
  block.setUint32(0, status, true);
  block.setUint32(8, bytes, true);
}

Deno.test("OverlappedOperation ends with what the kernel wrote", async () => {
  const operation = new OperationPool().take();
  operation.prepare();
  const ended = operation.wait(new Uint8Array(10));
  strictEqual(operation.pending, true);
  complete(operation, NT_STATUS.BUFFER_OVERFLOW, 10);
  operation.arrived();
  deepStrictEqual(await ended, { status: NT_STATUS.BUFFER_OVERFLOW, bytes: 10 });
  strictEqual(operation.pending, false);
});

Deno.test("OverlappedOperation that ended at once has the status of its call and the kernel's count", () => {
  const operation = new OperationPool().take();
  operation.prepare();
  complete(operation, NT_STATUS.SUCCESS, 7);
  deepStrictEqual(operation.immediate(NT_STATUS.SUCCESS), { status: NT_STATUS.SUCCESS, bytes: 7 });
  operation.prepare(); // a call that fails writes nothing
  deepStrictEqual(operation.immediate(NT_STATUS.PIPE_BROKEN), { status: NT_STATUS.PIPE_BROKEN, bytes: 0 });
});

Deno.test("OverlappedOperation ignores a packet that is late for the operation before", async () => {
  const operation = new OperationPool().take();
  operation.prepare();
  complete(operation, NT_STATUS.SUCCESS, 7);
  operation.immediate(NT_STATUS.SUCCESS);
  operation.arrived(); // nobody waits
  operation.prepare();
  const ended = operation.wait(null);
  operation.arrived(); // the kernel has written nothing yet
  strictEqual(operation.pending, true);
  complete(operation, NT_STATUS.SUCCESS, 9);
  operation.arrived();
  deepStrictEqual(await ended, { status: NT_STATUS.SUCCESS, bytes: 9 });
});

Deno.test("OperationPool finds operations by id and uses them again", () => {
  const pool = new OperationPool();
  const operations = Array.from({ length: 300 }, () => pool.take());
  strictEqual(pool.inUse, 300);
  strictEqual(new Set(operations.map(({ id }) => id)).size, 300);
  for (const operation of operations) {
    notStrictEqual(operation.id, 0n);
    strictEqual(pool.byId(Number(operation.id)), operation);
    pool.give(operation);
  }
  const { size } = pool;
  for (let round = 0; round < size; round++) pool.take();
  deepStrictEqual([pool.size, pool.inUse], [size, size]);
  strictEqual(pool.byId(0), null);
  strictEqual(pool.byId(size + 1), null);
});
