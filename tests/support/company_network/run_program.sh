#!/bin/sh
# Process 1 of a program out of a root file system of Debian, in namespaces of its own. It sees the folder FOLDER as /mnt,
# and the network and names of the machine. All of it ends with the program, or with its stdin: so it ends with the test that
# started it, even when that is killed.
#
#   run_program.sh ROOT FOLDER PROGRAM [ARGUMENT ...]
set -eu
root=$1 folder=$2
shift 2

mount --bind "$folder" "$root/mnt"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for name in run tmp dev/shm; do mount -t tmpfs tmpfs "$root/$name"; done
for name in hosts resolv.conf; do mount --bind "/etc/$name" "$root/etc/$name"; done

exec 3<&0
chroot "$root" "$@" </dev/null 3<&- &
program=$!
{
  cat <&3 >/dev/null
  kill -KILL "$program"
} &
wait "$program"
