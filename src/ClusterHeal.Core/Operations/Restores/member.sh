#!/bin/sh
# One member's side of a cluster restore: the steps that the operator takes one by one, and "heal", with which the host takes
# them by itself when nobody comes back. docs/design/0005-a-cluster-restore-converges.md says why it is made so.
# Every verb may be repeated, from any point at which a former call was cut off.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# The plan sets: operation, data, wal (empty where it lies in the data directory), etcd and control (components, one a line, as
# "unit NAME PROCESS" or "manifest PATH PROCESS"; control in the order of their start), health (ways to ask etcd, one a line, as
# "URL" or "URL CA CERT KEY", tab-separated), round (seconds that a member may take to become ready).
. "$here/plan" || exit 1
tab=$(printf '\t')
mkdir -p "$here/manifests" || exit 1

say() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >> "$here/log"
}

# --- components -------------------------------------------------------------------------------------------------------

field() { printf '%s\n' "$1" | cut -d "$tab" -f "$2"; }

# Linux keeps the first 15 bytes of a process's name. Its state is asked too: a zombie holds nothing any more.
runs() {
  short=$(printf '%.15s' "$1")
  for entry in /proc/[0-9]*; do
    { read -r comm < "$entry/comm"; } 2>/dev/null || continue
    [ "$comm" = "$short" ] || continue
    case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "$entry/status" 2>/dev/null) in Z|X|'') ;; *) return 0 ;; esac
  done
  return 1
}

stop_component() {
  name=$(field "$1" 2)
  process=$(field "$1" 3)
  say "stop $name"
  case $(field "$1" 1) in
    unit) systemctl stop -- "$name" || return 1 ;;
    manifest) [ ! -e "$name" ] || mv -T -- "$name" "$here/manifests/${name##*/}" || return 1 ;;
  esac
  left=120
  while runs "$process"; do
    [ "$left" -gt 0 ] || { echo "$process still runs 60 seconds after $name was stopped" >&2; return 1; }
    left=$((left - 1))
    sleep 0.5
  done
}

start_component() {
  [ -z "${only:-}" ] || [ "$(field "$1" 3)" = "$only" ] || return 0
  name=$(field "$1" 2)
  say "start $name"
  case $(field "$1" 1) in
    unit)
      systemctl reset-failed -- "$name" 2>/dev/null
      systemctl start --no-block -- "$name" ;;
    manifest) [ ! -e "$here/manifests/${name##*/}" ] || mv -T -- "$here/manifests/${name##*/}" "$name" ;;
  esac
}

# Calls $1 with each component of the list $2; goes on after a failure and remembers it.
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

# A place holds the old side while its .new lies beside it, and the new side while its .old does. In the middle of a swap both do.
put_place() {
  fresh=$2.clusterheal-$operation.new
  former=$2.clusterheal-$operation.old
  case $1 in
    new)
      [ -e "$fresh" ] || return 0
      if [ ! -e "$former" ]; then
        if [ -e "$2" ]; then mv -T -- "$2" "$former"; else mkdir -m 700 -- "$former"; fi || return 1
      fi
      mv -T -- "$fresh" "$2" ;;
    old)
      [ -e "$former" ] || return 0
      if [ ! -e "$fresh" ]; then mv -T -- "$2" "$fresh" || return 1; fi
      mv -T -- "$former" "$2" ;;
  esac
}

put() {
  say "put the $1 data in place"
  # A member that still runs would go on writing into the folder that is moved aside under it.
  ! runs "$(field "$etcd" 3)" || { echo "etcd still runs on this host" >&2; return 1; }
  put_place "$1" "$data/member" || return 1
  [ -z "$wal" ] || put_place "$1" "$wal" || return 1
  sync
}

side_of() {
  if [ -e "$1.clusterheal-$operation.new" ]; then
    if [ -e "$1.clusterheal-$operation.old" ]; then echo between; else echo old; fi
  elif [ -e "$1.clusterheal-$operation.old" ]; then echo new
  else echo none
  fi
}

side() {
  of_data=$(side_of "$data/member")
  [ -z "$wal" ] || [ "$(side_of "$wal")" = "$of_data" ] || { echo between; return; }
  echo "$of_data"
}

# Makes the folders for the new data, for the operator to fill.
lay_out() {
  [ "$(side)" = none ] || { echo "data of operation $operation lies here already" >&2; return 1; }
  fresh=$data/member.clusterheal-$operation.new
  say "lay out the new data beside the old"
  mkdir -m 700 -- "$fresh" "$fresh/snap" || return 1
  if [ -z "$wal" ]; then mkdir -m 700 -- "$fresh/wal"; else mkdir -m 700 -- "$wal.clusterheal-$operation.new"; fi
}

