# What the scripts on hosts share. HostScript.WithLibrary puts it in front of them, after systemd.sh. POSIX sh: a function with variables of its own
# has "( ... )" for a body; the others name theirs lib_. A "( ... )" and a program cost a process each, so what is asked often has neither.
# docs/design/0014-who-is-a-component.md says why processes are recognized by their control group.

lib_newline='
'

# --- time -------------------------------------------------------------------------------------------------------------

# Whole seconds since the boot, by the only clock that nobody can set.
seconds() { read -r lib_up lib_rest < /proc/uptime && printf '%s\n' "${lib_up%%.*}"; }

# The name of this boot: each boot has another one.
boot_id() { read -r lib_id < /proc/sys/kernel/random/boot_id && printf '%s\n' "$lib_id"; }

# --- who runs ---------------------------------------------------------------------------------------------------------

# The control groups of the kubelet's pods, as lines of /proc/PID/cgroup. The ID of a static pod is a hash without hyphens.
lib_static_pod="$lib_tree"'(kubelet\.slice/kubelet-|kubelet/)?kubepods(\.slice/|/)((kubelet-)?(kubepods-)?(burstable|besteffort)(\.slice)?/)?[a-z-]*pod([0-9a-f]{32})(\.slice)?/'

# Sets lib_value to what stands behind "$2:" in the file $1 of /proc; empty if it is not there.
read_proc() {
  {
    while read -r lib_key lib_value; do
      [ "$lib_key" != "$2:" ] || return 0
    done < "$1"
  } 2>/dev/null
  lib_value=''
}

# True if the process $1 lives. A zombie does not count: it holds no files.
is_alive() {
  read_proc "/proc/$1/status" State
  case $lib_value in Z*|X*|'') return 1 ;; esac
}

