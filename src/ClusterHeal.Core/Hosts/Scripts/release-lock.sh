# Releases the lock of this host if the operation $1 holds it.
set -u
lock=/var/lib/clusterheal/lock
exec 9>> /var/lib/clusterheal/lock.guard || exit 41
flock 9 || exit 41
[ -f "$lock" ] || exit 0
read -r operation < "$lock"
[ "$operation" != "$1" ] || rm -f "$lock"
