/** The system that a native program is compiled for. */
export type TargetSystem = "linux" | "windows";

/** Debian's compilers. On Windows the one without POSIX threads: the launcher has none, and needs no library for them. */
export const COMPILER: Record<TargetSystem, string> = {
  linux: "gcc",
  windows: "x86_64-w64-mingw32-gcc-win32",
};

/** Makes static libraries. */
export const ARCHIVER: Record<TargetSystem, string> = { linux: "ar", windows: "x86_64-w64-mingw32-ar" };

/** Makes an object file of version, icon and manifest. */
export const RESOURCE_COMPILER = "x86_64-w64-mingw32-windres";
