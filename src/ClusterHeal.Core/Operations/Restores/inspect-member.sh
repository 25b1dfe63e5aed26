# Prints what a restore must know of this host before it touches anything, one fact on a line. Changes nothing.
# $1 the data directory, $2 the WAL directory or nothing, $3 the etcd program or nothing.
set -u
printf 'user %s\n' "$(id -u)"
[ -d "$1" ] && printf 'data yes\n'
[ -d "$1" ] && printf 'free %s\n' "$(df -Pk -- "$1" | awk 'NR == 2 { print $4 }')"
[ -n "$2" ] && mountpoint -q -- "$2" && printf 'wal-mount yes\n'
command -v curl >/dev/null 2>&1 && printf 'curl yes\n'
mv --help 2>&1 | grep -q -e ' -T' && printf 'mv yes\n'
[ -n "$3" ] && printf 'version %s\n' "$("$3" --version 2>/dev/null | sed -n 's/^etcd Version: *//p')"
for address in $(hostname -I 2>/dev/null || ip -o address 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }'); do printf 'address %s\n' "$address"; done
for plan in /var/lib/clusterheal/restore/*/plan; do
    [ -f "$plan" ] || continue
    folder=${plan%/plan}
    state=unfinished
    [ ! -f "$folder/finished" ] || state=finished
    printf 'restore %s %s %s\n' "${folder##*/}" "$state" "$(sh "$folder/member.sh" side)"
done
exit 0
