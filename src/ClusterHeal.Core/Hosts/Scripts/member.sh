# One member's part of a cluster restore: the steps that the operator takes one by one, and "heal", with which the host takes them by itself if
# nobody comes back. The reasons are in docs/design/0005-a-cluster-restore-converges.md. On a host this comes after library.sh, ask-etcd.sh,
# planned-components.sh and heal-member.sh. Every verb may be repeated, from any point at which an earlier call was cut off.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# The plan sets: operation, data, wal (empty if it is in the data directory); etcd and control (components, one a line, as "unit NAME PROCESS" or
# "manifest PATH PROCESS"; control in the order of their start); health and self (endpoints of this member, as for ask-etcd.sh: for its health, and
# as a peer), others (endpoints of the other members as peers), lost (how many members of the old data no host has), cluster (the ID of the new
# cluster), quorum (how many of its members are a quorum), round (seconds that a member may take to become ready).
. "$here/plan" || exit 1
mkdir -p "$here/manifests" || exit 1
fresh_name=clusterheal-$operation.new
former_name=clusterheal-$operation.old

# Calls $1 with each component of the list $2. After a failure it continues, and returns the failure.
each() {
  outcome=0
  while IFS= read -r component; do
    [ -z "$component" ] || "$1" "$component" </dev/null || outcome=1
  done <<LIST
$2
LIST
  return $outcome
}

backwards() { printf '%s\n' "$1" | sed -n '1!G;h;$p'; }

# --- data -------------------------------------------------------------------------------------------------------------

# Makes an empty folder $1 that only root can enter.
make_folder() ( enter "${1%/*}/" && mkdir -m 700 -- "./${1##*/}" )

# If a place has its .new beside it, it has the old data; if it has its .old beside it, it has the new data. In the middle of a swap both are beside
# it, and the place is empty. If something is there then, it comes from an etcd that was started on nothing, such as a host's own at its boot.
put_place() {
  if lies "$2.$fresh_name" && lies "$2.$former_name" && lies "$2"; then
    kept=$(free_name "$2.clusterheal-$operation.stray")
    say "an etcd was started on no data; what it made is kept as $kept"
    move "$2" "$kept" || return 1
  fi
  case $1 in
    new)
      lies "$2.$fresh_name" || return 0
      if ! lies "$2.$former_name"; then
        if lies "$2"; then move "$2" "$2.$former_name"; else make_folder "$2.$former_name"; fi || return 1
      fi
      move "$2.$fresh_name" "$2" ;;
    old)
      lies "$2.$former_name" || return 0
      lies "$2.$fresh_name" || move "$2" "$2.$fresh_name" || return 1
      move "$2.$former_name" "$2" ;;
  esac
}

put() {
  say "put the $1 data in place"
  require_stopped || return 1
  put_place "$1" "$data/member" || return 1
  [ -z "$wal" ] || put_place "$1" "$wal" || return 1
  sync
}

side_of() {
  if lies "$1.$fresh_name"; then
    if lies "$1.$former_name"; then echo between; else echo old; fi
  elif lies "$1.$former_name"; then echo new
  else echo none
  fi
}

side() {
  of_data=$(side_of "$data/member")
  [ -z "$wal" ] || [ "$(side_of "$wal")" = "$of_data" ] || { echo between; return; }
  echo "$of_data"
}

# Makes the folders for the new data, which the operator fills. They belong to root until they are full: otherwise the owner of the data directory
# could make root write to wherever a link leads.
lay_out() {
  [ "$(side)" = none ] || { echo "data of operation $operation lies here already" >&2; return 1; }
  say "lay out the new data beside the old"
  fresh=$data/member.$fresh_name
  make_folder "$fresh" && make_folder "$fresh/snap" || return 1
  if [ -z "$wal" ]; then make_folder "$fresh/wal"; else make_folder "$wal.$fresh_name"; fi
}

# Gives the folder $1 and all that is in it to the owner $2, itself last: until then nobody else can enter. Its label becomes that of $3.
hand_over() (
  enter "$1" || exit 1
  is_ours . || { echo "'$1' is not as it was laid out: somebody else can write to it" >&2; exit 1; }
  chcon -R -h --reference="$3" . 2>/dev/null
  find . -depth -exec chown -h -- "$2" {} +
)

# Gives the new data the log's full size (etcd writes its log into a file of that size) and the owner and label of the old data. Prints the sha256
# of the new files: of the database, of the raft snapshot, and of the first $3 bytes of the log.
finish() {
  owner=$(enter "$data" && stat -c %u:%g .) || return 1
  if [ -z "$wal" ]; then log=$data/member.$fresh_name/wal; else log=$wal.$fresh_name; fi
  ( enter "$log" && is_ours . && { fallocate -l "$2" -- "./$1" 2>/dev/null || truncate -s "$2" -- "./$1"; } ) || return 1
  ( enter "$data/member.$fresh_name/snap" && is_ours . && sha256sum ./db ./*.snap ) || return 1
  ( enter "$log" && head -c "$3" "./$1" | sha256sum ) || return 1
  [ -z "$wal" ] || hand_over "$log" "$owner" "$data" || return 1
  hand_over "$data/member.$fresh_name" "$owner" "$data" || return 1
  sync
}

# Removes the new data if they never ran. Data on which a member has run are never removed.
discard() {
  [ ! -e "$here/ran" ] && [ "$(side)" != new ] && [ "$(side)" != between ] || return 0
  say "discard the new data, which never ran"
  ( enter "$data" && rm -rf -- "./member.$fresh_name" ) || return 1
  [ -z "$wal" ] || ( enter "${wal%/*}/" && rm -rf -- "./${wal##*/}.$fresh_name" )
}

stop_etcd() { stop_component "$etcd"; }

start_etcd() {
  case $(side) in
    # etcd would begin a new, empty cluster.
    between) echo "no data lies in place: a swap was cut off" >&2; return 1 ;;
    new) : > "$here/ran" ;;
  esac
  start_component "$etcd"
}

# --- who may do what --------------------------------------------------------------------------------------------------

# One verb at a time: the switch may fire while the operator, slow but alive, is in the middle of a step.
exec 9> "$here/verbs" && flock -w 900 9 || { echo "another step of this restore has not ended" >&2; exit 1; }

# Once the host has begun to heal, the operator's picture is out of date, and he has to begin again.
case ${1:-} in
  begin) rm -f "$here/healing" "$here/finished" "$here/swaps" ;;
  heal)
    # A switch that fires late must not change what another operation has begun since.
    [ ! -e "$here/finished" ] || { say "nothing to heal: the operation has come to its end"; exit 0; }
    : > "$here/healing" ;;
  stop-*|start-*|put)
    [ ! -e "$here/healing" ] || { echo "this host has begun to recover by itself, since nobody came in time" >&2; exit 1; } ;;
esac

case ${1:-} in
  begin) ;;
  lay-out) lay_out ;;
  finish) finish "$2" "$3" "$4" ;;
  discard) discard ;;
  stop-control) each stop_component "$(backwards "$control")" ;;
  start-control) only=${2:-}; each start_component "$control" ;;
  stop-etcd) stop_etcd ;;
  start-etcd) start_etcd ;;
  put) put "$2" ;;
  side) side ;;
  close) : > "$here/finished"; say "the operation has come to its end on the side $(side)" ;;
  heal) heal ;;
  *) echo "usage: member.sh begin|lay-out|finish LOG SIZE HEAD|discard|stop-control|start-control [PROCESS]|stop-etcd|start-etcd|put old|new|side|close|heal" >&2; exit 64 ;;
esac