# Gives the new data the log's full size (etcd writes its log into a file of that size) and the owner and label of the old.
finish() {
  fresh=$data/member.clusterheal-$operation.new
  if [ -z "$wal" ]; then log=$fresh/wal; else log=$wal.clusterheal-$operation.new; fi
  fallocate -l "$2" -- "$log/$1" 2>/dev/null || truncate -s "$2" -- "$log/$1" || return 1
  chown -R --reference="$data" -- "$fresh" "$log" || return 1
  chcon -R --reference="$data" -- "$fresh" "$log" 2>/dev/null
  sync
}

# Takes away the new data where they never ran. What a member has run on is never removed.
discard() {
  [ ! -e "$here/ran" ] && [ "$(side)" != new ] && [ "$(side)" != between ] || return 0
  say "discard the new data, which never ran"
  rm -rf -- "$data/member.clusterheal-$operation.new"
  [ -z "$wal" ] || rm -rf -- "$wal.clusterheal-$operation.new"
}

# --- readiness --------------------------------------------------------------------------------------------------------

# etcd answers health with true only where a linearizable read works, hence with a leader and a quorum. A full database is no
# reason to call a side dead.
healthy() {
  command -v curl >/dev/null 2>&1 || return 2
  while IFS= read -r way; do
    url=$(field "$way" 1)
    [ -n "$url" ] || continue
    case $way in
      *"$tab"*) set -- --cacert "$(field "$way" 2)" --cert "$(field "$way" 3)" --key "$(field "$way" 4)" ;;
      *) set -- ;;
    esac
    curl -sS --noproxy '*' -m 6 "$@" -- "$url/health?exclude=NOSPACE" 2>/dev/null | grep -q '"health" *: *"true"' && return 0
  done <<LIST
$health
LIST
  return 1
}

# Without a way to ask, only a unit that has just been started can say it: Type=notify becomes active when the member serves.
notified() {
  [ "$(field "$etcd" 1)" = unit ] || return 1
  [ "$(systemctl show -p Type --value -- "$(field "$etcd" 2)")" = notify ] || return 1
  [ "$(systemctl show -p ActiveState --value -- "$(field "$etcd" 2)")" = active ]
}

ready() {
  healthy
  case $? in
    0) return 0 ;;
    2) [ -e "$here/started" ] && notified ;;
    *) return 1 ;;
  esac
}

wait_ready() {
  deadline=$(($(date +%s) + $1))
  until ready; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 1
  done
}

stop_etcd() { rm -f "$here/started"; stop_component "$etcd"; }
start_etcd() {
  [ "$(side)" != new ] || : > "$here/ran"
  start_component "$etcd" && : > "$here/started"
}

# --- the switch -------------------------------------------------------------------------------------------------------

heal() {
  say "nobody came back: healing from the side $(side)"
  if ready; then
    say "etcd is ready"
  else
    first=$(side)
    case $first in new|old) ;; *) first=old ;; esac
    for try in "$first" old new old new old; do
      [ "$(side)" = "$try" ] || [ "$(side)" = none ] || { stop_etcd && put "$try"; } || continue
      start_etcd
      if wait_ready "$round"; then say "etcd is ready on the $try data"; break; fi
      say "etcd did not become ready on the $try data in $round seconds"
    done
  fi
  each start_component "$control"
  ready || { say "etcd is not ready on either side"; return 1; }
  say "healed on the side $(side)"
}

# --- who may do what --------------------------------------------------------------------------------------------------

# One verb at a time: the switch may fire while the operator, slow but alive, is in the middle of a step.
exec 9> "$here/verbs" && flock -w 900 9 || { echo "another step of this restore has not ended" >&2; exit 1; }

# Once the host has begun to heal, what the operator had in mind is out of date; he has to begin anew.
case ${1:-} in
  begin) rm -f "$here/healing" "$here/finished" ;;
  heal)
    # A switch that fires late must not stir what another operation has begun since.
    [ ! -e "$here/finished" ] || { say "nothing to heal: the operation has come to its end"; exit 0; }
    : > "$here/healing" ;;
  stop-*|start-*|put)
    [ ! -e "$here/healing" ] || { echo "this host has begun to bring itself back, since nobody came in time" >&2; exit 1; } ;;
esac

case ${1:-} in
  begin) ;;
  lay-out) lay_out ;;
  finish) finish "$2" "$3" ;;
  discard) discard ;;
  stop-control) each stop_component "$(backwards "$control")" ;;
  start-control) only=${2:-}; each start_component "$control" ;;
  stop-etcd) stop_etcd ;;
  start-etcd) start_etcd ;;
  wait-ready) wait_ready "$2" ;;
  put) put "$2" ;;
  side) side ;;
  close) : > "$here/finished"; say "the operation has come to its end on the side $(side)" ;;
  heal) heal ;;
  *) echo "usage: member.sh begin|lay-out|finish LOG SIZE|discard|stop-control|start-control [PROCESS]|stop-etcd|start-etcd|wait-ready SECONDS|put old|new|side|close|heal" >&2; exit 64 ;;
esac
