/** A mux peer on stdin and stdout, for tests and benchmarks over a real pair of pipes. */
import { NO_LOG } from "../../src/logging/log.ts";
import { openMuxSession } from "../../src/mux/mux_session.ts";
import { openStdioDuplex } from "../../src/streams/stdio_duplex.ts";
import { servePeerStream } from "./mux_peer_services.ts";

await using session = openMuxSession(await openStdioDuplex(), {
  role: "agent",
  accept: servePeerStream,
  log: NO_LOG,
});
await session.closed;
Deno.exit(0);
