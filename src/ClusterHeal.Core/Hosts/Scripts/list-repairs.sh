# Needs library.sh.
# Prints the repairs of members of which this host knows, each as known_repairs has it, with the record in place of its file. Changes nothing.
known_repairs | while read -r state way record; do
    printf '%s %s %s\n' "$state" "$way" "$(tr -d '\n' < "$record")"
done
