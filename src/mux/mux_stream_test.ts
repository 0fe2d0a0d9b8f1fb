import { defineStreamTests } from "../../tests/fakes/mux_stream_suite.ts";
import { servePeerStream } from "../../tests/fakes/mux_peer_services.ts";
import { NO_LOG } from "../logging/log.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { openMuxSession } from "./mux_session.ts";

defineStreamTests({
  name: "memory",
  bigBytes: 3 * 1024 * 1024,
  connect() {
    const [ours, theirs] = createMemoryDuplexPair();
    const peer = openMuxSession(theirs, { role: "agent", accept: servePeerStream, log: NO_LOG });
    const session = openMuxSession(ours, {
      role: "host",
      accept: (stream) => stream.refuse("none"),
      log: NO_LOG,
    });
    return Promise.resolve({
      session,
      async [Symbol.asyncDispose]() {
        await session.close();
        await peer.close();
      },
    });
  },
});
