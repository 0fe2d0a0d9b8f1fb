# enter_wine_root.sh ROOT FOLDER... -- PROGRAM ARGUMENT...
# Runs a program with ROOT as its root, the kernel's file systems and the given folders of this machine in it at
# the paths that they have here. Expects a mount namespace of its own.
set -eu
root=$1
shift
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  mount --bind "$1" "$root$1"
  shift
done
shift
exec chroot "$root" "$@"
