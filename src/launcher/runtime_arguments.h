/*
 * Arguments of the runtime before the program's path. A component's name says nothing about its language, and
 * guessing would cost the start 15 ms. A small young generation: the host lives for weeks, and what a relayed
 * chunk leaves behind is not worth keeping long. What memory a load has taken is collected when it has ended.
 * Without the old way of aborting, a request's signal says that its client has gone, and nothing else: the
 * runtime would otherwise write a notice about it into the host's error output. Datagrams of published ports
 * need the runtime's own UDP interface.
 */
#ifndef WINDLASS_RUNTIME_ARGUMENTS_H
#define WINDLASS_RUNTIME_ARGUMENTS_H

/* clang-format off: one on a line */
#define RUNTIME_ARGUMENTS(ARGUMENT) \
  ARGUMENT("windlass") \
  ARGUMENT("run") \
  ARGUMENT("--quiet") \
  ARGUMENT("-A") \
  ARGUMENT("--ext=js") \
  ARGUMENT("--no-config") \
  ARGUMENT("--no-lock") \
  ARGUMENT("--cached-only") \
  ARGUMENT("--unstable-no-legacy-abort") \
  ARGUMENT("--unstable-net") \
  ARGUMENT("--v8-flags=--max-semi-space-size=2,--expose-gc")
/* clang-format on */

#endif
