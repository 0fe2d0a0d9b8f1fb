/** What lists of programs say about this one. `scripts/manifests/project.ts` has what only package managers ask for. */
export const PRODUCT = {
  name: "Windlass",
  publisher: "Windlass",
  summary: "Docker engine for Windows and Linux in one executable",
  homepage: "https://github.com/windlass/windlass",
} as const;
