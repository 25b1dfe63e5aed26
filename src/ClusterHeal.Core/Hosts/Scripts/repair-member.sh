# One host's side of the repair of its etcd member: the steps that the operator takes one by one, and "heal", with which the host takes them back
# by itself when nobody comes back. On a host this stands behind library.sh, ask-etcd.sh and components.sh. Every verb may be repeated, from any
# point at which a former call was cut off.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# The plan sets: operation, data, wal (empty if it lies in the data directory), etcd (the component, as components.sh has it) and settings (the
# file that gets the settings of a first start; for a static pod mostly its manifest).
. "$here/plan" || exit 1
mkdir -p "$here/manifests" || exit 1
former_name=clusterheal-$operation.old

# --- settings ---------------------------------------------------------------------------------------------------------

# A manifest is changed while it is parked: the kubelet sees the old one or the new one, and nothing between.
settings_place() {
  if [ "$settings" = "$(field "$etcd" 2)" ]; then printf '%s\n' "$here/manifests/${settings##*/}"; else printf '%s\n' "$settings"; fi
}

# Copies the file $1 to $2, with mode, owner and label of the file $3.
copy_as() {
  facts=$(stat -L -c '%a %u:%g' -- "$3") && put_file "$2" "${facts%% *}" "${facts#* }" < "$1" || return 1
  chcon --reference="$3" -- "$2" 2>/dev/null || :
}

reload() { [ "$(field "$etcd" 1)" != unit ] || systemctl daemon-reload; }

put_settings() {
  place=$(settings_place)
  say "put the $1 settings into $place"
  case $1 in
    new)
      if lies "$place" && ! cmp -s -- "$place" "$here/settings.new"; then copy_as "$place" "$here/settings.old" "$place" || return 1; fi
      if lies "$here/settings.old"; then
        copy_as "$here/settings.new" "$place" "$here/settings.old" || return 1
      else
        # A drop-in, in a folder that anybody may read, as all of systemd's.
        ( enter "${place%/*}/" make && chmod 755 . ) && put_file "$place" 644 < "$here/settings.new" || return 1
      fi ;;
    old)
      if lies "$place" && cmp -s -- "$place" "$here/settings.new"; then
        if lies "$here/settings.old"; then copy_as "$here/settings.old" "$place" "$here/settings.old" || return 1
        else rm -f -- "$place" && { rmdir -- "${place%/*}" 2>/dev/null || :; }
        fi
      elif lies "$here/settings.old" && lies "$place" && ! cmp -s -- "$place" "$here/settings.old"; then
        say "$place was written meanwhile and stays; the one from before is $here/settings.old"
      fi ;;
  esac
  reload
}

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

# The data and the settings from before; etcd does not run meanwhile.
back() {
  if is_aside; then stop_component "$etcd" && each_place put_back || return 1; fi
  put_settings old
}

# --- alone ------------------------------------------------------------------------------------------------------------

# Before the old member is removed, the host is as it was before. Afterwards its old data are no member's any more, and the new member, once it
# was added, may start: it has no vote, and harms nobody. In between etcd stays stopped.
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

# --- who may do what --------------------------------------------------------------------------------------------------

# One verb at a time: the switch may fire while the operator, slow but alive, is in the middle of a step.
exec 9> "$here/verbs" && flock -w 300 9 || { echo "another step of this repair has not ended" >&2; exit 1; }

# Once the host has begun to heal, what the operator had in mind is out of date; he has to begin again.
case ${1:-} in
  begin) rm -f "$here/healing" "$here/finished" ;;
  heal)
    [ ! -e "$here/finished" ] || { say "nothing to heal: the operation has come to its end"; exit 0; }
    : > "$here/healing" ;;
  *) [ ! -e "$here/healing" ] || { echo "this host has begun to bring itself back, since nobody came in time" >&2; exit 1; } ;;
esac

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
