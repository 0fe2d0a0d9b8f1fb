/* Made from src/payload/component_names.ts by scripts/write_component_lists.ts. */
#ifndef WINDLASS_COMPONENT_NAMES_H
#define WINDLASS_COMPONENT_NAMES_H

#define STUB_COMPONENT "stub"
#define DENO_COMPONENT "deno"
#define APP_COMPONENT "app"
#define APP_IMPORTS_COMPONENT "app-imports"
#define WSL_HELPER_COMPONENT "wsl-helper"
#define AGENT_RUNTIME_COMPONENT "agent-runtime"
#define AGENT_COMPONENT "agent"
#define ROOTFS_COMPONENT "rootfs"
#define DATA_ROOTFS_COMPONENT "data-rootfs"
#define UPDATE_SOURCE_COMPONENT "update-source"

#endif
