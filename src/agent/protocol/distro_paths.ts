/**
 * Every path of the two distros that Windlass itself relies on: programs in /usr/lib/windlass come with the images
 * (distro/), everything in /run/windlass is made by a running engine and gone with it. Shell and C code of the images
 * repeats some of them. Pure, so the host can import them as well.
 */

const PROGRAMS = "/usr/lib/windlass";
const RUN = "/run/windlass";

/** What the engine makes in its own distro while it runs. No client has its files here. */
export const RUN_FOLDER = RUN;

/** Both images have this folder; a distro without it is not one of ours. */
export const PROGRAMS_FOLDER = PROGRAMS;
/** Starts the agent in the engine's network. Its stdin and stdout are the link. */
export const AGENT_PROGRAM = `${PROGRAMS}/agent`;
/** The bundle that {@linkcode AGENT_PROGRAM} runs. It is the last file of the image: where it exists, all others do. */
export const AGENT_SCRIPT = `${PROGRAMS}/agent.js`;
/** Tests an engine distro. Hosts of other versions call it too, so neither its name nor its output may change. */
export const REHEARSE_PROGRAM = `${PROGRAMS}/rehearse`;
/** Shell functions that create and remove the engine's network. */
export const NETWORK_SCRIPT = `${PROGRAMS}/engine-network.sh`;
/** dockerd starts one for each published port, in place of docker-proxy. */
export const PORT_PROXY = `${PROGRAMS}/port-proxy`;
/** Creates stand-ins for the credential helpers that a Docker configuration of Windows names. */
export const ADD_CREDENTIAL_STAND_INS = `${PROGRAMS}/add-credential-stand-ins`;
/** Images that come with the engine distro, as tar files. */
export const IMAGES_FOLDER = `${PROGRAMS}/images`;
/** In the data distro: shares its folder with the engine distro, and blocks until its input ends. */
export const SHARE_DATA_PROGRAM = `${PROGRAMS}/share-data`;

/** Docker's API by its usual name: for containers that mount it, and for clients that use the default. */
export const DOCKER_SOCKET = "/run/docker.sock";
/** Docker's API for the CLI inside the engine distro. Like {@linkcode DOCKER_SOCKET}, it leads through the relay. */
export const CLIENT_SOCKET = `${RUN}/docker.sock`;
/**
 * The socket that dockerd itself serves. Only the agent connects to it: every other client, even one in a container,
 * goes through a relay, which knows whose paths the client sends.
 */
export const DOCKERD_SOCKET = `${RUN}/dockerd.sock`;
/** Where {@linkcode PORT_PROXY} asks for its port. */
export const PORTS_SOCKET = `${RUN}/ports.sock`;
/** The network namespace of the newest agent. */
export const NETWORK_NAMESPACE = `${RUN}/network`;
/** dockerd's configuration with the user's options; gone after a restart of the distro. */
export const DAEMON_CONFIGURATION = `${RUN}/daemon.json`;
/** A configuration that dockerd only validates. */
export const TRIAL_CONFIGURATION = `${RUN}/daemon-trial.json`;
/** Programs that come first in dockerd's PATH. */
export const TOOLS_FOLDER = `${RUN}/bin`;
/** What {@linkcode ADD_CREDENTIAL_STAND_INS} writes. */
export const CREDENTIAL_STAND_INS = `${RUN}/credential-helpers`;

/** The engine distro's own bundle, where its programs look for it. */
export const SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
/** Has the same bundle for dockerd, and for the containers that get it: a folder, since a mounted file never changes. */
export const CERTIFICATES_FOLDER = `${RUN}/certificates`;
/** The bundle in {@linkcode CERTIFICATES_FOLDER}. */
export const CERTIFICATES_NAME = "ca-certificates.crt";

/**
 * Where containers have {@linkcode CERTIFICATES_FOLDER}: no image has the folder, and none puts a file system in memory over
 * it, as over /run.
 */
export const CONTAINER_CERTIFICATES_FOLDER = "/usr/share/windlass/certificates";

/** Switches Windlass on in a distro of the user's, and hands the distro's files to the engine. */
export const WORKSPACE_PROGRAM = `${PROGRAMS}/workspace`;
/** Has the file tree of each workspace that a container needs, below the distro's name. */
export const WORKSPACES_FOLDER = `${RUN}/workspaces`;
/** The file tree of a workspace as the engine sees it. */
export function workspaceRoot(name: string): string {
  return `${WORKSPACES_FOLDER}/${name}`;
}
/** The file systems that all distros of a user share. A distro of the user's may have it elsewhere. */
export const DISTROS_FOLDER = "/mnt/wsl";
/**
 * What the engine shows to every distro: `usr` is its own `/usr`, `roots` has the sockets over which file trees are
 * handed to it, and each workspace has a folder of its own. An instance beside the usual one has its own, and the two
 * engine distros of an instance, `windlass` and `windlass-b`, have the same.
 */
export function sharedFolder(engineDistro = "windlass"): string {
  const first = engineDistro.replace(/-b$/, "");
  return `${DISTROS_FOLDER}/${/^windlass-.+$/.test(first) ? first : "windlass"}`;
}
/** Docker's API for the clients in one workspace. */
export function workspaceSocket(shared: string, token: string): string {
  return `${shared}/${token}/docker.sock`;
}
/** Stands for the folder of a workspace's socket while that is opened. */
export const WORKSPACE_SOCKET_ALIAS = `${RUN}/workspace`;
/** Where the sockets are over which `workspace share` hands a file tree to the engine. */
export function rootSocketsFolder(shared: string): string {
  return `${shared}/roots`;
}

/** Exists from the start of an agent until its dockerd answers; {@linkcode AGENT_PROGRAM} says what it is for. */
export const UNTESTED_CODE_CACHE = "/var/cache/windlass/deno-untested";

/** The data, as the data distro itself sees it. */
export const DATA_DISTRO_FOLDER = "/var/lib/windlass";
/** In the data folder: the {@linkcode DataStamp}. */
export const DATA_STAMP_NAME = "engine-version.json";
