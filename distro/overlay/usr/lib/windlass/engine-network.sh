# The engine's own network, to be sourced: network_up and network_down.
#
#   engine namespace            shared namespace of all distros
#   eth0  .2/30  <-- veth -->   windlass0  .1/30  --NAT-->  whatever leads out
#   lo    .5     stands for the user's machine: the agent carries what comes for it to the host
#   lo    .6     the agent's name server, which containers ask
#
# All distros of WSL share one network namespace which outlives each of them. So everything made there has a fixed
# name and is replaced, never assumed absent: its last user may have been killed.
# The engine's namespace is created at each start, so Docker finds no old rules in it: removing them takes longer
# than the rest of its start.

NETWORK_NAMESPACE=/run/windlass/network
INNER_LINK=eth0
# A further instance of the same user has names of its own: its distro is called windlass-<8 digits>. The engines of
# two versions of one instance never run at the same time, so one whose name ends in -b has the names of the other.
instance=${WSL_DISTRO_NAME:-}
instance=${instance%-b}
case "$instance" in
  windlass-????????) instance=${instance#windlass-} ;;
  *) instance="" ;;
esac
OUTER_LINK=${instance:+wl-$instance} # a link's name has at most 15 characters
OUTER_LINK=${OUTER_LINK:-windlass0}
NAT_CHAIN=WINDLASS-NAT${instance:+-$instance}
FORWARD_CHAIN=WINDLASS-FORWARD${instance:+-$instance}
LINKS_SYSFS=/run/windlass/sys
LINK_FOLDERS="class/net devices/virtual/net"

# Candidates for the /29 of which the first half lies between the two, as /proc/net/route writes them (byte order reversed) and as text.
# Off the beaten track: not in Docker's pools, not in what routers and VPNs hand out by default.
NETWORK_CANDIDATES="00D9E70A:10.231.217 00DAE90A:10.233.218 00D96B64:100.107.217 00FF1FAC:172.31.255 00D9A8C0:192.168.217"

network_up() {
  read_outer_routes
  choose_network || return 1
  [ -d /run/windlass ] || mkdir -p /run/windlass || return 1
  # A predecessor's namespace ends with its last process; here only the name is taken from it.
  [ ! -e "$NETWORK_NAMESPACE" ] || umount -l "$NETWORK_NAMESPACE" 2>/dev/null
  : >"$NETWORK_NAMESPACE" || return 1
  [ ! -e "/proc/sys/net/ipv4/conf/$OUTER_LINK" ] || ip link del "$OUTER_LINK" 2>/dev/null

  # `netns 1` puts the other end where process 1 of the distro is: the shared namespace.
  # A refused route must not cost the network; whether the link exists at all is checked right below.
  unshare --net="$NETWORK_NAMESPACE" -- ip -force -batch - <<-END
	link set lo up
	addr add $network.5/32 dev lo
	addr add $network.6/32 dev lo
	link add $INNER_LINK mtu $uplink_mtu type veth peer name $OUTER_LINK mtu $uplink_mtu netns 1
	addr add $network.2/30 dev $INNER_LINK
	link set $INNER_LINK up
	route add default via $network.1
	$inner_routes
	END
  ip -batch - <<-END || return 1
	addr add $network.1/30 dev $OUTER_LINK
	link set $OUTER_LINK up
	END
  echo 1 >"/proc/sys/net/ipv4/conf/$OUTER_LINK/proxy_arp"
  echo 1 >/proc/sys/net/ipv4/ip_forward
  prepare_name_servers
  (show_links 3<&- 4>&- &)
  # No container talks before Docker is up, so this need not be waited for. Twice removed, since the agent, which
  # this process becomes, would not ask for the exit status of a child that it did not start.
  (firewall_up 3<&- 4>&- &)
}

