import assert from "node:assert/strict";
import { StatusBoard } from "./status_board.ts";

Deno.test("StatusBoard.follow() tells the value at once, and the newest one after changes", async () => {
  let value = 1;
  const board = new StatusBoard(() => value);
  const end = new AbortController();
  const seen = board.follow(end.signal);
  assert.equal((await seen.next()).value, 1);
  for (value = 2; value < 5; value++) board.change();
  assert.equal((await seen.next()).value, 5);
  const waiting = seen.next();
  end.abort();
  assert.equal((await waiting).done, true);
});
