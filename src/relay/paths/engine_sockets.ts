import { CLIENT_SOCKET } from "../../agent/protocol/distro_paths.ts";
import { ENGINE_SOCKET } from "./translate_path.ts";

/** Sockets where a container expects the engine that runs it, wherever the client is. */
export const ENGINE_SOCKET_NAMES: readonly string[] = [
  ENGINE_SOCKET,
  "/var/run/docker.sock",
  CLIENT_SOCKET,
];
/** Where engines for one user have their sockets: this engine is meant where no other one has them. */
export const USER_SOCKET_REGEXP =
  /^\/run\/user\/\d+\/docker\.sock$|\/\.docker\/(?:run|desktop)\/docker\.sock$/;