# Sets uplink_mtu, outer_routes ("destination/mask" in hexadecimal) and inner_routes (commands for the engine's side).
# The networks that are on-link outside become on-link inside as well, at the worst metric and answered by proxy ARP:
# Docker then picks no subnet that would hide them, and loses nothing if it must.
read_outer_routes() {
  uplink_mtu=1500 outer_routes="" inner_routes=""
  while read -r interface destination gateway _ _ _ _ mask _; do
    case "$interface" in Iface | "*" | "$OUTER_LINK") continue ;; esac
    if [ "$destination/$mask" = 00000000/00000000 ]; then
      [ ! -r "/sys/class/net/$interface/mtu" ] || read -r uplink_mtu <"/sys/class/net/$interface/mtu"
      continue
    fi
    outer_routes="$outer_routes $destination/$mask"
    [ "$gateway" = 00000000 ] || continue
    address=$((0x$destination)) bits=$((0x$mask)) length=0
    while [ "$bits" -gt 0 ]; do length=$((length + (bits & 1))) bits=$((bits >> 1)); done
    inner_routes="${inner_routes}route add $((address & 255)).$((address >> 8 & 255)).$((address >> 16 & 255)).$((address >> 24))/$length dev $INNER_LINK metric 4000000
"
  done </proc/net/route
}

# Sets network to the first candidate ("a.b.c") that neither lies in a route of the shared namespace nor holds one.
choose_network() {
  for candidate in $NETWORK_CANDIDATES; do
    address=$((0x${candidate%%:*})) free=yes
    for route in $outer_routes; do
      destination=$((0x${route%%/*})) mask=$((0x${route##*/}))
      if [ $((address & mask)) -eq "$destination" ] || [ $((destination & 0xF8FFFFFF)) -eq "$address" ]; then
        free=no
        break
      fi
    done
    [ "$free" = no ] || {
      network=${candidate#*:}
      return 0
    }
  done
  echo "windlass-agent: every network address that the engine could use is taken" >&2
  return 1
}

# A name server on 127.x of the shared namespace cannot be reached from ours: it is asked through our gateway address.
# Others, also WSL's 10.255.255.254 on the loopback interface, are reached by routing, and the file is left alone.
prepare_name_servers() {
  local_name_server="" original="" changed=""
  # What /etc/resolv.conf said before a predecessor in this life of the distro changed it.
  source=/run/windlass/resolv.conf
  [ -r "$source" ] || source=/etc/resolv.conf
  [ -r "$source" ] || return 0
  while read -r word value rest; do
    original="$original$word $value${rest:+ $rest}
"
    case "$word $value" in
      "nameserver 127."*)
        [ -n "$local_name_server" ] || local_name_server=$value
        value=$network.1
        ;;
    esac
    changed="$changed$word $value${rest:+ $rest}
"
  done <"$source"
  [ -n "$local_name_server" ] || return 0
  printf '%s' "$original" >/run/windlass/resolv.conf
  # Not through the symbolic link: its target belongs to all distros. WSL creates the link again at each distro start.
  printf '%s' "$changed" >/etc/resolv.conf.windlass && mv -f /etc/resolv.conf.windlass /etc/resolv.conf
}

# Own chains, emptied and filled in one step, and one jump to each. The jump into FORWARD matters beside another
# Docker in the shared namespace, which drops what it does not know. With a name server on 127.x, the link takes packets
# for all of 127.0.0.0/8: those that the rules above have not sent to that server would reach every local service.
firewall_up() {
  firewall_down
  for restore in iptables-nft-restore iptables-legacy-restore; do
    "$restore" --noflush 2>/dev/null <<-END && open_loopback && show_machine && return 0
	*nat
	:$NAT_CHAIN - [0:0]
	-A $NAT_CHAIN -s $network.0/30 ! -o $OUTER_LINK -j MASQUERADE
	-I POSTROUTING -j $NAT_CHAIN
	${local_name_server:+-I PREROUTING -i $OUTER_LINK -d $network.1 -p udp --dport 53 -m comment --comment windlass -j DNAT --to-destination $local_name_server}
	${local_name_server:+-I PREROUTING -i $OUTER_LINK -d $network.1 -p tcp --dport 53 -m comment --comment windlass -j DNAT --to-destination $local_name_server}
	COMMIT
	*filter
	:$FORWARD_CHAIN - [0:0]
	-A $FORWARD_CHAIN -d $network.5 -j DROP
	-A $FORWARD_CHAIN -i $OUTER_LINK -j ACCEPT
	-A $FORWARD_CHAIN -o $OUTER_LINK -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	-I FORWARD -j $FORWARD_CHAIN
	${local_name_server:+-I INPUT -i $OUTER_LINK -d 127.0.0.0/8 -m conntrack ! --ctstate DNAT -m comment --comment windlass -j DROP}
	${local_name_server:+-I INPUT -i $OUTER_LINK -s 127.0.0.0/8 -m comment --comment windlass -j DROP}
	COMMIT
	END
  done
  echo "windlass-agent: cannot add the address translation rules: containers will not reach other machines" >&2
  return 1
}

