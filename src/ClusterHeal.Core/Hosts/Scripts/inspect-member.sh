# Needs library.sh.
# Prints what a restore must know of this host before it touches anything, one fact on a line. Changes nothing.
# $1 the data directory, $2 the WAL directory or nothing, $3 the etcd component as "unit", its name and its process, or "manifest", its path and its
# process, separated by tabs; or nothing.
set -u
printf 'user %s\n' "$(id -u)"
[ -d "$1" ] && printf 'data yes\n'
[ -d "$1" ] && printf 'free %s\n' "$(df -Pk -- "$1" | awk 'NR == 2 { print $4 }')"
[ -n "$1" ] && mountpoint -q -- "$1/member" && printf 'member-mount yes\n'
[ -n "$2" ] && mountpoint -q -- "$2" && printf 'wal-mount yes\n'
[ -d "$1" ] && ! why=$( ( enter "$1" ) 2>&1 ) && printf 'obstacle %s\n' "${why%%"$lib_newline"*}"
if [ -n "$2" ]; then
    data=$(readlink -m -- "$1") log=$(readlink -m -- "$2")
    case $log in
        "$data/member/wal") printf 'wal default\n' ;;
        "$data/member"|"$data/member/"*) printf 'wal inside\n' ;;
        *) case $data/ in "$log/"*) printf 'wal around\n' ;; *) printf 'wal apart\n' ;; esac ;;
    esac
fi
mv --help 2>&1 | grep -q -e ' -T' && mv --help 2>&1 | grep -q -e ' -n' && command -v flock >/dev/null && command -v mountpoint >/dev/null && printf 'tools yes\n'

kind=$(printf '%s' "$3" | cut -f 1) name=$(printf '%s' "$3" | cut -f 2) program=$(printf '%s' "$3" | cut -f 3)
case $kind in
    unit)
        # A program is run only if nobody but root can have changed it, and only if its name is etcd's.
        path=$(unit_program "$name")
        case $path in */etcd)
            real=$(trusted_program "$path" 2>/dev/null) &&
                printf 'version %s\n' "$("$real" --version 2>/dev/null </dev/null | sed -n 's/^etcd Version: *//p' | head -n 1)" ;;
        esac
        processes=$(unit_processes "$name") ;;
    manifest) processes=$(pod_processes "$program") ;;
    *) processes='' ;;
esac

# The database that the member's processes have open is the one of the data directory, or it is not. A process that waits for its turn, or whose
# container hides its files, has none open.
wanted=$(stat -L -c %d:%i -- "$1/member/snap/db" 2>/dev/null)
opened=''
for process in $processes; do
    for file in /proc/"$process"/fd/*; do
        link=$(readlink -- "$file" 2>/dev/null) || continue
        case $link in */snap/db) ;; *) continue ;; esac
        if [ "$(stat -L -c %d:%i -- "$file" 2>/dev/null)" = "$wanted" ]; then opened=same; break 2; fi
        opened="other $link"
    done
done
# A wrapper's own processes have none open. Then etcd's lock on this very database shows the same.
[ -n "$opened" ] || [ -z "$wanted" ] || ! is_locked "$1/member/snap/db" || opened=same
[ -n "$opened" ] && printf 'opened %s\n' "$opened"

for address in $(hostname -I 2>/dev/null || ip -o address 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }'); do printf 'address %s\n' "$address"; done
known_restores | while read -r state folder; do
    # One host for each member in its plan, and the lost ones.
    members=$(lost=0; . "$folder/plan"; printf '%s %s\n' "$(printf '%s\n' "$others" | grep -c .)" "$lost")
    printf 'restore %s %s %s %s\n' "${folder##*/}" "$state" "$(sh "$folder/member.sh" side </dev/null)" "$members"
done
exit 0
