import { readRegistryText } from "./registry/registry.ts";

/** Where the user's own entries of the Start menu are; nothing where Windows does not say. @throws {WindlassError} `WL_REGISTRY_FAILED`. */
export function programsMenu(): string | undefined {
  const path = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders";
  return readRegistryText({ hive: "HKCU", path }, "Programs") || undefined;
}
