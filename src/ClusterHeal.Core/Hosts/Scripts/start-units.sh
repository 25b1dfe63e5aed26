# Starts the units $1, $2 …
for unit in "$@"; do
    systemctl reset-failed -- "$unit" 2>/dev/null
    systemctl start -- "$unit" || exit
done
