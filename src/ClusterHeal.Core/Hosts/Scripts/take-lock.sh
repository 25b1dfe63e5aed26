# Takes the lock of this host for the operation $1 for $2 seconds; $3 says who, $4 is "force" to take it from another.
# The file has three lines: operation, end (seconds since 1970 by this host's clock), who. One whose end has passed counts for nothing.
set -u
mkdir -p /var/lib/clusterheal || exit 41
exec 9>> /var/lib/clusterheal/lock.guard || exit 41
flock 9 || exit 41
lock=/var/lib/clusterheal/lock
now=$(date +%s)
if [ -f "$lock" ]; then
    { read -r operation; read -r end; IFS= read -r who; } < "$lock"
    if [ "$operation" != "$1" ] && [ "$end" -gt "$now" ] && [ "$4" != force ]; then
        printf '%s\n%s\n%s\n' "$operation" "$end" "$who"
        exit 45
    fi
fi
printf '%s\n%s\n%s\n' "$1" "$((now + $2))" "$3" > "$lock.new" && mv -f "$lock.new" "$lock" || exit 41
