import assert from "node:assert/strict";
import { PageSessions } from "./page_sessions.ts";

Deno.test("PageSessions accepts a code once", () => {
  const sessions = new PageSessions();
  const code = sessions.createCode();
  const session = sessions.redeem(code);
  assert.match(session ?? "", /^[0-9a-f]{64}$/);
  assert.notEqual(session, code);
  assert.equal(sessions.redeem(code), undefined);
  assert.equal(sessions.isOpen(session!), true);
});

Deno.test("PageSessions accepts neither an unknown code nor a code as a session", () => {
  const sessions = new PageSessions();
  const code = sessions.createCode();
  assert.equal(sessions.redeem("0".repeat(64)), undefined);
  assert.equal(sessions.isOpen(code), false);
  assert.equal(sessions.isOpen(""), false);
});

Deno.test("PageSessions accepts a code for 60 s", () => {
  let now = 0;
  const sessions = new PageSessions(() => now);
  const [early, late] = [sessions.createCode(), sessions.createCode()];
  now = 59_999;
  assert.notEqual(sessions.redeem(early), undefined);
  now = 60_000;
  assert.equal(sessions.redeem(late), undefined);
});

Deno.test("PageSessions keeps a session for 12 h after its last use", () => {
  const hour = 60 * 60_000;
  let now = 0;
  const sessions = new PageSessions(() => now);
  const session = sessions.redeem(sessions.createCode())!;
  now = 11 * hour;
  assert.equal(sessions.isOpen(session), true);
  now = 22 * hour;
  assert.equal(sessions.isOpen(session), true);
  now = 34 * hour;
  assert.equal(sessions.isOpen(session), false);
});

Deno.test("PageSessions drops the oldest of 16 codes and of 32 sessions", () => {
  const sessions = new PageSessions();
  const codes = Array.from({ length: 17 }, () => sessions.createCode());
  assert.equal(sessions.redeem(codes[0]!), undefined);
  assert.notEqual(sessions.redeem(codes[1]!), undefined);
  const open = Array.from({ length: 33 }, () => sessions.redeem(sessions.createCode())!);
  assert.deepEqual([sessions.isOpen(open[0]!), sessions.isOpen(open[1]!)], [false, true]);
});
