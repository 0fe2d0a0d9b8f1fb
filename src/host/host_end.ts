/**
 * Why a host ends. `stop`: somebody has asked for it. `switch`: another version is to run, on trial; this process stays
 * and looks after it. `hand-over`: another version is to run, and this process launches it.
 */
export type HostEnd = "stop" | "switch" | "hand-over";
