import assert from "node:assert/strict";
import { StatusBoard } from "./status_board.ts";

Deno.test("StatusBoard.follow() yields the value at once, and the newest one after changes", async () => {
  let value = 1;
  const board = new StatusBoard();
  const end = new AbortController();
  const seen = board.follow(() => value, end.signal);
  assert.equal((await seen.next()).value, 1);
  for (value = 2; value < 5; value++) board.change();
  assert.equal((await seen.next()).value, 5);
  const waiting = seen.next();
  end.abort();
  assert.equal((await waiting).done, true);
});

Deno.test("StatusBoard.watch() calls at each change", () => {
  const board = new StatusBoard();
  let calls = 0;
  board.change();
  board.watch(() => calls++);
  board.change();
  board.change();
  assert.equal(calls, 2);
});

Deno.test("StatusBoard.follow() leaves nothing with its signal, however often the value changes", async () => {
  const board = new StatusBoard();
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener;
  const remove = signal.removeEventListener;
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add.apply(signal, args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (listeners--, remove.apply(signal, args));
  const seen = board.follow(() => 1, signal);
  for (let change = 0; change < 100; change++) {
    const next = seen.next();
    board.change();
    await next;
  }
  assert.ok(listeners <= 1, `${listeners} listeners`);
  await seen.return(undefined);
});
