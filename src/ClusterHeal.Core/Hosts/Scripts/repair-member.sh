# One host's part of the repair of its etcd member: the steps that the operator takes one by one, and "heal", with which the host takes them back by
# itself if nobody comes back. On a host this comes after library.sh, ask-etcd.sh, planned-components.sh and change-settings.sh. Every verb may be
# repeated, from any point at which an earlier call was cut off.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# The plan sets: operation, data, wal (empty if it is in the data directory), etcd (the component, as for planned-components.sh) and settings (the
# file that gets the settings of a first start; for a static pod mostly its manifest).
. "$here/plan" || exit 1
mkdir -p "$here/manifests" || exit 1
former_name=clusterheal-$operation.old

# --- data -------------------------------------------------------------------------------------------------------------

put_aside() { lies "$1.$former_name" || ! lies "$1" || move "$1" "$1.$former_name"; }

put_back() {
  lies "$1.$former_name" || return 0
  if lies "$1"; then
    kept=$(free_name "$1.clusterheal-$operation.new")
    say "what the new member had is kept as $kept"
    move "$1" "$kept" || return 1
  fi
  move "$1.$former_name" "$1"
}

is_aside() { lies "$data/member.$former_name" || { [ -n "$wal" ] && lies "$wal.$former_name"; }; }

each_place() { require_stopped && "$1" "$data/member" && { [ -z "$wal" ] || "$1" "$wal"; } && sync; }

# Puts back the former data and settings. etcd does not run meanwhile.
back() {
  if is_aside; then stop_component "$etcd" && each_place put_back || return 1; fi
  put_settings old
}

# --- alone ------------------------------------------------------------------------------------------------------------

# Before the old member is removed, the host is as it was. Afterwards its old data belong to no member any more, and once the new member is added,
# it may start: it has no vote, and harms nothing. In between etcd stays stopped.
heal() {
  if [ ! -e "$here/forward" ]; then
    say "nobody came back: putting back what was here before"
    back && start_component "$etcd"
  elif [ -e "$here/added" ]; then
    say "nobody came back: starting the new member"
    start_component "$etcd"
  else
    say "nobody came back between the removal of the old member and the adding of the new one: etcd stays stopped"
  fi
}

begin_verb "${1:-}"

case ${1:-} in
  begin) ;;
  stop) stop_component "$etcd" ;;
  settings) put_settings "$2" ;;
  aside) say "move the data aside"; each_place put_aside ;;
  back) back ;;
  mark) say "$2"; : > "$here/$2"; sync -- "$here/$2" "$here" ;;
  unmark) say "no longer $2"; rm -f -- "$here/$2"; sync -- "$here" ;;
  start) start_component "$etcd" ;;
  close) : > "$here/finished"; say "the operation has come to its end: $2" ;;
  heal) heal ;;
  *) echo "usage: repair.sh begin|stop|settings new|settings old|aside|back|mark forward|mark added|unmark forward|start|close WORD|heal" >&2; exit 64 ;;
esac
