# One host's part of the drill that fills etcd: lowers the quota of its etcd in the settings, and puts it back; and "heal", with which the host puts
# it back by itself if nobody comes back. On a host this comes after library.sh, ask-etcd.sh, planned-components.sh and change-settings.sh. Every
# verb may be repeated, from any point at which an earlier call was cut off.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# The plan sets: operation, data, etcd (the component, as for planned-components.sh), settings (the file that gets the quota) and health (the
# endpoints of this member, one on a line).
. "$here/plan" || exit 1
mkdir -p "$here/manifests" || exit 1

# etcd reads its quota when it starts.
with_settings() { stop_component "$etcd" && put_settings "$1" && start_component "$etcd"; }

# Clears the alarm of this member at the endpoint $1. With its former quota it is not full, but the alarm stays until somebody clears it.
clear_alarm() {
  id=$(call "$1" /v3/maintenance/status -m 6 -d '{}' </dev/null | sed -n 's/.*"member_id":"\([0-9]*\)".*/\1/p')
  [ -n "$id" ] && call "$1" /v3/maintenance/alarm -m 6 -d '{"action":"DEACTIVATE","memberID":"'"$id"'","alarm":"NOSPACE"}' </dev/null | grep -q '"header"'
}

clear_alarm_soon() {
  end=$(($(seconds) + 120))
  while [ "$(seconds)" -lt "$end" ]; do
    while IFS= read -r line; do
      if [ -n "$line" ] && clear_alarm "$line"; then say "the alarm is cleared"; return 0; fi
    done <<LIST
$health
LIST
    sleep 1
  done
  say "the alarm could not be cleared"
  return 1
}

# One verb at a time: the switch may fire while the operator, slow but alive, is in the middle of a step.
exec 9> "$here/verbs" && flock -w 300 9 || { echo "another step of this drill has not ended" >&2; exit 1; }

# Once the host has begun to heal, the way back is the only step that it takes.
case ${1:-} in
  lower) [ ! -e "$here/healing" ] || { echo "this host has begun to recover by itself, since nobody came in time" >&2; exit 1; } ;;
esac

case ${1:-} in
  lower) with_settings new ;;
  back) [ -e "$here/finished" ] || { : > "$here/healing"; with_settings old; } ;;
  close) : > "$here/finished"; say "the quota is the former one" ;;
  heal)
    [ ! -e "$here/finished" ] || { say "nothing to heal: the quota is the former one"; exit 0; }
    : > "$here/healing"
    say "nobody came back: putting the former quota back"
    with_settings old && clear_alarm_soon && : > "$here/finished" ;;
  *) echo "usage: quota.sh lower|back|close|heal" >&2; exit 64 ;;
esac
