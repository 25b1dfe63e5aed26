# Needs library.sh.
# Takes the lock of this host for the operation $1 for $2 seconds; $3 says who, $4 is "force" to take it from another.
# The file has four lines: operation, end (seconds since the boot), who, the boot.
set -u
mkdir -p /var/lib/clusterheal || exit 41
exec 9>> /var/lib/clusterheal/lock.guard || exit 41
flock 9 || exit 41
if [ "$4" != force ] && holder=$(lock_holder) && [ "${holder%%"$lib_newline"*}" != "$1" ]; then
    printf '%s\n' "$holder"
    exit 45
fi
printf '%s\n%s\n%s\n%s\n' "$1" "$(($(seconds) + $2))" "$3" "$(boot_id)" | put_file /var/lib/clusterheal/lock || exit 41