# The effective user of the process $1; nothing if it has ended.
user_of() {
  read_proc "/proc/$1/status" Uid
  # shellcheck disable=SC2086 # Numbers: the real user, the effective one, and others.
  set -- $lib_value
  [ $# -lt 2 ] || printf '%s\n' "$2"
}

# True if the process $1 says that its program is called $2. Use it to choose among processes that are known to belong to it; it is no proof.
is_called() {
  lib_called=''
  { IFS= read -r lib_called < "/proc/$1/comm"; } 2>/dev/null
  # Linux keeps the first 15 bytes of a process's name.
  case $2 in "$lib_called") return 0 ;; "$lib_called"*) [ ${#lib_called} -ne 15 ] || return 0 ;; esac
  lib_called=$({ tr '\000' '\n' < "/proc/$1/cmdline"; } 2>/dev/null | head -n 1)
  [ "${lib_called##*/}" = "$2" ]
}

# The numbers of the living processes whose control group matches $1.
processes_in() {
  for lib_process in $(grep -lE "$1" /proc/[0-9]*/cgroup 2>/dev/null); do
    lib_process=${lib_process%/cgroup} lib_process=${lib_process##*/}
    ! is_alive "$lib_process" || printf '%s\n' "$lib_process"
  done
}

# True if the process $1 of a static pod runs the program $2 in a container of that name. The kubelet's folder of logs, which is root's, has the
# names of a pod's containers. Without it the pod's control group must be enough.
is_container() {
  is_called "$1" "$2" || return 1
  lib_pod=$(sed -n -E "\\#$lib_static_pod#{s#$lib_static_pod.*#\9#p;q;}" "/proc/$1/cgroup" 2>/dev/null)
  for lib_logs in /var/log/pods/*_"$lib_pod"; do
    [ ! -d "$lib_logs" ] || [ -d "$lib_logs/$2" ] || return 1
  done
}

# The living processes in static pods of the component with the program $1.
pod_processes() (
  for process in $(processes_in "$lib_static_pod"); do
    ! is_container "$process" "$1" || printf '%s\n' "$process"
  done
)

# True if a component runs: "unit NAME" or "manifest PATH", and the name of its program.
component_runs() {
  case $1 in
    unit) [ -n "$(unit_processes "$2")" ] ;;
    manifest) [ -n "$(pod_processes "$3")" ] ;;
    *) return 64 ;;
  esac
}

# Prints who holds the lock of this host: the operation, the seconds that are left of its lease, the operator. Fails if nobody does: no lock, an
# ended lease, or one from before the last boot, which ended the steps of all operations here.
lock_holder() (
  { read -r operation && read -r end && IFS= read -r who && IFS= read -r boot; } 2>/dev/null < /var/lib/clusterheal/lock || exit 1
  left=$((end - $(seconds)))
  [ "$left" -gt 0 ] && [ "$boot" = "$(boot_id)" ] || exit 1
  printf '%s\n%s\n%s\n' "$operation" "$left" "$who"
)

# --- what was done here -----------------------------------------------------------------------------------------------

# The operations of a kind that have a record on this host, one on a line: "finished" or "unfinished"; "forward" if there is no way back, otherwise
# "back"; the file of the record. $1 is the folder of the kind.
known_records() (
  for record in /var/lib/clusterheal/"$1"/*/record.json; do
    [ -f "$record" ] || continue
    state=unfinished way=back
    [ ! -e "${record%/*}/finished" ] || state=finished
    [ ! -e "${record%/*}/forward" ] || way=forward
    printf '%s %s %s\n' "$state" "$way" "$record"
  done
)

# The restores that have a record on this host, one on a line: "finished" or "unfinished"; their folder.
known_restores() (
  for plan in /var/lib/clusterheal/restore/*/plan; do
    [ -f "$plan" ] || continue
    state=unfinished
    [ ! -f "${plan%/plan}/finished" ] || state=finished
    printf '%s %s\n' "$state" "${plan%/plan}"
  done
)

# --- files ------------------------------------------------------------------------------------------------------------

# True if something is at $1, even a link that leads nowhere.
lies() { [ -e "$1" ] || [ -L "$1" ]; }

# Prints the first of $1.1, $1.2 … that is free.
free_name() (
  number=1
  while lies "$1.$number"; do number=$((number + 1)); done
  printf '%s\n' "$1.$number"
)

# True if nobody but root, or the user who runs this, can change the files, or the entries of the folders, $1, $2 …
is_ours() (
  facts=$(stat -L -c '%u %g %a' -- "$@") || exit 1
  while IFS= read -r line; do
    case $line in "0 "*|"$(id -u) "*) ;; *) exit 1 ;; esac
    case $line in *[2367]) exit 1 ;; *' 0 '*) ;; *[2367]?) exit 1 ;; esac
  done <<FACTS
$facts
FACTS
)

# Prints the real path of the program $1 if nobody but root can have changed it. Run only what is printed.
trusted_program() (
  case $1 in /*) ;; *) exit 1 ;; esac
  real=$(readlink -f -- "$1") && [ -f "$real" ] && [ -x "$real" ] || exit 1
  path=$real
  set -- /
  while [ -n "$path" ]; do
    set -- "$@" "$path"
    path=${path%/*}
  done
  is_ours "$@" && printf '%s\n' "$real"
)

# Enters the folder $1 of the current folder. If somebody has just made a link of it, the way back would lead elsewhere. lib_here is the current
# folder's device and inode; empty if they are not known.
lib_here=''
step_into() {
  lib_before=${lib_here:-$(stat -c %d:%i .)} lib_here=''
  [ -n "$lib_before" ] && cd -P -- "./$1" && lib_above=$(stat -c %d:%i .. .) || return 1
  [ "${lib_above%%"$lib_newline"*}" = "$lib_before" ] || { printf '%s\n' "'$1' is a symbolic link now" >&2; return 1; }
  lib_here=${lib_above##*"$lib_newline"}
}

# Enters the folder $1, an absolute path; with "make" as $2 missing parts are created. A symbolic link is followed only out of a folder of ours, in
# which nobody else can have put it. Once we are in, a new link does not change where we are. 40: there is no such folder; 41: it was not entered,
# and standard error says why.
enter() {
  case $1 in /*) ;; *) printf '%s\n' "'$1' is no absolute path" >&2; return 41 ;; esac
  cd / || return 41
  lib_rest=$1 lib_links=40 lib_here=''
  while [ -n "$lib_rest" ]; do
    lib_name=${lib_rest%%/*}
    case $lib_rest in */*) lib_rest=${lib_rest#*/} ;; *) lib_rest='' ;; esac
    case $lib_name in
      ''|.) ;;
      ..) lib_here=''; cd -P .. || return 41 ;;
      *)
        if [ -L "./$lib_name" ]; then
          lib_links=$((lib_links - 1))
          [ "$lib_links" -gt 0 ] && is_ours . || {
            printf '%s\n' "'$1' leads through the symbolic link '$lib_name' in a folder that belongs to somebody else; it is not followed" >&2
            return 41
          }
          lib_target=$(readlink -- "./$lib_name") || return 41
          case $lib_target in /*) lib_here=''; cd / || return 41 ;; esac
          lib_rest=$lib_target/$lib_rest
        else
          [ "${2:-}" != make ] || lies "./$lib_name" || mkdir -m 700 -- "./$lib_name" || return 41
          [ -d "./$lib_name" ] || { printf '%s\n' "There is no folder '$1'" >&2; return 40; }
          step_into "$lib_name" || return 41
        fi ;;
    esac
  done
}

# Moves the file or folder $1 to $2, absolute paths, and returns when that is on disk. Nothing is ever overwritten, even if something comes in
# between. If $1 is gone and $2 is there, it was moved before. To another filesystem a file is copied; a folder is not. 40: neither is there; 47:
# something is at $2 already; 41: it cannot be done. Then $1 is where it was.
move() (
  enter "${2%/*}/" make && exec 4< . || exit 41
  enter "${1%/*}/" 2>/dev/null
  case $? in
    0) exec 3< . ;;
    40) exec 3< /dev/null ;;
    *) enter "${1%/*}/"; exit 41 ;;
  esac
  cd -P /proc/self/fd/4/. || exit 41
  from=/proc/self/fd/3/${1##*/} to=./${2##*/}
  if ! lies "$from"; then
    if lies "$to"; then sync -- . || exit 41; exit 0; fi
    printf '%s\n' "There is neither '$1' nor '$2'" >&2
    exit 40
  fi
  if [ "$(lib_filesystem 3)" = "$(lib_filesystem 4)" ]; then
    lies "$to" || mv -nT -- "$from" "$to" || lies "$to" || exit 41
  else
    [ -f "$from" ] && [ ! -L "$from" ] || { printf '%s\n' "'$2' is on another filesystem than '$1', which is no file" >&2; exit 41; }
    lib_copy "$from" "${to#./}" || exit 41
    # Only a whole file is removed here. A copy that was cut off before this line is found and finished.
    ! cmp -s -- "$from" "$to" || { sync -- . && rm -f -- "$from"; } || exit 41
  fi
  ! lies "$from" || { printf '%s\n' "'$2' is there already, from somebody else; '$1' was left where it is" >&2; exit 47; }
  sync -- . /proc/self/fd/3/. || exit 41
)

