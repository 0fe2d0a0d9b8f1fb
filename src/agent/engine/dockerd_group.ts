/**
 * A supplementary group that dockerd and the programs that it runs outside of containers have, by which the firewall
 * distinguishes their connections from those of containers on the host network: containers get the groups of their own image.
 * From the numbers that Debian reserves, below those of user namespaces.
 */
export const DOCKERD_GROUP = 53_128;
