# Needs library.sh.
# Prints the operations of the kind $1 of which this host knows, each as known_records has it, with the record in place of its file. Changes nothing.
known_records "$1" | while read -r state way record; do
    printf '%s %s %s\n' "$state" "$way" "$(tr -d '\n' < "$record")"
done
