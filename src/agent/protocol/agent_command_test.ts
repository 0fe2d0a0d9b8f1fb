import assert from "node:assert/strict";
import { agentCommand } from "./agent_command.ts";

Deno.test("agentCommand() hands over any text in plain characters", () => {
  assert.deepEqual(agentCommand("/agent", {}), ["/agent"]);
  assert.deepEqual(agentCommand("/agent", { a: 'é\n"\u{1f433}' }), [
    "/usr/bin/env",
    'WINDLASS_DAEMON_OPTIONS={"a":"\\u00e9\\n\\"\\ud83d\\udc33"}',
    "/agent",
  ]);
  assert.deepEqual(agentCommand("/agent", {}, ["A=1"]), ["/usr/bin/env", "A=1", "/agent"]);
});
