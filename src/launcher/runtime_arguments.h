/*
 * What the runtime is told before the program's path. A component's name says nothing about its language, and guessing would
 * cost the start 15 ms. A small young generation: the host lives for weeks, and what a relayed chunk leaves behind is not worth
 * keeping long. Without the old way of aborting, a request's signal says that its client has gone, and nothing else: the runtime
 * would otherwise write a notice about it into the host's error output.
 */
#ifndef WINDLASS_RUNTIME_ARGUMENTS_H
#define WINDLASS_RUNTIME_ARGUMENTS_H

#define RUNTIME_ARGUMENTS(ARGUMENT)                                                                       \
  ARGUMENT("windlass") ARGUMENT("run") ARGUMENT("--quiet") ARGUMENT("-A") ARGUMENT("--ext=js")            \
  ARGUMENT("--no-config") ARGUMENT("--no-lock") ARGUMENT("--cached-only")                                 \
  ARGUMENT("--unstable-no-legacy-abort")                                                                  \
  ARGUMENT("--v8-flags=--max-semi-space-size=2")

#endif
