# What the scripts on hosts ask and tell the service manager, which is systemd. HostScript.Library puts it in front of library.sh, whose functions
# it uses. What C# itself tells it is in Hosts/Systemd.cs. docs/design/0014-who-is-a-component.md says why processes are recognized by their control
# group.

# --- who runs ---------------------------------------------------------------------------------------------------------

# The control groups of systemd, as lines of /proc/PID/cgroup. What an unprivileged user makes is below that user's own service (user@1000.service),
# so only slices may come before the name.
lib_tree='^(0:|[0-9]+:name=systemd):/'

# The control group of the process $1. systemd's own hierarchy says it, if there is one and the process is not at its root; otherwise the unified one.
cgroup_of() {
  lib_group=''
  {
    while IFS=: read -r lib_number lib_kind lib_path; do
      case $lib_number:$lib_kind in
        0:) [ -n "$lib_group" ] || lib_group=$lib_path ;;
        *:name=systemd) [ "$lib_path" = / ] || lib_group=$lib_path ;;
      esac
    done < "/proc/$1/cgroup"
  } 2>/dev/null
  printf '%s\n' "${lib_group:-/}"
}

# The service of the system's own systemd to which the process $1 belongs; nothing if it belongs to none.
unit_of() {
  lib_path=$(cgroup_of "$1")/
  while lib_path=${lib_path#*/} && [ -n "$lib_path" ]; do
    case ${lib_path%%/*} in
      ?*.slice) ;;
      ?*.service) printf '%s\n' "${lib_path%%/*}"; return ;;
      *) return 0 ;;
    esac
  done
}

# The main process of the unit $1, as systemd has it; nothing if it has none.
main_process() {
  lib_main=$(systemctl show -p MainPID -- "$1" 2>/dev/null)
  case ${lib_main#MainPID=} in ''|0|*[!0-9]*) ;; *) printf '%s\n' "${lib_main#MainPID=}" ;; esac
}

# The living processes of the unit $1: its main process, and all in its control group.
unit_processes() (
  main=$(main_process "$1")
  [ -z "$main" ] || ! is_alive "$main" || printf '%s\n' "$main"
  name=$(sed 's/[][\.*^$+?(){}|]/\\&/g' <<NAME
$1
NAME
  )
  processes_in "$lib_tree([^/]+\.slice/)*$name(/|\$)"
)

# --- what units are ---------------------------------------------------------------------------------------------------

lib_unit_facts=Id,LoadState,ActiveState,SubState,Result,MainPID,ExecMainCode,ExecMainStatus,NRestarts,UnitFileState,FragmentPath
lib_unit_facts=$lib_unit_facts,ActiveEnterTimestamp,InactiveEnterTimestamp,ExecStart,Environment,EnvironmentFiles,RequiredBy,BoundBy,ConsistsOf

# What is known of the units $1, $2 …, one property on a line, for SystemdUnit to read. An empty line separates two units.
unit_facts() { TZ=UTC systemctl show -p "$lib_unit_facts" -- "$@" 2>/dev/null; }

# The main processes in $1, which unit_facts printed, each once.
main_processes_in() (
  seen=' 0 '
  while IFS='=' read -r property value; do
    [ "$property" = MainPID ] || continue
    case $seen in *" $value "*) continue ;; esac
    seen="$seen$value "
    printf '%s\n' "$value"
  done <<FACTS
$1
FACTS
)

# The command lines of the units $1, $2 …, their variables and the files of their variables.
unit_settings() {
  systemctl show -p ExecStart -p Environment -- "$@"
  systemctl show -p EnvironmentFiles -- "$@" | sed -n 's/^EnvironmentFiles=\(.*\) (ignore_errors=.*/\1/p' |
    while read -r file; do cat -- "$file"; done
}

# The path of the program that the unit $1 starts.
unit_program() { systemctl show -p ExecStart -- "$1" | sed -n 's/^ExecStart={ path=\([^;]*[^ ;]\) *;.*/\1/p' | head -n 1; }

# True if the files of the unit $1 were changed since systemd read them.
unit_is_stale() { [ "$(systemctl show -p NeedDaemonReload -- "$1")" = NeedDaemonReload=yes ]; }

unit_is_active() { systemctl is-active --quiet -- "$1"; }

unit_has_failed() { systemctl is-failed --quiet -- "$1"; }

# --- what units do ----------------------------------------------------------------------------------------------------

stop_unit() { systemctl stop -- "$1"; }

# Starts the unit $1, however often it failed before; with "nowait" as $2 without waiting until it runs.
start_unit() {
  systemctl reset-failed -- "$1" 2>/dev/null
  case ${2:-} in
    nowait) systemctl start --no-block -- "$1" ;;
    *) systemctl start -- "$1" ;;
  esac
}

restart_unit() { systemctl restart -- "$1"; }

# Makes systemd read its files again.
reload_units() { systemctl daemon-reload; }

# --- at a time, and at boot -------------------------------------------------------------------------------------------

# Timers of the switch $1, and no others, have names of this form: a name has no underscore, so no two switches share one.
timers_of() { systemctl list-units --all --plain --no-legend "clusterheal-heal-$1_*.timer" | cut -d ' ' -f 1; }

# Starts the timer $1, which is gone after a reboot: after $2 seconds it runs the command $4 …, until that succeeds. $3 says what for.
start_timer() {
  lib_timer=$1 lib_after=$2 lib_text=$3
  shift 3
  systemd-run --quiet --unit="${lib_timer%.timer}" --description="$lib_text" \
    --on-active="$lib_after" --timer-property=AccuracySec=100ms --property=Restart=on-failure --property=RestartSec=10 "$@"
}

lib_units=/etc/systemd/system

# Writes the unit $1, which runs the command $3 once at boot. $2 says what for.
put_boot_unit() {
  printf '%s\n' '[Unit]' "Description=$2" '[Service]' 'Type=oneshot' "ExecStart=$3" | put_file "$lib_units/$1" 644 &&
    mkdir -p "$lib_units/multi-user.target.wants" && chmod 755 "$lib_units/multi-user.target.wants" &&
    ln -sfn "../$1" "$lib_units/multi-user.target.wants/$1" &&
    sync -- "$lib_units" "$lib_units/multi-user.target.wants"
}

remove_boot_unit() { rm -f "$lib_units/multi-user.target.wants/$1" "$lib_units/$1"; }

# If the host was booted meanwhile, systemd has read the unit $1 and would keep it.
forget_boot_unit() { [ -z "$(systemctl list-units --all --plain --no-legend "$1")" ] || reload_units || :; }

