/*
 * What the runtime is told before the program's path. A component's name says nothing about its language, and guessing would
 * cost the start 15 ms. A small young generation: the host lives for weeks, and what a relayed chunk leaves behind is not worth
 * keeping long.
 */
#ifndef WINDLASS_RUNTIME_ARGUMENTS_H
#define WINDLASS_RUNTIME_ARGUMENTS_H

#define RUNTIME_ARGUMENTS(ARGUMENT)                                                                       \
  ARGUMENT("windlass") ARGUMENT("run") ARGUMENT("--quiet") ARGUMENT("-A") ARGUMENT("--ext=js")            \
  ARGUMENT("--no-config") ARGUMENT("--no-lock") ARGUMENT("--cached-only")                                 \
  ARGUMENT("--v8-flags=--max-semi-space-size=2")

#endif
