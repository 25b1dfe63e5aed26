# Needs library.sh.
# Prints the renewals of certificates of which this host knows, each as known_renewals has it, with the record in place of its file. Changes nothing.
known_renewals | while read -r state record; do
    printf '%s %s\n' "$state" "$(tr -d '\n' < "$record")"
done
