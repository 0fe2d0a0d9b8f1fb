import assert from "node:assert/strict";
import { descriptorLimitOnLinux, parseDescriptorLimit } from "./descriptor_limit.ts";

Deno.test("parseDescriptorLimit() reads the soft limit", () => {
  const head = "Limit                     Soft Limit           Hard Limit           Units     \n";
  const line = (soft: string) =>
    `${head}Max open files            ${soft}                 524288               files     \n`;
  assert.equal(parseDescriptorLimit(line("1024")), 1024);
  assert.equal(parseDescriptorLimit(line("unlimited")), undefined);
  assert.ok(descriptorLimitOnLinux() !== 0);
});
