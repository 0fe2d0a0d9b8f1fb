#!/bin/sh
# Process 1 of a bare engine: makes a root file system out of an overlay, mounts what dockerd needs, starts it and
# lives until its stdin ends, so that the engine ends with the test that started it, even when that is killed.
#
#   bare_engine.sh LOWER STATE DATA UNIFIED "NAME=OPTION ..." [FOLDER_TO_SHARE ...]
set -eu
lower=$1 state=$2 data=$3 unified=$4 hierarchies=$5
shift 5
root=$state/root

mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$state/upper,workdir=$state/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --bind "$state/run" "$root/run"
mkdir -p "$root/var/lib/docker"
mount --bind "$data" "$root/var/lib/docker"

mount -t tmpfs dev "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
mount -t tmpfs shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

if [ "$unified" = 1 ]; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  # A group that gives controllers to others may not hold processes itself.
  mkdir -p "$root/sys/fs/cgroup/init"
  while read -r process; do echo "$process" > "$root/sys/fs/cgroup/init/cgroup.procs" || true; done \
    < "$root/sys/fs/cgroup/cgroup.procs"
  sed -e 's/ / +/g' -e 's/^/+/' "$root/sys/fs/cgroup/cgroup.controllers" > "$root/sys/fs/cgroup/cgroup.subtree_control"
else
  mount -t tmpfs cgroup "$root/sys/fs/cgroup"
  for hierarchy in $hierarchies; do
    mkdir "$root/sys/fs/cgroup/${hierarchy%%=*}"
    mount -t cgroup -o "${hierarchy#*=}" cgroup "$root/sys/fs/cgroup/${hierarchy%%=*}"
  done
fi

for folder in "$@"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done

ip link set lo up
mkdir -p "$root/mnt/old"
cd "$root"
pivot_root . mnt/old
exec chroot . sh -c '
  umount -l /mnt/old
  mount --make-rshared /
  echo starting
  dockerd --config-file /run/bare-daemon.json --data-root /var/lib/docker -H unix:///run/docker.sock \
    </dev/null >/run/dockerd.log 2>&1 &
  cat >/dev/null
'
