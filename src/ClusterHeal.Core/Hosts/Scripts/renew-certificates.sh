# One host's part of a renewal of certificates: the steps that the operator takes one by one, and "heal", with which the host alone puts back what
# nobody has proven. On a host this comes after library.sh, ask-etcd.sh and planned-components.sh. Every verb may be repeated, from any point at
# which an earlier call was cut off. A group is a component with the files that it uses first, or the files that no component uses.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# The plan sets: operation; groups (their names); components (lines: group, and the component as for planned-components.sh) and files (lines: group,
# the number of the new file, which is here as new.NUMBER, and its place), separated by tabs.
. "$here/plan" || exit 1
mkdir -p "$here/manifests" || exit 1
former_name=clusterheal-$operation.old

# The lines of the list $2 that belong to the group $1.
of() { printf '%s\n' "$2" | sed -n "s/^$1$tab//p"; }

stop_group() { component=$(of "$1" "$components"); [ -z "$component" ] || stop_component "$component"; }

start_group() { component=$(of "$1" "$components"); [ -z "$component" ] || start_component "$component"; }

# Calls $2 for each file of the group $1: with the new file, and its place.
each_file() {
  of "$1" "$files" | while IFS=$tab read -r new place; do "$2" "$here/new.$new" "$place" || exit 1; done
}

# A file that somebody else has put at $1 by then is kept.
keep() {
  kept=$(free_name "$1.clusterheal-$operation.other")
  say "$1 was written meanwhile; that is kept as $kept"
  move "$1" "$kept"
}

place_new() {
  lies "$2.$former_name" || move "$2" "$2.$former_name" || return 1
  if lies "$2"; then ! cmp -s -- "$1" "$2" || return 0; keep "$2" || return 1; fi
  copy_as "$1" "$2" "$2.$former_name"
}

place_old() {
  lies "$2.$former_name" || return 0
  if lies "$2"; then
    if cmp -s -- "$1" "$2"; then rm -f -- "$2" || return 1; else keep "$2" || return 1; fi
  fi
  move "$2.$former_name" "$2"
}

tell_placed() { ! lies "$2.$former_name" || echo placed; }

# The former files of the group $1; its component is not started.
back() {
  [ -n "$(each_file "$1" tell_placed)" ] || return 0
  say "put the former files of $1 back"
  stop_group "$1" && each_file "$1" place_old
}

# What is not proven goes back.
heal() {
  failed=0
  for group in $groups; do
    [ -e "$here/begun.$group" ] && [ ! -e "$here/proven.$group" ] || continue
    say "nobody came back: $group gets its former files"
    back "$group" && start_group "$group" || failed=1
  done
  return $failed
}

mark() { : > "$here/$1" && sync -- "$here/$1" "$here"; }

begin_verb "${1:-}"

case ${1:-} in
  begin) ;;
  stop) mark "begun.$2" && stop_group "$2" ;;
  new) say "lay the new files of $2"; mark "begun.$2" && each_file "$2" place_new ;;
  back) back "$2" ;;
  start) start_group "$2" ;;
  proven) say "$2 is proven"; mark "proven.$2" ;;
  close) mark finished && rm -f -- "$here"/new.*; say "the operation has come to its end: $2" ;;
  heal) heal ;;
  *) echo "usage: renew.sh begin|stop GROUP|new GROUP|back GROUP|start GROUP|proven GROUP|close WORD|heal" >&2; exit 64 ;;
esac
