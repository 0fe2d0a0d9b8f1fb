/** What lists of programs say about this one. `scripts/manifests/project.ts` has what only package managers ask for. */
export const PRODUCT = {
  name: "Windlass",
  publisher: "Windlass",
  summary: "Docker engine for Windows and Linux in one executable",
  /** Of the names that are reserved for documents, until the project has an address of its own: nobody else may serve it. */
  homepage: "https://windlass.example/",
} as const;
