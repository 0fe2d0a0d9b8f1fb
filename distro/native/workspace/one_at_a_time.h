#ifndef WORKSPACE_ONE_AT_A_TIME_H
#define WORKSPACE_ONE_AT_A_TIME_H

/* Waits until no other process changes this distro; the turn ends with this process. */
void wait_for_turn(void);

#endif
