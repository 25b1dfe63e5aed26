# Needs library.sh.
# Prints how the etcd of this host runs; its argument is as for component_runs. Nothing if it does not run. Changes nothing.
# "stale": systemd has not read the unit since it was changed. "hidden": this user may not look at the process. "process NUMBER", and then
# its folder, its root, its command line and its variables of etcd, the last two in base64 with NUL bytes between the words.
set -u

is_etcd() {
  program=$(readlink "/proc/$1/exe") || { printf 'hidden\n'; return 1; }
  program=${program% (deleted)}
  case ${program##*/} in etcd|etcd[-.v0-9]*) ;; *) return 1 ;; esac
}

encoded() { base64 | tr -d '\n'; printf '\n'; }

case $1 in
  unit)
    ! unit_is_stale "$2" || printf 'stale\n'
    candidates=$(unit_processes "$2")
    ;;
  *) candidates=$(pod_processes etcd) ;;
esac

for process in $candidates; do
  is_etcd "$process" || continue
  printf 'process %s\n' "$process"
  printf 'folder %s\n' "$(readlink "/proc/$process/cwd")"
  printf 'root %s\n' "$(readlink "/proc/$process/root")"
  printf 'command '; encoded < "/proc/$process/cmdline"
  printf 'environment '; tr '\n\000' '\001\n' < "/proc/$process/environ" | grep '^ETCD_' | tr '\n\001' '\000\n' | encoded
  exit 0
done
