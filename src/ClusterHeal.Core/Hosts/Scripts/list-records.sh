# Needs library.sh.
# Prints the operations of the kind $1 that have a record on this host, as known_records does, but with the record instead of its file. Changes nothing.
known_records "$1" | while read -r state way record; do
    printf '%s %s %s\n' "$state" "$way" "$(tr -d '\n' < "$record")"
done