# Lets packets from the link reach the name server on 127.x. Called once the rules are in place, which keep out all others.
open_loopback() {
  [ -z "$local_name_server" ] || echo 1 >"/proc/sys/net/ipv4/conf/$OUTER_LINK/route_localnet"
}

# The names of the user's machine lead to the same address in the distro's shell as in the engine. Called once the
# rules are in place: they keep others from coming this way. The route ends with the link.
show_machine() {
  ip route replace "$network.5" via "$network.2" dev "$OUTER_LINK" ||
    echo "windlass-agent: cannot reach host.docker.internal outside of the engine" >&2
}

# Removes what firewall_up() made, whichever of the two rule stores it went to, and however often.
firewall_down() {
  for kind in nft legacy; do
    # A query creates the legacy store, so it is queried only where it is in use.
    [ "$kind" = nft ] || [ -s /proc/net/ip_tables_names ] || continue
    for table in nat filter; do
      iptables-$kind-save -t "$table" 2>/dev/null | while read -r verb rest; do
        case "$verb $rest" in
          "-A "*"-j $NAT_CHAIN" | "-A "*"-j $FORWARD_CHAIN" | "-A PREROUTING -i $OUTER_LINK "* | \
            "-A PREROUTING "*" -i $OUTER_LINK "* | "-A INPUT "*" -i $OUTER_LINK "*) echo "-D $rest" ;;
        esac
      done >"/run/windlass/rules.$$"
      chain=$NAT_CHAIN
      [ "$table" = nat ] || chain=$FORWARD_CHAIN
      [ -s "/run/windlass/rules.$$" ] || continue
      {
        echo "*$table"
        cat "/run/windlass/rules.$$"
        echo "-F $chain"
        echo "-X $chain"
        echo COMMIT
      } | iptables-$kind-restore --noflush
    done
  done
  rm -f "/run/windlass/rules.$$"
}

# sysfs shows the links of the namespace that it was mounted from, and Docker reads the state of its bridge's ports
# there. Only what is about links is replaced: the control groups below /sys stay as they are.
show_links() {
  hide_links
  mkdir -p "$LINKS_SYSFS" && nsenter --net="$NETWORK_NAMESPACE" -- mount -t sysfs sysfs "$LINKS_SYSFS" || return 0
  for folder in $LINK_FOLDERS; do mount --bind "$LINKS_SYSFS/$folder" "/sys/$folder"; done
  umount -l "$LINKS_SYSFS"
}

# Takes away what show_links() of this agent or of a killed one has mounted.
hide_links() {
  for folder in $LINK_FOLDERS; do
    while grep -q " /sys/$folder " /proc/mounts; do umount -l "/sys/$folder" || return; done
  done
}

# Takes everything away again. To be run in the engine's namespace; harmless when a newer agent has made its own.
network_down() {
  [ /proc/self/ns/net -ef "$NETWORK_NAMESPACE" ] || return 0
  ip link del "$INNER_LINK" 2>/dev/null
  nsenter --net=/proc/1/ns/net -- /bin/sh -c '. /usr/lib/windlass/engine-network.sh; firewall_down'
  hide_links
  umount -l "$NETWORK_NAMESPACE" && rm -f "$NETWORK_NAMESPACE"
}
