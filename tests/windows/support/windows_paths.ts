/**
 * Where a Windows program in Wine finds a path of this machine: below the drive `Z:`, or on `C:` if it is in
 * `driveC`.
 *
 * @example
 * ```ts
 * toWindowsPath("/tmp/a b/c.txt"); // "Z:\\tmp\\a b\\c.txt"
 * ```
 */
export function toWindowsPath(path: string, driveC?: string): string {
  if (!path.startsWith("/")) throw new Error(`Cannot name '${path}' on drive Z: it is not absolute`);
  if (driveC !== undefined && `${path}/`.startsWith(`${driveC}/`)) {
    return `C:${path.slice(driveC.length).replaceAll("/", "\\") || "\\"}`;
  }
  return `Z:${path.replaceAll("/", "\\")}`;
}

/**
 * Where this machine finds a path that a Windows program uses, on `Z:` or on `C:` of the prefix whose drive C is
 * `driveC`. Letters are taken as they are: this machine's file systems tell `a` from `A`.
 *
 * @example
 * ```ts
 * toLinuxPath("C:\\users\\root", "/prefix/drive_c"); // "/prefix/drive_c/users/root"
 * ```
 */
export function toLinuxPath(path: string, driveC: string): string {
  const match = /^([a-zA-Z]):[\\/]?(.*)$/s.exec(path);
  const drive = match?.[1]?.toUpperCase();
  if (drive !== "C" && drive !== "Z") throw new Error(`Cannot find '${path}': it is not on drive C or Z`);
  const rest = match![2]!.replaceAll("\\", "/");
  return drive === "Z" ? `/${rest}` : rest === "" ? driveC : `${driveC}/${rest}`;
}
