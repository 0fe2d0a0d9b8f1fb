/*
 * Variables that the runtime reads and that are the caller's, such as NODE_OPTIONS, by which it would load
 * and run further programs (editors set it for what they start), and those that switch on its reports to
 * others. The program must not see them, but the Docker CLI has to: a compose file may well name NODE_ENV. So
 * they are kept under a name with a prefix, from which src/cli/caller_environment.ts takes it away again.
 */
#ifndef WINDLASS_FOREIGN_VARIABLES_H
#define WINDLASS_FOREIGN_VARIABLES_H

#define FOREIGN_PREFIXES(PREFIX) PREFIX("DENO_") PREFIX("NODE_") PREFIX("OTEL_")
#define CALLER_PREFIX "WINDLASS_CALLER_"

#endif
