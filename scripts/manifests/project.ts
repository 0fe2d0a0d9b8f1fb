import { PRODUCT } from "../../src/install/product.ts";

/** What package managers tell about the project. The only place for it; see D-install-8 about the addresses. */
export const PROJECT = {
  ...PRODUCT,
  /** winget's name of the package: publisher and product. */
  packageIdentifier: "Windlass.Windlass",
  /** What users type. */
  moniker: "windlass",
  license: "Apache-2.0",
  licenseUrl: "https://www.apache.org/licenses/LICENSE-2.0",
  copyright: "Apache License 2.0",
  description:
    "Runs Docker on Windows in WSL 2, and on Linux, from one executable: containers, images, volumes, " +
    "builds and published ports, for every Docker client. Needs no administrator.",
  tags: ["containers", "docker", "wsl"],
  /** Windows 10 22H2, the oldest with a WSL that serves. */
  minimumWindows: "10.0.19045.0",
} as const;

/** What the executables are called where they are downloaded. */
export const DOWNLOAD_NAMES = { "windows-x64": "windlass.exe", "linux-x64": "windlass" } as const;

/** The file of checksums beside them, and the one that names the newest version. */
export const CHECKSUMS_NAME = "SHA256SUMS";
export const LATEST_NAME = "latest.json";
