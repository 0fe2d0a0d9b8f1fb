/** Names that stand for the user's machine, in containers as elsewhere inside. */
export const OWN_NAMES: readonly string[] = ["host.docker.internal", "gateway.docker.internal"];