# For rename(2) a bind mount of the same filesystem is another place, so the number of the mount counts, too.
lib_filesystem() {
  stat -L -c %d "/proc/self/fd/$1/." || return
  read_proc "/proc/self/fdinfo/$1" mnt_id
  printf '%s\n' "$lib_value"
}

lib_copy() (
  ! lies "$2" || exit 0
  begin_part || exit 1
  { cp -a -- "$1" part && [ -f part ] && [ ! -L part ] && sync -- part && mv -nT -- part "../$2"; } || { drop_part; exit 1; }
  drop_part
)

# A file is put into its place in three steps: begin_part in its folder; fill the file "part"; end_part. In between the current folder is one that
# only we can enter, so that nobody can swap the file.
lib_part=''
begin_part() { lib_here='' && lib_part=$(mktemp -d ./.clusterheal-XXXXXXXXXX) && step_into "$lib_part"; }
drop_part() {
  [ -n "$lib_part" ] || return 0
  rm -f part
  cd -P .. && rmdir -- "$lib_part"
  lib_part=''
}

# $1 the file's name, $2 its mode, $3 its owner (empty: not changed). Nothing has that name before all of it is on disk.
end_part() {
  { { [ -z "$3" ] || chown -- "$3" part; } && chmod -- "$2" part && sync -- part && mv -fT -- part "../$1"; } || { drop_part; return 1; }
  drop_part && sync -- .
}

# Writes standard input to the file $1, an absolute path, with mode $2 (600) and owner $3, and replaces what is there.
put_file() (
  enter "${1%/*}/" || exit
  begin_part || exit 41
  cat > part || { drop_part; exit 41; }
  end_part "${1##*/}" "${2:-600}" "${3:-}" || exit 41
)

# 0: a process has locked the file $1, as etcd does with its database while it runs, under any name and in any container. 1: none has. 2: it is not known.
is_locked() (
  enter "${1%/*}/" || exit 2
  [ -e "./${1##*/}" ] || exit 1
  [ -f "./${1##*/}" ] && [ ! -L "./${1##*/}" ] && exec 3< "./${1##*/}" && command -v flock > /dev/null || exit 2
  ! flock -n -s 3
)

