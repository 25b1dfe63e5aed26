# Stops and starts components on a host, for a script that is there with its plan. Comes after ask-etcd.sh. The plan sets here (the folder of the
# operation), etcd and data. A component is "unit NAME PROCESS" or "manifest PATH PROCESS", separated by tabs.

say() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >> "$here/log"
}

runs() { component_runs "$(field "$1" 1)" "$(field "$1" 2)" "$(field "$1" 3)"; }

# If somebody wrote a manifest while ours was parked, it is parked too, and the former one is kept beside it.
park() {
  parked=$here/manifests/${1##*/}
  lies "$1" || return 0
  if lies "$parked"; then
    kept=$(free_name "$parked")
    say "$1 was written meanwhile; the one from before is kept as $kept"
    move "$parked" "$kept" || return 1
  fi
  move "$1" "$parked"
}

unpark() {
  parked=$here/manifests/${1##*/}
  lies "$parked" || return 0
  if lies "$1"; then
    say "$1 was written meanwhile and stays; the one from before is kept as $parked"
    return 0
  fi
  move "$parked" "$1"
}

stop_component() {
  name=$(field "$1" 2)
  say "stop $name"
  case $(field "$1" 1) in
    unit) stop_unit "$name" || return 1 ;;
    manifest) park "$name" || return 1 ;;
  esac
  end=$(($(seconds) + 60))
  while runs "$1"; do
    [ "$(seconds)" -lt "$end" ] || { echo "$(field "$1" 3) still runs 60 seconds after $name was stopped" >&2; return 1; }
    sleep 0.5
  done
}

start_component() {
  [ -z "${only:-}" ] || [ "$(field "$1" 3)" = "$only" ] || return 0
  name=$(field "$1" 2)
  say "start $name"
  case $(field "$1" 1) in
    unit) start_unit "$name" nowait ;;
    manifest) unpark "$name" ;;
  esac
}

# A member that still runs would keep writing into the folder that is moved aside.
require_stopped() {
  ! runs "$etcd" || { echo "etcd still runs on this host" >&2; return 1; }
  code=1
  ! lies "$data/member/snap/db" || { is_locked "$data/member/snap/db"; code=$?; }
  case $code in
    0) echo "a process of this host still has '$data/member/snap/db' open" >&2; return 1 ;;
    2) echo "it is not known whether a process of this host has '$data/member/snap/db' open" >&2; return 1 ;;
  esac
}

# Copies the file $1 to $2, with mode, owner and label of the file $3.
copy_as() {
  facts=$(stat -L -c '%a %u:%g' -- "$3") && put_file "$2" "${facts%% *}" "${facts#* }" < "$1" || return 1
  chcon --reference="$3" -- "$2" 2>/dev/null || :
}

# Begins the verb $1. One at a time: the switch may fire while the operator, slow but alive, is in the middle of a step. Once the host has begun to
# heal, the operator's picture is out of date, and he has to begin again.
begin_verb() {
  exec 9> "$here/verbs" && flock -w 300 9 || { echo "another step of this operation has not ended" >&2; exit 1; }
  case $1 in
    begin) rm -f "$here/healing" "$here/finished" ;;
    heal)
      [ ! -e "$here/finished" ] || { say "nothing to heal: the operation has come to its end"; exit 0; }
      : > "$here/healing" ;;
    *) [ ! -e "$here/healing" ] || { echo "this host has begun to recover by itself, since nobody came in time" >&2; exit 1; } ;;
  esac
}
