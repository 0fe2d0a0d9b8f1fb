/** The functions of crypt32.dll that certificate stores are read with. */
const FUNCTIONS = {
  CertOpenStore: { parameters: ["usize", "u32", "usize", "u32", "buffer"], result: "pointer" },
  CertCloseStore: { parameters: ["pointer", "u32"], result: "i32" },
  CertEnumCertificatesInStore: { parameters: ["pointer", "pointer"], result: "pointer" },
  CertFreeCertificateContext: { parameters: ["pointer"], result: "i32" },
  CertGetCertificateContextProperty: {
    parameters: ["pointer", "u32", "buffer", "buffer"],
    result: "i32",
  },
  CertGetEnhancedKeyUsage: { parameters: ["pointer", "u32", "buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

let symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] | undefined;

/** Opened with the first use, for as long as the process lives. */
export function crypt32(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  return symbols ??= Deno.dlopen("crypt32.dll", FUNCTIONS).symbols;
}
